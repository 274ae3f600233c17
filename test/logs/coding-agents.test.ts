import { describe, expect, test } from "vitest";
import { deriveRecordFacts } from "../../src/logs/record-facts.ts";
import type { SpanFacts } from "../../src/facts/facts.ts";
import { readRecord } from "../../src/logs/read-record.ts";
import { spansOfRecord, subjectOf } from "../../src/logs/derived-spans.ts";
import { readContent } from "../../src/facts/span-content.ts";
import { capturedRecords, untraced } from "./captured-records.ts";
import type { LogRecord } from "../../src/otel/log-record.ts";
import type { CapturedRecord } from "./captured-records.ts";
import { at } from "../facts/facts-of.ts";
import { recordOf } from "./record-of.ts";

const factsOf = ({ record, scope, resource }: CapturedRecord) =>
  deriveRecordFacts(record, JSON.stringify(record), resource, scope);

const spansIn = (records: readonly CapturedRecord[]): readonly SpanFacts[] =>
  records.flatMap((record) => factsOf(record).spans);

const millis = ({ start, end }: SpanFacts): number => Number(end - start) / 1e6;

describe("a coding agent that does not trace", () => {
  test("Claude Code: a prompt, two model calls and a tool call, with tokens and durations", () => {
    const spans = spansIn(capturedRecords("claude-code-json-002").map(untraced));
    const [prompt] = spans;
    expect(
      spans.map((span) => [
        span.kind,
        span.name,
        span.parentSpanId === "" ? "" : span.parentSpanId === prompt?.spanId,
        millis(span),
      ]),
    ).toEqual([
      ["agent", "claude_code.interaction", "", 0],
      ["llm", "claude_code.llm_request", true, 57],
      ["tool", "claude_code.tool", true, 55],
      ["llm", "claude_code.llm_request", true, 15],
    ]);
    expect(spans.map(({ session }) => session?.value)).toEqual(Array(4).fill("76d20104-d2eb-40ea-976f-39957bf5ca1f"));
    expect(prompt).toMatchObject({
      agent: "claude-code",
      prompt: "What is the weather? Use Bash.",
      service: "claude-code",
    });
    expect(spans[1]).toMatchObject({
      model: "claude-sonnet-4-5",
      tokens: { input: 55, output: 11, cached: 8, written: 5, written1h: 0, reasoning: 0 },
      cost: 0.00031215,
    });
    expect(spans[2]).toMatchObject({ tool: "Bash", error: false });
  });

  test("Codex: the end of the stream becomes the model call; the HTTP request does not count as another", () => {
    const spans = spansIn(capturedRecords("codex-json-003").map(untraced));
    expect(spans.map((span) => `${span.kind} ${span.name} ${millis(span)} ${span.derivation}`)).toEqual([
      "agent codex.turn 0 prompt",
      "http codex.api_request 50 by-time",
      "llm codex.response 0 by-time",
      "tool codex.tool 149 by-time",
      "http codex.api_request 13 by-time",
      "llm codex.response 0 by-time",
    ]);
    const calls = spans.filter(({ kind }) => kind === "llm");
    expect(calls.map(({ model, tokens }) => ({ model, tokens }))).toEqual(
      [1, 2].map(() => ({
        model: "gpt-5-codex",
        tokens: { input: 42, output: 11, cached: 8, written: 0, written1h: 0, reasoning: 3 },
      })),
    );
    expect(spans[0]?.prompt).toBe("What is the weather? Use the shell.");
    const tool = capturedRecords("codex-json-003")
      .map(untraced)
      .flatMap(({ record }) => spansOfRecord(readRecord(record)))[3];
    const content = tool === undefined ? undefined : readContent(tool);
    expect(content?.tool).toEqual({ name: "exec_command", callId: "call_2" });
    expect(content?.input).toMatchObject({ kind: "json", value: { cmd: "echo hello-from-tool" } });
    expect(content?.output).toMatchObject({ kind: "text", text: expect.stringContaining("hello-from-tool") });
  });

  test("Gemini CLI: output tokens include thoughts, input tokens include tool results", () => {
    const common = { "session.id": "s-1", prompt_id: "s-1########0" };
    const records = [
      recordOf("gemini_cli.user_prompt", 1, { ...common, prompt: "What is the weather?" }),
      recordOf("gemini_cli.api_request", 1.1, { ...common, model: "gemini-2.5-pro" }),
      recordOf("gemini_cli.api_response", 3, {
        ...common,
        model: "gemini-2.5-pro",
        duration_ms: 1900,
        input_token_count: 100,
        output_token_count: 20,
        cached_content_token_count: 60,
        thoughts_token_count: 30,
        tool_token_count: 7,
        total_token_count: 157,
        response_text: "Sunny.",
        status_code: 200,
      }),
      recordOf("gemini_cli.tool_call", 4, {
        ...common,
        function_name: "run_shell_command",
        function_args: '{"command":"date"}',
        duration_ms: 500,
        success: false,
        error: "no such command",
        error_type: "shell_execute_error",
      }),
      recordOf("gemini_cli.api_error", 5, {
        ...common,
        model: "gemini-2.5-pro",
        duration_ms: 10,
        error: "quota",
        status_code: 429,
      }),
    ].map((record) => ({ record, scope: undefined, resource: undefined }));
    const spans = spansIn(records);
    expect(spans.map(({ kind, error, failure }) => [kind, error, failure])).toEqual([
      ["agent", false, undefined],
      ["llm", false, undefined],
      ["tool", true, "no such command"],
      ["llm", true, "quota"],
    ]);
    expect(spans[1]?.tokens).toEqual({ input: 107, output: 50, cached: 60, written: 0, written1h: 0, reasoning: 30 });
    // A resumed session counts its prompts from 0 again: the prompt's own id is another.
    const [parent, ...others] = new Set(spans.map(({ parentSpanId }) => parentSpanId));
    expect(others).toEqual([]);
    expect(spans.map(({ spanId }) => spanId)).not.toContain(parent);
  });

  test.each([1e308, Number.MAX_SAFE_INTEGER, 0.25, "1e308"])("a call with a duration of %s ms gives a span", (took) => {
    const call = recordOf("claude_code.api_request", 1, { "session.id": "s-1", "prompt.id": "p", duration_ms: took });
    const [span] = factsOf({ record: call, scope: undefined, resource: undefined }).spans;
    expect(span).toMatchObject({ kind: "llm", end: at(1) });
    expect(millis(span as SpanFacts)).toBe(took === 0.25 ? 0.25 : 0);
  });

  test("a refused call is not an error", () => {
    const refused = recordOf("claude_code.tool_decision", 1, {
      "session.id": "s-1",
      "prompt.id": "p",
      tool_name: "Bash",
      tool_use_id: "t",
      decision: "reject",
    });
    expect(factsOf({ record: refused, scope: undefined, resource: undefined }).spans).toMatchObject([
      { kind: "tool", tool: "Bash", error: false },
    ]);
  });

  test("a record without a time gives an ended span", () => {
    const untimed = ["claude_code.user_prompt", "claude_code.tool_result", "ark.QueryExecutionComplete"].map(
      (event) => {
        const { timeUnixNano: _, ...record } = recordOf(event, 1, {
          "session.id": "s-1",
          "prompt.id": "p-1",
          tool_use_id: "call-1",
          "ark.query.id": "q-1",
        });
        return { ...record, eventName: event };
      },
    );
    const spans = untimed.flatMap((record) => spansIn([{ record, scope: undefined, resource: undefined }]));
    expect(spans.map(({ name, running, start, end }) => [name, running, end - start])).toEqual([
      ["claude_code.interaction", false, 0n],
      ["claude_code.tool", false, 0n],
      ["query.", false, 0n],
    ]);
  });

  test("a redacted prompt is not used", () => {
    const redacted = recordOf("claude_code.user_prompt", 1, {
      "session.id": "s-1",
      "prompt.id": "p",
      prompt: "<REDACTED>",
    });
    expect(spansIn([{ record: redacted, scope: undefined, resource: undefined }])[0]?.prompt).toBeUndefined();
  });
});

