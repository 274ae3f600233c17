import { describe, expect, test } from "vitest";

import { readContent } from "../../src/facts/span-content.ts";
import type { Content } from "../../src/content/content-value.ts";
import type { AnyValue, Span } from "../../src/otel/span.ts";
import { withWholeValue } from "../../src/otel/any-value.ts";
import { attributesOf, spanOf } from "../facts/span-of.ts";
import { transcript } from "../session/transcript.ts";

function shown(content: Content | undefined): unknown {
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
    expect(shown(input)).toEqual(["user: Weather?", 'tool: 1← "clear"']);
    expect(shown(output)).toEqual(['assistant: 2→weather {"city":"Paris"}']);
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
    expect(shown(output)).toEqual(['assistant: 2→weather {"city":"Paris"}']);
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
    expect(shown(input)).toEqual(["system: Be kind.", "user: Weather?"]);
    expect(shown(output)).toEqual(["assistant: 1→weather {} [tool_calls]"]);
  });

  test("ten messages in the order of their numbers, not of their keys", () => {
    const numbers = [10, 2, 1, 0, 11, 9];
    const attributes = Object.fromEntries(numbers.map((at) => [`llm.input_messages.${at}.message.content`, `m${at}`]));
    expect(shown(readContent(spanOf("llm.m", attributes)).input)).toEqual(
      [0, 1, 2, 9, 10, 11].map((at) => `user: m${at}`),
    );
  });

  test("keys made to exhaust or to pollute are left unclaimed", () => {
    const hostile = [
      "gen_ai.prompt.999999999.content",
      "gen_ai.prompt.-1.content",
      "gen_ai.prompt.__proto__.content",
      "gen_ai.prompt.1e3.content",
      "gen_ai.prompt.0",
      `gen_ai.prompt.0.${"a.".repeat(500)}b`,
    ];
    const odd = {
      "gen_ai.prompt.0.__proto__.polluted": "yes",
      "gen_ai.prompt.0.constructor.prototype.polluted": "yes",
    };
    const attributes = {
      "gen_ai.prompt.0.content": "hello",
      ...odd,
      ...Object.fromEntries(hostile.map((key) => [key, "x"])),
    };
    const { input, claimed } = readContent(spanOf("llm.m", attributes));
    expect(shown(input)).toEqual(["user: hello"]);
    expect(hostile.filter((key) => claimed.has(key))).toEqual([]);
    expect({}).not.toHaveProperty("polluted");
  });
});

describe("what went in and what came out", () => {
  test("instructions stand before the conversation, as text or as parts", () => {
    const conversation = {
      "gen_ai.input.messages": '[{"role":"user","parts":[{"type":"text","content":"Weather?"}]}]',
    };
    for (const instructions of ["Be kind.", '[{"type":"text","content":"Be kind."}]']) {
      const { input, claimed } = readContent(
        spanOf("chat", { ...conversation, "gen_ai.system_instructions": instructions }),
      );
      expect(shown(input)).toEqual(["system: Be kind.", "user: Weather?"]);
      expect([...claimed]).toEqual(["gen_ai.input.messages", "gen_ai.system_instructions"]);
    }
  });

  test("an answer of the AI SDK: text and calls", () => {
    const answer = {
      "ai.operationId": "ai.generateText.doGenerate",
      "ai.response.text": "Let me see.",
      "ai.response.toolCalls": '[{"toolCallId":"1","toolName":"weather","input":"{\\"city\\":\\"Paris\\"}"}]',
    };
    expect(shown(readContent(spanOf("a", answer)).output)).toEqual([
      'assistant: Let me see. | 1→weather {"city":"Paris"}',
    ]);
    expect(shown(readContent(spanOf("a", { "ai.response.text": "" })).output)).toBeUndefined();
  });

  test("messages told as events", () => {
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
    expect(shown(input)).toEqual(["system: Be kind.", "user: Weather?", "assistant: 1→weather {}", 'tool: 1← "clear"']);
    expect(shown(output)).toEqual(["assistant: Sunny. [stop]"]);
  });

  test("messages told in the details event", () => {
    const details = {
      "gen_ai.system_instructions": "Be kind.",
      "gen_ai.input.messages": '[{"role":"user","parts":[{"type":"text","content":"Weather?"}]}]',
      "gen_ai.output.messages": '[{"role":"assistant","parts":[{"type":"text","content":"Sunny."}]}]',
    };
    const events = [{ name: "gen_ai.client.inference.operation.details", attributes: attributesOf(details) }];
    const { input, output } = readContent(spanOf("chat", {}, { events }));
    expect([shown(input), shown(output)]).toEqual([["system: Be kind.", "user: Weather?"], ["assistant: Sunny."]]);
  });

  test("JSON as JSON, text as text, and text that says it is text as text", () => {
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

  test("a tool's input is never taken for a conversation", () => {
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

describe("a value too large to be here whole", () => {
  const whole = `[{"role":"user","parts":[{"type":"text","content":"${"x".repeat(9_000)}"}]}]`;
  const preview: AnyValue = { stringValue: whole.slice(0, 512), offloaded: { hash: "abc", bytes: whole.length } };
  const span = spanOf("chat", { "gen_ai.operation.name": "chat", "gen_ai.input.messages": preview });

  test("is shown as the text of its head, and says where the whole lies", () => {
    expect(readContent(span).input).toEqual({ kind: "text", text: whole.slice(0, 512), offloaded: preview.offloaded });
  });

  test("is read again when the whole has been fetched", () => {
    const restored = withWholeValue(span, "abc", { stringValue: whole });
    expect(shown(readContent(restored).input)).toEqual([`user: ${"x".repeat(9_000)}`]);
    expect(withWholeValue(span, "other", { stringValue: whole })).toEqual(span);
  });

  test("is known among messages spread over keys", () => {
    const spread = spanOf("llm.m", {
      "llm.input_messages.0.message.content": { stringValue: "head", offloaded: { hash: "abc", bytes: 9_000 } },
    });
    expect(readContent(spread).input).toMatchObject({ kind: "messages", offloaded: { hash: "abc" } });
  });
});

describe("the other things a span says", () => {
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
      tokens: { input: 42, output: 11, cached: 0, reasoning: 0 },
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

  test("finish reasons as an array, as JSON text, as a word", () => {
    const forms: readonly (string | AnyValue)[] = [
      { arrayValue: { values: [{ stringValue: "stop" }, { stringValue: "length" }] } },
      '["stop","length"]',
      "stop",
    ];
    expect(
      forms.map((form) => readContent(spanOf("a", { "gen_ai.response.finish_reasons": form })).finishReasons),
    ).toEqual([["stop", "length"], ["stop", "length"], ["stop"]]);
  });

  test("an exception: of the last event, else of attributes, else of the status", () => {
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
  ])("no exception where the span did not fail: %s", (_, attributes, more, statusMessage) => {
    const content = readContent(spanOf("a", attributes, more));
    expect([content.exception, content.statusMessage]).toEqual([undefined, statusMessage]);
    expect(content.claimed.has("error.type")).toBe(false);
  });

  test("a failed span's status message is its exception's, and said once", () => {
    const langfuse = readContent(spanOf("a", { [LEVEL]: "ERROR", [MESSAGE]: "quota" }));
    expect([langfuse.exception, langfuse.statusMessage]).toEqual([{ message: "quota" }, undefined]);
    const status = readContent(spanOf("a", {}, { status: { code: 2, message: "it failed" } }));
    expect([status.exception, status.statusMessage]).toEqual([{ message: "it failed" }, undefined]);
  });
});
