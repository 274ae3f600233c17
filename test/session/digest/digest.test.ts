import { describe, expect, test } from "vitest";
import type { SpanFacts } from "../../../src/facts/facts.ts";
import { readStrip } from "../../../src/session/digest/strip-text.ts";
import type { SessionSummary } from "../../../src/session/summary.ts";
import { at, factsOf, id } from "../../facts/facts-of.ts";
import { foldTrace } from "../fold-of.ts";

type Given = Partial<SpanFacts> & { readonly n: number; readonly under?: number };

const span = ({ n, under, ...given }: Given): SpanFacts =>
  factsOf({
    spanId: id(n),
    parentSpanId: under === undefined ? "" : id(under),
    start: at(n),
    end: given.running === true ? 0n : at(n + 1),
    ...given,
  });

const summaryOf = (...spans: Given[]): SessionSummary => foldTrace(spans.map(span)).summary;

/** "engineer ▸ run_sql, running since 3" in seconds after the generated beginning. */
function nowOf({ nowLine }: SessionSummary): string {
  if (nowLine === undefined) return "";
  const { agent, kind, step, state, since } = nowLine;
  const seconds = Number(BigInt(since) - at(0)) / 1e9;
  return `${agent === undefined ? "" : `${agent} ▸ `}${kind} ${step}, ${state} ${seconds}`;
}

describe("the now-line", () => {
  const open = { running: true } as const;
  const team: readonly Given[] = [
    { n: 1, kind: "team", team: "desk", ...open },
    { n: 2, under: 1, kind: "agent", agent: "researcher", ...open },
    { n: 3, under: 2, kind: "llm", model: "gpt-5.2" },
    { n: 4, under: 2, kind: "tool", tool: "search", ...open },
    { n: 5, under: 1, kind: "agent", agent: "writer", ...open },
    { n: 6, under: 5, kind: "llm", model: "claude-sonnet-4-5", ...open },
  ];

  test("is the innermost running step that started last, with its agent", () => {
    expect(nowOf(summaryOf(...team))).toBe("writer ▸ llm claude-sonnet-4-5, running 6");
    expect(nowOf(summaryOf(...team.slice(0, 5)))).toBe("agent writer, running 5");
    expect(nowOf(summaryOf(...team.slice(0, 4)))).toBe("researcher ▸ tool search, running 4");
  });

  test("is no request on the wire while a step runs", () => {
    expect(nowOf(summaryOf(...team, { n: 7, under: 6, kind: "http", ...open }))).toBe(
      "writer ▸ llm claude-sonnet-4-5, running 6",
    );
    expect(nowOf(summaryOf({ n: 7, name: "GET /forecast", kind: "http", ...open }))).toBe(
      "http GET /forecast, running 7",
    );
  });

  test("is the step that ended last where exporters send steps at their end", () => {
    const ended: readonly Given[] = [
      { n: 2, under: 1, kind: "agent", agent: "writer", end: at(9) },
      { n: 3, under: 2, kind: "tool", tool: "search", end: at(8) },
      { n: 4, under: 2, kind: "llm", model: "gpt-5.2", end: at(7) },
      { n: 5, under: 2, kind: "http", end: at(10) },
    ];
    expect(nowOf(summaryOf(...ended))).toBe("writer ▸ tool search, ended 8");
    expect(nowOf(summaryOf({ n: 5, kind: "chain", name: "plan", end: at(10) }))).toBe("chain plan, ended 10");
  });

  test("is the step that waits for an answer, whatever else runs", () => {
    const inputRequest = { state: "open", since: at(5), task: "", question: "Delete it?", tool: "delete" } as const;
    const asking = { n: 4, under: 2, kind: "tool", tool: "delete", inputRequest, ...open } as const;
    expect(nowOf(summaryOf(...team.filter(({ n }) => n !== 4), asking))).toBe("researcher ▸ tool delete, running 4");
  });

  test("ignores a clock that was never set", () => {
    const future = { n: 9, under: 5, kind: "tool", tool: "clock", start: at(4e9), ...open } as const;
    expect(nowOf(summaryOf(...team, future))).toBe("writer ▸ llm claude-sonnet-4-5, running 6");
  });
});

