import { describe, expect, test } from "vitest";

import { readContent } from "../../src/facts/span-content.ts";
import type { Content } from "../../src/content/content-value.ts";
import type { AnyValue, Span } from "../../src/otel/span.ts";
import { withLoadedValues } from "../../src/otel/loaded-values.ts";
import { attributesOf, spanOf } from "../facts/span-of.ts";
import { transcript } from "../session/transcript.ts";

function printed(content: Content | undefined): unknown {
  return content?.kind === "messages" ? transcript(content.messages) : content;
}

describe("messages spread over keys", () => {
  test("OpenInference's, with contents and calls", () => {
    const { input, output, claimed } = readContent(
      spanOf("chat", {
        "openinference.span.kind": "LLM",
        "input.value": '{"model":"m"}',
        "llm.input_messages.0.message.role": "user",
        "llm.input_messages.0.message.contents.0.message_content.type": "text",
        "llm.input_messages.0.message.contents.0.message_content.text": "Weather?",
        "llm.input_messages.1.message.role": "tool",
        "llm.input_messages.1.message.tool_call_id": "1",
        "llm.input_messages.1.message.content": "clear",
        "llm.output_messages.0.message.role": "assistant",
        "llm.output_messages.0.message.tool_calls.0.tool_call.id": "2",
        "llm.output_messages.0.message.tool_calls.0.tool_call.function.name": "weather",
        "llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments": '{"city":"Paris"}',
      }),
    );
    expect(printed(input)).toEqual(["user: Weather?", 'tool: 1← "clear"']);
    expect(printed(output)).toEqual(['assistant: 2→weather {"city":"Paris"}']);
    expect(claimed.has("llm.input_messages.1.message.content")).toBe(true);
    expect(claimed.has("input.value")).toBe(false);
  });

  test("Ark's, without the inner tool_call", () => {
    const { output } = readContent(
      spanOf("llm.m", {
        "llm.output_messages.0.message.role": "assistant",
        "llm.output_messages.0.message.tool_calls.0.id": "2",
        "llm.output_messages.0.message.tool_calls.0.function.name": "weather",
        "llm.output_messages.0.message.tool_calls.0.function.arguments": '{"city":"Paris"}',
      }),
    );
    expect(printed(output)).toEqual(['assistant: 2→weather {"city":"Paris"}']);
  });

  test("Traceloop's", () => {
    const { input, output } = readContent(
      spanOf("openai.chat", {
        "llm.request.type": "chat",
        "gen_ai.prompt.0.role": "system",
        "gen_ai.prompt.0.content": "Be kind.",
        "gen_ai.prompt.1.content": "Weather?",
        "gen_ai.completion.0.role": "assistant",
        "gen_ai.completion.0.finish_reason": "tool_calls",
        "gen_ai.completion.0.tool_calls.0.id": "1",
        "gen_ai.completion.0.tool_calls.0.name": "weather",
        "gen_ai.completion.0.tool_calls.0.arguments": "{}",
      }),
    );
    expect(printed(input)).toEqual(["system: Be kind.", "user: Weather?"]);
    expect(printed(output)).toEqual(["assistant: 1→weather {} [tool_calls]"]);
  });

  test("ten messages in numeric order, not in the order of keys", () => {
    const numbers = [10, 2, 1, 0, 11, 9];
    const attributes = Object.fromEntries(numbers.map((at) => [`llm.input_messages.${at}.message.content`, `m${at}`]));
    expect(printed(readContent(spanOf("llm.m", attributes)).input)).toEqual(
      [0, 1, 2, 9, 10, 11].map((at) => `user: m${at}`),
    );
  });

  test("keys that would exhaust memory or pollute prototypes stay unclaimed", () => {
    const exhausting = [
      "gen_ai.prompt.999999999.content",
      "gen_ai.prompt.-1.content",
      "gen_ai.prompt.__proto__.content",
      "gen_ai.prompt.1e3.content",
      "gen_ai.prompt.0",
      `gen_ai.prompt.0.${"a.".repeat(500)}b`,
    ];
    const polluting = {
      "gen_ai.prompt.0.__proto__.polluted": "yes",
      "gen_ai.prompt.0.constructor.prototype.polluted": "yes",
    };
    const attributes = {
      "gen_ai.prompt.0.content": "hello",
      ...polluting,
      ...Object.fromEntries(exhausting.map((key) => [key, "x"])),
    };
    const { input, claimed } = readContent(spanOf("llm.m", attributes));
    expect(printed(input)).toEqual(["user: hello"]);
    expect(exhausting.filter((key) => claimed.has(key))).toEqual([]);
    expect({}).not.toHaveProperty("polluted");
  });
});