describe("Qwen Code", () => {
  const common = { "session.id": "s-1", prompt_id: "s-1########1" };
  const counts = { input_token_count: 900, output_token_count: 40, thoughts_token_count: 10, duration_ms: 1900 };
  const answer = (more: Readonly<Record<string, string | number>>) =>
    recordOf("qwen-code.api_response", 3, {
      ...common,
      ...counts,
      model: "qwen3-coder-plus",
      response_id: "r-1",
      ...more,
    });
  const tokensOf = (record: LogRecord) => spansIn([{ record, scope: undefined, resource: undefined }])[0]?.tokens;

  test("logs as Gemini CLI does; its APIs include thoughts in the output unless the total says otherwise", () => {
    expect(tokensOf(answer({ total_token_count: 940 }))).toMatchObject({ input: 900, output: 40, reasoning: 10 });
    expect(tokensOf(answer({ total_token_count: 950 }))).toMatchObject({ input: 900, output: 50, reasoning: 10 });
  });

  test("a call that the user no longer wanted is canceled", () => {
    const record = recordOf("qwen-code.tool_call", 4, {
      ...common,
      function_name: "run_shell_command",
      status: "cancelled",
      success: "false",
    });
    expect(spansIn([{ record, scope: undefined, resource: undefined }])).toMatchObject([
      { kind: "tool", name: "qwen-code.tool", tool: "run_shell_command", canceled: true },
    ]);
  });
});