describe("the strip of steps", () => {
  const words = ({ steps = "" }: SessionSummary): string =>
    readStrip(steps)
      .map(({ kind, state }) => (state === "ended" ? kind : `${kind} ${state}`))
      .join(", ");

  test("has each step once by start, with failures and what runs, and nothing between the steps", () => {
    const summary = summaryOf(
      { n: 1, kind: "agent", agent: "writer", running: true },
      { n: 2, under: 1, kind: "chain" },
      { n: 3, under: 2, kind: "llm", model: "gpt-5.2" },
      { n: 4, under: 3, kind: "llm", model: "gpt-5.2" },
      { n: 5, under: 3, kind: "http" },
      { n: 6, under: 2, kind: "tool", tool: "search", error: true },
      { n: 7, under: 6, kind: "tool", tool: "search", error: true },
      { n: 8, under: 2, kind: "retrieval" },
      { n: 9, under: 2, kind: "llm", model: "gpt-5.2", running: true },
    );
    expect(summary.steps).toBe("a~mt!rm~");
    expect(words(summary)).toBe("agent running, llm, tool failed, retrieval, llm running");
  });

  test("of a trace without steps has all its spans", () => {
    const spans: Given[] = [
      { n: 1, kind: "http" },
      { n: 2, under: 1, kind: "internal" },
      { n: 3, under: 2, kind: "db" },
    ];
    expect(words(summaryOf(...spans))).toBe("http, internal, db");
  });

  test("keeps the last 120 steps", () => {
    const models: Given[] = Array.from({ length: 500 }, (_, n) => ({
      n: n + 2,
      under: 1,
      kind: "llm",
      model: "small",
    }));
    const tools: Given[] = Array.from({ length: 7 }, (_, n) => ({ n: n + 600, under: 1, kind: "tool", tool: `t${n}` }));
    const summary = summaryOf({ n: 1, kind: "agent", agent: "writer", end: at(999) }, ...tools, ...models);
    expect(summary.steps).toBe("m".repeat(113) + "t".repeat(7));
  });

  test("is read without what it does not know", () => {
    expect(readStrip("m!?z~ t~<b>").map(({ kind, state }) => `${kind} ${state}`)).toEqual([
      "llm failed",
      "tool running",
    ]);
  });
});

describe("the causes of errors", () => {
  test("are counted by step and reason, the most frequent first, at most three", () => {
    const failed = (n: number, tool: string, failure: string): Given => ({
      n,
      under: 1,
      kind: "tool",
      tool,
      error: true,
      exception: true,
      failure,
    });
    const { causes, errors } = summaryOf(
      { n: 1, kind: "agent", agent: "writer", end: at(99) },
      failed(2, "run_sql", "statement timeout"),
      failed(3, "fetch", "404"),
      failed(4, "run_sql", "statement timeout"),
      failed(5, "run_sql", "no such column"),
      failed(6, "mail", "refused"),
    );
    expect(errors).toBe(5);
    expect(causes).toEqual([
      { name: "run_sql", reason: "statement timeout", count: 2 },
      { name: "fetch", reason: "404", count: 1 },
      { name: "mail", reason: "refused", count: 1 },
    ]);
  });

  test("name the step whose request failed", () => {
    const { causes } = summaryOf(
      { n: 1, kind: "llm", model: "gpt-5.2", error: true },
      { n: 2, under: 1, kind: "http", error: true, exception: true, failure: "429 Too Many Requests" },
    );
    expect(causes).toEqual([{ name: "gpt-5.2", reason: "429 Too Many Requests", count: 1 }]);
  });
});

describe("the producer", () => {
  test("is that of the first span; a client of models counts only if there is no other", () => {
    expect(summaryOf({ n: 1, producer: "openai" }, { n: 2, producer: "litellm" }).producer).toBe("openai");
    expect(
      summaryOf({ n: 1, producer: "openai" }, { n: 2, producer: "crewai" }, { n: 3, producer: "ark" }).producer,
    ).toBe("crewai");
    expect(summaryOf({ n: 1 }).producer).toBeUndefined();
  });
});

// spec: LIST-19
test.each([
  ["letters", "a"],
  ["Chinese", "文"],
  ["quotes", '"'],
  ["characters outside the plane", "🛠"],
  ["halves of pairs", "\ud83d"],
])("all of it takes at most 1 kB of a summary: %s", (_, character) => {
  const long = (start: string): string => start + character.repeat(120 / character.length);
  const inputRequest = { state: "open", since: at(5), task: "", question: "?" } as const;
  const { nowLine, steps, causes, producer } = summaryOf(
    { n: 1, kind: "agent", agent: long(""), running: true, producer: "cloudflare-agents" },
    ...Array.from({ length: 150 }, (__, n): Given => {
      const [tool, failure] = [long(String(n % 5)), long(String(n % 5))];
      return { n: n + 2, under: 1, kind: "tool", tool, error: true, exception: true, failure };
    }),
    { n: 999, under: 1, kind: "retrieval", name: long(""), running: true, inputRequest },
  );
  const bytes = new TextEncoder().encode(JSON.stringify({ nowLine, steps, causes, producer })).length;
  expect(bytes).toBeLessThanOrEqual(1_024);
  expect(bytes).toBeGreaterThan(800);
});