describe("input and output", () => {
  test("instructions come before the conversation, as text or as parts", () => {
    const conversation = {
      "gen_ai.input.messages": '[{"role":"user","parts":[{"type":"text","content":"Weather?"}]}]',
    };
    for (const instructions of ["Be kind.", '[{"type":"text","content":"Be kind."}]']) {
      const { input, claimed } = readContent(
        spanOf("chat", { ...conversation, "gen_ai.system_instructions": instructions }),
      );
      expect(printed(input)).toEqual(["system: Be kind.", "user: Weather?"]);
      expect([...claimed]).toEqual(["gen_ai.input.messages", "gen_ai.system_instructions"]);
    }
  });

  test("an answer of the AI SDK: text and calls", () => {
    const answer = {
      "ai.operationId": "ai.generateText.doGenerate",
      "ai.response.text": "Let me see.",
      "ai.response.toolCalls": '[{"toolCallId":"1","toolName":"weather","input":"{\\"city\\":\\"Paris\\"}"}]',
    };
    expect(printed(readContent(spanOf("a", answer)).output)).toEqual([
      'assistant: Let me see. | 1→weather {"city":"Paris"}',
    ]);
    expect(printed(readContent(spanOf("a", { "ai.response.text": "" })).output)).toBeUndefined();
  });

  test("messages in events", () => {
    const events: Span["events"] = [
      { name: "gen_ai.system.message", attributes: attributesOf({ content: "Be kind." }) },
      {
        name: "gen_ai.user.message",
        attributes: attributesOf({ "gen_ai.event.content": '{"content":"Weather?","role":"user"}' }),
      },
      {
        name: "gen_ai.assistant.message",
        attributes: attributesOf({ tool_calls: '[{"id":"1","function":{"name":"weather","arguments":"{}"}}]' }),
      },
      { name: "gen_ai.tool.message", attributes: attributesOf({ id: "1", content: "clear" }) },
      {
        name: "gen_ai.choice",
        attributes: attributesOf({ index: 0, finish_reason: "stop", message: '{"content":"Sunny."}' }),
      },
    ];
    const { input, output } = readContent(spanOf("chat", { "gen_ai.operation.name": "chat" }, { events }));
    expect(printed(input)).toEqual([
      "system: Be kind.",
      "user: Weather?",
      "assistant: 1→weather {}",
      'tool: 1← "clear"',
    ]);
    expect(printed(output)).toEqual(["assistant: Sunny. [stop]"]);
  });

  test("messages in the details event", () => {
    const details = {
      "gen_ai.system_instructions": "Be kind.",
      "gen_ai.input.messages": '[{"role":"user","parts":[{"type":"text","content":"Weather?"}]}]',
      "gen_ai.output.messages": '[{"role":"assistant","parts":[{"type":"text","content":"Sunny."}]}]',
    };
    const events = [{ name: "gen_ai.client.inference.operation.details", attributes: attributesOf(details) }];
    const { input, output } = readContent(spanOf("chat", {}, { events }));
    expect([printed(input), printed(output)]).toEqual([["system: Be kind.", "user: Weather?"], ["assistant: Sunny."]]);
  });

  test("the whole answer of a model in an event, as some agents log it", () => {
    const answer = [{ candidates: [{ content: { role: "model", parts: [{ text: "Sunny." }] } }] }];
    const events = [{ name: "gen_ai.choice", attributes: attributesOf({ content: JSON.stringify(answer) }) }];
    expect(printed(readContent(spanOf("chat", {}, { events })).output)).toEqual(["assistant: Sunny."]);
  });

  test("JSON as JSON, text as text, and JSON of mime type text/plain as text", () => {
    expect(readContent(spanOf("a", { "input.value": '{"a":1}', "input.mime_type": "application/json" })).input).toEqual(
      {
        kind: "json",
        value: { a: 1 },
        text: '{"a":1}',
      },
    );
    expect(readContent(spanOf("a", { "input.value": '{"a":1}', "input.mime_type": "text/plain" })).input).toEqual({
      kind: "text",
      text: '{"a":1}',
    });
    expect(readContent(spanOf("a", { "input.value": "{not json" })).input).toEqual({ kind: "text", text: "{not json" });
  });

  test("a tool's input is never read as a conversation", () => {
    const { input, tool } = readContent(
      spanOf("tool.ask", { "tool.input": '{"role":"user","content":"x"}', "tool.id": "1" }),
    );
    expect(input).toEqual({
      kind: "json",
      value: { role: "user", content: "x" },
      text: '{"role":"user","content":"x"}',
    });
    expect(tool).toEqual({ name: "ask", callId: "1" });
  });
});