test("a call that states its end has ended then, not when a batch of calls was logged", () => {
  const record = recordOf("gemini_cli.tool_call", 9, {
    "session.id": "s-1",
    function_name: "read_file",
    duration_ms: 500,
    end_time: Number(at(4) / 1_000_000n),
  });
  expect(spansIn([{ record, scope: undefined, resource: undefined }])).toMatchObject([{ start: at(3.5), end: at(4) }]);
});

describe("a coding agent that traces", () => {
  test.each([
    [
      "claude-code-json-002",
      ["claude_code.interaction", "claude_code.llm_request", "claude_code.tool", "claude_code.llm_request"],
    ],
    ["codex-json-003", ["codex.turn", "codex.tool"]],
  ])("%s: derived spans hang below the spans in which their records were written; requests are none", (file, names) => {
    const traced = capturedRecords(file).filter(({ record }) => record.traceId !== undefined);
    const around = traced.flatMap(({ record }) => record.spanId ?? []);
    const spans = spansIn(traced);
    expect(spans.map(({ name }) => name)).toEqual(names);
    for (const { parentSpanId } of spans) expect(around).toContain(parentSpanId);
  });

  test("its prompt annotates its span", () => {
    const annotations = capturedRecords("claude-code-json-002").flatMap((record) => factsOf(record).annotation ?? []);
    expect(annotations).toEqual([{ spanId: "3b09e41e08e4a398", prompt: "What is the weather? Use Bash." }]);
  });
});

test("an agent's later records describe the span derived from its earlier ones", () => {
  const records = capturedRecords("claude-code-json-002").map(untraced);
  const ids = records.flatMap((captured) => factsOf(captured).spans).map(({ spanId }) => spanId);
  const names = new Map(["prompt", "call 1", "tool", "call 2"].map((name, at) => [ids[at], name]));
  const subjects = records.map(
    ({ record }) => `${String(record.body?.stringValue)} ${names.get(subjectOf(readRecord(record)))}`,
  );
  expect(subjects).toEqual([
    "claude_code.user_prompt prompt",
    "claude_code.tool_decision tool",
    "claude_code.api_request call 1",
    "claude_code.assistant_response call 1",
    "claude_code.tool_result tool",
    "claude_code.api_request call 2",
    "claude_code.assistant_response call 2",
  ]);
});
