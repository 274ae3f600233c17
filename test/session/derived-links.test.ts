import { describe, expect, test } from "vitest";
import type { SpanFacts } from "../../src/facts/facts.ts";
import { deriveRecordFacts } from "../../src/logs/record-facts.ts";
import type { LogRecord } from "../../src/otel/log-record.ts";
import { arkEvent, factsOfEvent } from "../logs/ark-events.ts";
import { capturedRecords, untraced } from "../logs/captured-records.ts";
import { at, factsOf, id } from "../facts/facts-of.ts";
import { recordOf } from "../logs/record-of.ts";
import { Random } from "./seeded-random.ts";
import type { Sent } from "./session-generator.ts";
import { shuffled, derivedSession } from "./derived-session.ts";

const OWNER = "a".repeat(32);
const TRACE = "b".repeat(32);

const sentIn = (traceId: string, facts: readonly SpanFacts[]): Sent[] => facts.map((one) => ({ traceId, facts: one }));

const logged = (...records: readonly LogRecord[]): Sent[] =>
  records.flatMap((record) =>
    sentIn(OWNER, deriveRecordFacts(record, JSON.stringify(record), undefined, undefined).spans),
  );

const derived = (...events: Parameters<typeof arkEvent>[]): Sent[] =>
  events.flatMap((event) => sentIn(OWNER, factsOfEvent(arkEvent(...event))));

/** A span of the query `weather` that an Ark installation traced. */
function traced(number: number, parent: number, from: number, to: number, more: Partial<SpanFacts>): Sent {
  const query = { name: "weather", namespace: "default" };
  const parentSpanId = parent === 0 ? "" : id(parent);
  const facts = factsOf({ spanId: id(number), parentSpanId, start: at(from), end: at(to), query, ...more });
  return { traceId: TRACE, facts };
}

const codex = (event: string, second: number, more: Readonly<Record<string, string | number>> = {}): LogRecord =>
  recordOf(`codex.${event}`, second, { "conversation.id": "c-1", model: "gpt-5", ...more });

const answer = { "event.kind": "response.completed", input_token_count: 10, output_token_count: 2 };

describe("calls that name no prompt", () => {
  const session = [
    codex("user_prompt", 1, { prompt: "first" }),
    codex("sse_event", 3, answer),
    codex("user_prompt", 10, { prompt: "second" }),
    codex("tool_result", 12, { tool_name: "shell", call_id: "c", duration_ms: 1500, success: "true" }),
    codex("sse_event", 14, answer),
  ];

  test("belong to the last prompt before them; a prompt ends with the last call below it", () => {
    const { tree, queries, summary } = derivedSession(logged(...session));
    expect(tree).toEqual([
      "codex.turn 1–3 +1",
      "  codex.response 3–3",
      "codex.turn 10–14 +2",
      "  codex.tool 10.5–12",
      "  codex.response 14–14",
    ]);
    expect(
      queries.map(({ prompt: asked, phase, start, end, spans, tokens }) => [
        asked,
        phase,
        start,
        end,
        spans,
        tokens.input,
      ]),
    ).toEqual([
      ["first", "done", String(at(1)), String(at(3)), 2, 10],
      ["second", "done", String(at(10)), String(at(14)), 3, 10],
    ]);
    expect(summary).toMatchObject({ title: "first", tokens: { input: 20, output: 4 }, liveness: { running: 0 } });
  });

  test("one before all prompts belongs to the first", () => {
    expect(derivedSession(logged(codex("sse_event", 1, answer), codex("user_prompt", 2))).tree).toEqual([
      "codex.turn 2–2 +1",
      "  codex.response 1–1",
    ]);
  });

  test("calls with an unknown prompt too; without any prompt no parent is awaited", () => {
    const response = recordOf("gemini_cli.api_response", 5, { "session.id": "s-1", model: "m", prompt_id: "routing" });
    const prompt = recordOf("gemini_cli.user_prompt", 1, { "session.id": "s-1", prompt_id: "p-1", prompt: "first" });
    expect(derivedSession(logged(response, prompt)).tree).toEqual([
      "gemini_cli.user_prompt 1–5 +1",
      "  gemini_cli.llm_call 5–5",
    ]);
    const alone = derivedSession(logged(response));
    expect(alone.tree).toEqual(["gemini_cli.llm_call 5–5"]);
    expect(alone.summary.liveness).toMatchObject({ awaitedParents: 0, missingParents: 0 });
  });

  test("count once if the prompt was traced and spans describe the same calls", () => {
    const call = factsOf({
      spanId: id(7),
      kind: "llm",
      tokens: { input: 10, output: 2, cached: 0, written: 0, written1h: 0, reasoning: 0 },
    });
    const { summary, tree } = derivedSession([
      ...logged(codex("sse_event", 3, answer)),
      { traceId: TRACE, facts: call },
    ]);
    expect(tree).toEqual(["span 7 0–1"]);
    expect(summary).toMatchObject({ spans: 1, queries: 1, tokens: { input: 10 } });
  });

  test("count if no span describes such calls", () => {
    expect(derivedSession(logged(codex("sse_event", 3, answer))).summary).toMatchObject({
      spans: 1,
      tokens: { input: 10 },
    });
  });

  test.each([
    // Its records count 13 tokens of each call apart: 8 read from a cache, 5 written to one.
    ["claude-code-json-002", 110],
    ["codex-json-003", 84],
  ])("%s: one query with what it did", (file, input) => {
    const records = capturedRecords(file).map((record) => untraced(record).record);
    const { summary, queries } = derivedSession(logged(...records));
    expect(queries).toMatchObject([{ phase: "done", tokens: { input, output: 22, cached: 16 } }]);
    expect(summary.tools.map(({ calls }) => calls)).toEqual([1]);
    expect(summary.models.map(({ calls }) => calls)).toEqual([2]);
  });
});