describe("a large value that is only a preview", () => {
  const whole = `[{"role":"user","parts":[{"type":"text","content":"${"x".repeat(9_000)}"}]}]`;
  const preview: AnyValue = { stringValue: whole.slice(0, 512), offloaded: { hash: "abc", bytes: whole.length } };
  const span = spanOf("chat", { "gen_ai.operation.name": "chat", "gen_ai.input.messages": preview });

  test("is shown as text, with a reference to the whole value", () => {
    expect(readContent(span).input).toEqual({ kind: "text", text: whole.slice(0, 512), offloaded: preview.offloaded });
  });

  test("is read again after the whole value was fetched", () => {
    const restored = withLoadedValues(span, new Map([["abc", { stringValue: whole }]]));
    expect(printed(readContent(restored).input)).toEqual([`user: ${"x".repeat(9_000)}`]);
    expect(withLoadedValues(span, new Map([["other", { stringValue: whole }]]))).toBe(span);
  });

  test("is recognised among messages spread over keys", () => {
    const spread = spanOf("llm.m", {
      "llm.input_messages.0.message.content": { stringValue: "head", offloaded: { hash: "abc", bytes: 9_000 } },
    });
    expect(readContent(spread).input).toMatchObject({ kind: "messages", offloaded: { hash: "abc" } });
  });
});

describe("other content of a span", () => {
  test("model, provider, tokens, first token, finish reasons, agent", () => {
    const { claimed, ...content } = readContent(
      spanOf("chat", {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "gpt",
        "gen_ai.response.model": "gpt-2026",
        "gen_ai.usage.input_tokens": 42,
        "gen_ai.usage.output_tokens": 11,
        "gen_ai.usage.cost": 0.5,
        "gen_ai.response.time_to_first_chunk": 0.25,
        "gen_ai.response.finish_reasons": '["stop"]',
        "gen_ai.agent.name": "poet",
      }),
    );
    expect(content).toEqual({
      model: "gpt-2026",
      provider: "openai",
      tokens: { input: 42, output: 11, cached: 0, written: 0, written1h: 0, reasoning: 0 },
      cost: 0.5,
      timeToFirstTokenMillis: 250,
      finishReasons: ["stop"],
      agent: "poet",
    });
    expect([...claimed].toSorted()).toEqual([
      "gen_ai.agent.name",
      "gen_ai.provider.name",
      "gen_ai.response.finish_reasons",
      "gen_ai.response.model",
      "gen_ai.response.time_to_first_chunk",
      "gen_ai.usage.cost",
      "gen_ai.usage.input_tokens",
      "gen_ai.usage.output_tokens",
    ]);
  });

  test("finish reasons as an array, as JSON text, or as a word", () => {
    const forms: readonly (string | AnyValue)[] = [
      { arrayValue: { values: [{ stringValue: "stop" }, { stringValue: "length" }] } },
      '["stop","length"]',
      "stop",
    ];
    expect(
      forms.map((form) => readContent(spanOf("a", { "gen_ai.response.finish_reasons": form })).finishReasons),
    ).toEqual([["stop", "length"], ["stop", "length"], ["stop"]]);
  });

  test("an exception comes from the last event, else from attributes, else from the status", () => {
    const event = (message: string) => ({
      name: "exception",
      attributes: attributesOf({ "exception.type": "E", "exception.message": message, "exception.stacktrace": "at x" }),
    });
    const attributes = { "error.type": "timeout" };
    const status = { code: 2, message: "it failed" };
    expect(readContent(spanOf("a", attributes, { status, events: [event("first"), event("last")] })).exception).toEqual(
      { type: "E", message: "last", stacktrace: "at x" },
    );
    expect(readContent(spanOf("a", attributes, { status })).exception).toEqual({
      type: "timeout",
      message: "it failed",
    });
    expect(readContent(spanOf("a", {}, { status: { code: 2 } })).exception).toBeUndefined();
  });

  const LEVEL = "langfuse.observation.level";
  const MESSAGE = "langfuse.observation.status_message";
  test.each<readonly [string, Record<string, string>, Partial<Span>, string | undefined]>([
    ["a status of OK with a message", {}, { status: { code: 1, message: "success" } }, "success"],
    ["an unset status with a message", {}, { status: { message: "fine" } }, "fine"],
    ["Langfuse's warning", { [LEVEL]: "WARNING", [MESSAGE]: "slow" }, {}, "slow"],
    ["Langfuse's message at level DEBUG", { [LEVEL]: "DEBUG", [MESSAGE]: "cached" }, {}, "cached"],
    ["a type of error in passing", { "error.type": "timeout" }, { status: { code: 1 } }, undefined],
    ["leaving a team", {}, { status: { code: 2, message: "TerminateTeam: done" } }, "TerminateTeam: done"],
  ])("a span that did not fail has no exception: %s", (_, attributes, more, statusMessage) => {
    const content = readContent(spanOf("a", attributes, more));
    expect([content.exception, content.statusMessage]).toEqual([undefined, statusMessage]);
    expect(content.claimed.has("error.type")).toBe(false);
  });

  test("a failed span's status message belongs to its exception and appears once", () => {
    const langfuse = readContent(spanOf("a", { [LEVEL]: "ERROR", [MESSAGE]: "quota" }));
    expect([langfuse.exception, langfuse.statusMessage]).toEqual([{ message: "quota" }, undefined]);
    const status = readContent(spanOf("a", {}, { status: { code: 2, message: "it failed" } }));
    expect([status.exception, status.statusMessage]).toEqual([{ message: "it failed" }, undefined]);
  });
});

