import { describe, expect, test } from "vitest";

import { readMessages } from "../../src/content/messages.ts";
import { transcript } from "../session/transcript.ts";

const CALL = ['assistant: 1→weather {"city":"Paris"}'];

describe("messages, in each dialect", () => {
  test("the GenAI convention", () => {
    const value = [
      { role: "system", parts: [{ type: "text", content: "Be kind." }] },
      {
        role: "user",
        parts: [
          { type: "text", content: "Weather?" },
          { type: "uri", uri: "https://x", modality: "image" },
        ],
      },
      {
        role: "assistant",
        parts: [
          { type: "reasoning", content: "let me see" },
          { type: "tool_call", id: "1", name: "weather", arguments: { city: "Paris" } },
        ],
        finish_reason: "tool_call",
      },
      { role: "tool", parts: [{ type: "tool_call_response", id: "1", response: { sky: "clear" } }] },
    ];
    expect(transcript(readMessages(value))).toEqual([
      "system: Be kind.",
      "user: Weather? | <uri>",
      'assistant: (let me see) | 1→weather {"city":"Paris"} [tool_call]',
      'tool: 1← {"sky":"clear"}',
    ]);
  });

  test("OpenAI chat: requests, answers, calls as JSON text", () => {
    const tool_calls = [{ id: "1", type: "function", function: { name: "weather", arguments: '{"city":"Paris"}' } }];
    const message = { role: "assistant", content: null, tool_calls };
    expect(transcript(readMessages({ model: "m", messages: [message] }))).toEqual(CALL);
    expect(
      transcript(readMessages({ id: "x", choices: [{ index: 0, message, finish_reason: "tool_calls" }] })),
    ).toEqual([`${CALL[0]} [tool_calls]`]);
    expect(transcript(readMessages([{ role: "tool", tool_call_id: "1", content: "clear" }]))).toEqual([
      'tool: 1← "clear"',
    ]);
  });

  test("OpenAI responses", () => {
    const input = [
      {
        role: "user",
        content: [
          { type: "input_text", text: "Weather?" },
          { type: "input_image", image_url: "x" },
        ],
      },
      { type: "function_call", call_id: "1", name: "weather", arguments: '{"city":"Paris"}' },
      { type: "function_call_output", call_id: "1", output: "clear" },
    ];
    expect(transcript(readMessages({ model: "m", instructions: "Be kind.", input }))).toEqual([
      "system: Be kind.",
      "user: Weather? | <input_image>",
      ...CALL,
      'tool: 1← "clear"',
    ]);
    const output = [
      { type: "reasoning", summary: [{ type: "summary_text", text: "thinking" }] },
      { type: "message", role: "assistant", content: [{ type: "output_text", text: "Sunny." }] },
    ];
    expect(transcript(readMessages({ object: "response", output }))).toEqual([
      "assistant: (thinking)",
      "assistant: Sunny.",
    ]);
  });

  test("Anthropic", () => {
    const messages = [
      { role: "user", content: "Weather?" },
      {
        role: "assistant",
        content: [
          { type: "thinking", thinking: "hm" },
          { type: "tool_use", id: "1", name: "weather", input: { city: "Paris" } },
        ],
      },
      { role: "user", content: [{ type: "tool_result", tool_use_id: "1", content: "clear" }] },
    ];
    expect(transcript(readMessages({ system: [{ type: "text", text: "Be kind." }], messages }))).toEqual([
      "system: Be kind.",
      "user: Weather?",
      'assistant: (hm) | 1→weather {"city":"Paris"}',
      'user: 1← "clear"',
    ]);
  });

  test("Gemini", () => {
    const contents = [
      { role: "user", parts: [{ text: "Weather?" }] },
      { role: "model", parts: [{ functionCall: { id: "1", name: "weather", args: { city: "Paris" } } }] },
    ];
    expect(transcript(readMessages({ contents }))).toEqual(["user: Weather?", ...CALL]);
    const candidates = [{ content: { role: "model", parts: [{ text: "Sunny." }] }, finishReason: "STOP" }];
    expect(transcript(readMessages({ candidates }))).toEqual(["assistant: Sunny. [STOP]"]);
  });

  test("the AI SDK", () => {
    const messages = [
      { role: "user", content: [{ type: "text", text: "Weather?" }] },
      {
        role: "assistant",
        content: [{ type: "tool-call", toolCallId: "1", toolName: "weather", input: { city: "Paris" } }],
      },
      {
        role: "tool",
        content: [
          {
            type: "tool-result",
            toolCallId: "1",
            toolName: "weather",
            output: { type: "json", value: { sky: "clear" } },
          },
        ],
      },
    ];
    expect(transcript(readMessages(messages))).toEqual(["user: Weather?", ...CALL, 'tool: 1← {"sky":"clear"}']);
    expect(transcript(readMessages({ system: "Be kind.", prompt: "Weather?" }))).toEqual([
      "system: Be kind.",
      "user: Weather?",
    ]);
  });

  test("OpenAI's Responses API pairs calls and outputs by the id of the call, not by that of the item", () => {
    const value = [
      { type: "function_call", id: "fc_9", call_id: "1", name: "weather", arguments: '{"city":"Paris"}' },
      { type: "function_call_output", id: "fco_9", call_id: "1", output: "clear" },
    ];
    expect(transcript(readMessages(value))).toEqual([...CALL, 'tool: 1← "clear"']);
  });

  test("LangChain, as pairs of role and text, and as dictionaries", () => {
    expect(transcript(readMessages({ messages: [["user", "Weather?"]] }))).toEqual(["user: Weather?"]);
    expect(readMessages(["user", "Weather?", "again"])).toBeUndefined();
    expect(readMessages(["left", "right"])).toBeUndefined();
    const dictionary = (type: string, data: object) => ({ type, data: { type, additional_kwargs: {}, ...data } });
    const calls = [{ name: "weather", args: { city: "Paris" }, id: "1", type: "tool_call" }];
    const value = [
      dictionary("human", { content: "Weather?" }),
      dictionary("ai", { content: "", tool_calls: calls }),
      dictionary("tool", { content: "clear", tool_call_id: "1" }),
    ];
    expect(transcript(readMessages(value))).toEqual(["user: Weather?", ...CALL, 'tool: 1← "clear"']);
  });

  test("LangChain, as it serialises its classes", () => {
    const serialised = (name: string, kwargs: object): object => ({
      lc: 1,
      type: "constructor",
      id: ["langchain_core", "messages", name],
      kwargs,
    });
    const messages = [
      [
        serialised("HumanMessage", { content: "Weather?" }),
        serialised("AIMessage", { content: "", tool_calls: [{ id: "1", name: "weather", args: { city: "Paris" } }] }),
        serialised("ToolMessage", { content: "clear", tool_call_id: "1" }),
      ],
    ];
    expect(transcript(readMessages({ messages }))).toEqual(["user: Weather?", ...CALL, 'tool: 1← "clear"']);
    const generations = [[{ text: "Sunny.", message: serialised("AIMessage", { content: "Sunny." }) }]];
    expect(transcript(readMessages({ generations }))).toEqual(["assistant: Sunny."]);
  });

  test("JSON that only resembles messages stays JSON", () => {
    const others = [
      null,
      1,
      "text",
      [],
      {},
      [1, 2],
      { role: "admin" },
      { messages: [] },
      { messages: "none" },
      { input: { city: "Paris" } },
    ];
    for (const other of [...others, [{ role: "user", content: "a" }, { city: "Paris" }]]) {
      expect(transcript(readMessages(other)), JSON.stringify(other)).toBeUndefined();
    }
  });

  test("hostile data does not break the reader", () => {
    const deep = JSON.parse(`${'{"messages":['.repeat(3_000)}${"]}".repeat(3_000)}`);
    expect(readMessages(deep)).toBeUndefined();
    const nested = JSON.parse(
      `[{"role":"user","content":[{"type":"x","y":${"[".repeat(50_000)}${"]".repeat(50_000)}}]}]`,
    );
    expect(transcript(readMessages(nested))).toEqual(["user: <x>"]);
    const own = JSON.parse('[{"__proto__":{"role":"user"},"role":"user","content":"a","constructor":1}]');
    expect(transcript(readMessages(own))).toEqual(["user: a"]);
    const many = Array.from({ length: 5_000 }, (_, at) => ({ role: "user", content: String(at) }));
    expect(readMessages(many)?.length).toBe(2_000);
    expect(transcript(readMessages(many))?.at(-1)).toBe("user: 4999");
  });
});