describe("the events of an Ark query", () => {
  const run = derived(
    ["QueryExecutionStart", 0, { targetType: "team", team: "t", input: "Rain?" }],
    ["TeamExecutionStart", 1, { teamName: "t" }],
    ["TeamTurnStart", 2, { teamName: "t", turn: "1" }],
    ["AgentExecutionStart", 3, { agent: "a" }],
    ["LLMCallStart", 4, { model: "m" }],
    ["LLMCallComplete", 6, { model: "m", durationMs: "2000", promptTokens: "10", completionTokens: "1" }],
    ["ToolCallStart", 6, { toolName: "x", toolId: "c-1" }],
    ["ToolCallError", 7, { toolName: "x", toolId: "c-1", durationMs: "1000", error: "boom" }],
    ["LLMCallStart", 8, { model: "m" }],
  );

  test("are a tree by time, in which open operations run", () => {
    expect(derivedSession(run).tree).toEqual([
      "query.weather 0–8 running error below +7",
      "  target.t 0–0",
      "  team.t 1–8 running error below +5",
      "    turn.1 2–8 running error below +4",
      "      agent.a 3–8 running error below +3",
      "        llm.m 4–6",
      "        tool.x 6–7 error",
      "        llm.m 8–8 running",
    ]);
  });

  test("an operation's error is not the query's", () => {
    const { queries, summary } = derivedSession(run);
    expect(queries).toMatchObject([
      { name: "weather", phase: "running", prompt: "Rain?", target: { type: "team", name: "t" }, errors: 1 },
    ]);
    expect(summary.liveness).toMatchObject({ failed: false, running: 5 });
    expect(summary.tokens).toMatchObject({ input: 10, output: 1 });
  });

  test("a late start does not undo the end", () => {
    const end = derived(["QueryExecutionComplete", 9, { durationMs: "9000", error: "no" }]);
    expect(derivedSession([...end, ...run]).queries).toMatchObject([{ phase: "error", failure: "no" }]);
  });

  test("an operation that is open when its query ends does not run: its end was lost", () => {
    const end = derived(["QueryExecutionComplete", 9, { durationMs: "9000" }]);
    const { summary, tree } = derivedSession([...run, ...end]);
    expect(summary.liveness.running).toBe(0);
    expect(tree).toEqual(["query.weather 0–9 error below +3", "  target.t 0–0", "  llm.m 4–6", "  tool.x 6–7 error"]);
  });

  test("two queries of one name stay two queries", () => {
    const again = derived(["QueryExecutionStart", 20, { queryId: "q-2" }]);
    const { queries } = derivedSession([...run, ...derived(["QueryExecutionCanceled", 9]), ...again]);
    expect(queries.map(({ phase }) => phase)).toEqual(["canceled", "running"]);
  });

  test("are replaced by the spans of the query; a call without a span yet runs under it", () => {
    const spans = [
      traced(3, 2, 4, 6, {
        kind: "llm",
        model: "m",
        name: "llm.m",
        tokens: { input: 10, output: 1, cached: 0, written: 0, written1h: 0, reasoning: 0 },
      }),
      traced(4, 2, 6, 7, { kind: "tool", tool: "x", name: "tool.x", error: true }),
    ];
    const early = derivedSession([...run, ...spans]);
    expect(early.summary).toMatchObject({ queries: 1, tokens: { input: 10 }, tools: [{ name: "x", calls: 1 }] });
    expect(early.summary.models).toEqual([{ name: "m", calls: 2, errors: 0 }]);
    expect(early.queries).toMatchObject([{ phase: "running", spans: 7 }]);
    const root = traced(1, 0, 0, 0, { kind: "query", name: "query.weather", running: true, end: 0n });
    const agent = traced(2, 1, 3, 9, { kind: "agent", agent: "default/a", name: "agent.default/a" });
    const late = derivedSession([...run, ...spans, root, agent]);
    expect(late.tree).toEqual([
      "query.weather 0–9 running error below +6",
      "  team.t 1–2 running +1",
      "    turn.1 2–2 running",
      "  agent.default/a 3–9 error below +3",
      "    llm.m 4–6",
      "    tool.x 6–7 error",
      "    llm.m 8–8 running",
    ]);
  });

  test("whose span replaces them do not move the session's start, as they do not move the page's axis", () => {
    const start = derived(["QueryExecutionStart", 0]);
    const span = traced(1, 0, 0.8, 5, { kind: "query", name: "query.weather" });
    const { tree, summary, axis } = derivedSession([...start, span]);
    expect(tree).toEqual(["query.weather 0.8–5"]);
    expect(summary).toMatchObject({ start: String(at(0.8)), end: String(at(5)) });
    expect(axis).toEqual({ start: summary.start, end: summary.end });
  });

  test("lead to their replacements: an end for its start, a span for both", () => {
    const ids = (...events: Parameters<typeof arkEvent>[]) =>
      derived(...events).map(({ facts }) => `${OWNER}:${facts.spanId}`);
    const [, start] = ids(["LLMCallStart", 4, { model: "m" }]);
    const [, end] = ids(["LLMCallComplete", 6, { model: "m", durationMs: "2000" }]);
    const [query] = ids(["QueryExecutionStart", 0]);
    expect(derivedSession(run).standIns.get(start ?? "")).toBe(`${end}:0`);
    const spans = [
      traced(1, 0, 0, 9, { kind: "query", name: "query.weather" }),
      traced(3, 1, 4, 6, { kind: "llm", model: "m", name: "llm.m" }),
    ];
    const { standIns } = derivedSession([...run, ...spans]);
    expect([query, start, end].map((key) => standIns.get(key ?? ""))).toEqual([
      `${TRACE}:${id(1)}:1`,
      `${TRACE}:${id(3)}:1`,
      `${TRACE}:${id(3)}:1`,
    ]);
  });

  test("of another run of the same name stay separate", () => {
    const before = traced(1, 0, -60, -50, { kind: "query", name: "query.weather" });
    expect(derivedSession([...run, before]).queries.map(({ phase }) => phase)).toEqual(["done", "running"]);
  });

  test("each of several queries of one name is matched with the spans of its own time", () => {
    const runs = [0, 100, 200, 300].flatMap((from) =>
      derived(
        ["QueryExecutionStart", from, { queryId: `q-${from}` }],
        ["QueryExecutionComplete", from + 9, { queryId: `q-${from}`, durationMs: "9000" }],
      ),
    );
    const spans = [-50, 100, 150, 300].map((from, n) => ({
      ...traced(n + 1, 0, from, from + 9, { kind: "query", name: `span of ${from}` }),
      traceId: String(n + 1).repeat(32),
    }));
    const { tree } = derivedSession([...runs, ...spans]);
    expect(new Set(tree.map((line) => line.split("–")[0]))).toEqual(
      new Set([
        "query.weather 0",
        "query.weather 200",
        "span of -50 -50",
        "span of 100 100",
        "span of 150 150",
        "span of 300 300",
      ]),
    );
  });

  test("give the same session in any order, with lost events too", () => {
    const all = [
      ...run,
      ...derived(
        ["LLMCallComplete", 9, { model: "m", durationMs: "1000" }],
        ["AgentExecutionComplete", 9, { agent: "a", durationMs: "6000" }],
      ),
      ...derived(["QueryExecutionStart", 20, { queryId: "q-2" }], ["LLMCallStart", 21, { queryId: "q-2", model: "m" }]),
      traced(1, 0, 0, 9, { kind: "query", name: "query.weather" }),
      traced(3, 1, 4, 6, { kind: "llm", model: "m", name: "llm.m" }),
      ...logged(codex("user_prompt", 1), codex("sse_event", 2, answer), codex("user_prompt", 2)),
    ];
    for (let seed = 1; seed <= 60; seed++) {
      const random = new Random(seed);
      const some = all.filter(() => !random.chance(0.2));
      expect(derivedSession(shuffled(some, random)), `seed ${seed}`).toEqual(derivedSession(some));
    }
  });
});