describe("the time to the first token", () => {
  const firstToken = (key: string, value: string | number) =>
    readContent(
      spanOf("chat", { "gen_ai.request.model": "m", [key]: value }, { endTimeUnixNano: "1795261717504000000" }),
    ).timeToFirstTokenMillis;

  test.each<readonly [string, string, string | number, number | undefined]>([
    ["OpenLIT's in seconds", "gen_ai.server.time_to_first_token", 0.42, 420],
    ["Strands' in milliseconds", "gen_ai.server.time_to_first_token", 310, 310],
    ["Copilot's", "copilot_chat.time_to_first_token", 456, 456],
    ["Langfuse's moment", "langfuse.observation.completion_start_time", '"2026-11-21T11:48:34.750Z"', 246],
    ["a moment before the start", "langfuse.observation.completion_start_time", '"2020-01-01T00:00:00Z"', undefined],
    ["no moment", "langfuse.observation.completion_start_time", '"soon"', undefined],
  ])("%s", (_, key, value, expected) => expect(firstToken(key, value)).toBe(expected));
});

test("Langfuse's input and output of a trace", () => {
  const { input, output } = readContent(
    spanOf("trace", {
      "langfuse.trace.input": '{"question":"Where?"}',
      "langfuse.trace.output": '{"answer":"In Lyon"}',
    }),
  );
  expect(printed(input)).toMatchObject({ value: { question: "Where?" } });
  expect(printed(output)).toMatchObject({ value: { answer: "In Lyon" } });
});

test("a call in OpenInference's form without a list", () => {
  const { output } = readContent(
    spanOf("llm", {
      "openinference.span.kind": "LLM",
      "llm.output_messages.0.message.role": "assistant",
      "llm.output_messages.0.message.function_call_name": "lookup",
      "llm.output_messages.0.message.function_call_arguments_json": '{"id":7}',
    }),
  );
  expect(printed(output)).toEqual(['assistant: →lookup {"id":7}']);
});

test("calls of a provider's own tools", () => {
  const parts = [
    { type: "server_tool_call", id: "1", name: "run", server_tool_call: { type: "code_interpreter", code: "2**10" } },
    {
      type: "server_tool_call_response",
      id: "1",
      server_tool_call_response: { type: "code_interpreter", output: "1024" },
    },
  ];
  const { output } = readContent(
    spanOf("chat", { "gen_ai.output.messages": JSON.stringify([{ role: "assistant", parts }]) }),
  );
  expect(printed(output)).toEqual(['assistant: 1→run {"code":"2**10"} | 1← {"output":"1024"}']);
});
