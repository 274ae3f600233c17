import { describe, expect, test } from "vitest";
import type { SpanFacts } from "../../src/facts/facts.ts";
import { errorsOf } from "../../src/session/errors.ts";
import { linkDerivedSpans } from "../../src/session/correlate/derived-links.ts";
import { groupByQuery } from "../../src/session/query-groups.ts";
import { SpanTable } from "../../src/session/table/span-table.ts";
import { at, factsOf, id, TRACE } from "../facts/facts-of.ts";
import { law, seedsFrom } from "../law.ts";
import { foldOf, foldTrace } from "./fold-of.ts";
import { Random } from "./seeded-random.ts";

type More = Partial<SpanFacts>;

const span = (n: number, parent: number, more: More = {}): SpanFacts =>
  factsOf({ spanId: id(n), parentSpanId: parent === 0 ? "" : id(parent), kind: "chain", start: at(n / 1e3), ...more });

/** A span that failed, with an exception of its own. */
const thrown = (n: number, parent: number, failure: string, more: More = {}): SpanFacts =>
  span(n, parent, { error: true, exception: true, failure, ...more });

/** A span that only says that it failed. */
const failed = (n: number, parent: number, more: More = {}): SpanFacts => span(n, parent, { error: true, ...more });

/** "errors of failed spans". */
function counted(...spans: readonly SpanFacts[]): string {
  const { errors, failedSpans } = foldTrace(spans).summary;
  return `${errors} of ${failedSpans}`;
}

// spec: ERR-1
describe("one failure that several spans report is one error", () => {
  test("with the same message", () => {
    expect(counted(thrown(1, 0, "boom"), thrown(2, 1, "boom"), thrown(3, 2, "boom"))).toBe("1 of 3");
  });

  test("with words of its own around the message", () => {
    expect(counted(thrown(1, 0, "agent a failed: boom"), thrown(2, 1, "boom"))).toBe("1 of 2");
    expect(counted(thrown(1, 0, "boom"), thrown(2, 1, "RuntimeError: boom"))).toBe("1 of 2");
  });

  test("with a message that was cut", () => {
    const long = "Error code: 429 - rate limit reached for the model in the organization ".repeat(4);
    expect(counted(thrown(1, 0, `call failed: ${long}`.slice(0, 160)), thrown(2, 1, long.slice(0, 160)))).toBe(
      "1 of 2",
    );
  });

  test("across a span that did not fail", () => {
    expect(counted(thrown(1, 0, "boom"), span(2, 1), thrown(3, 2, "boom"))).toBe("1 of 2");
  });

  test("by a status alone, whatever it says", () => {
    expect(counted(failed(1, 0), failed(2, 1, { failure: "run failed" }), thrown(3, 2, "boom"))).toBe("1 of 3");
  });

  test("by the call whose request failed", () => {
    const http = { kind: "http", failure: "429" } as const;
    expect(counted(thrown(1, 0, "rate limited", { kind: "llm" }), failed(2, 1, http))).toBe("1 of 2");
    expect(counted(thrown(1, 0, "gave up", { kind: "agent" }), failed(2, 1, http))).toBe("2 of 2");
  });

  test("in words that only the outer span has", () => {
    expect(counted(thrown(1, 0, "boom"), failed(2, 1))).toBe("1 of 2");
  });

  test("below a query whose parts were received apart", () => {
    const spans = [thrown(1, 0, "boom", { kind: "query" }), thrown(3, 77, "boom")];
    expect(counted(...spans)).toBe("1 of 2");
  });
});

// spec: ERR-2
describe("each cause is one error", () => {
  test("two siblings with the same message", () => {
    expect(counted(thrown(1, 0, "boom"), thrown(2, 1, "boom"), thrown(3, 1, "boom"))).toBe("2 of 3");
  });

  test("each failed attempt of a call that was tried again", () => {
    const attempt = (n: number, more: More = {}) => span(n, 2, { kind: "llm", ...more });
    const overloaded = { error: true, exception: true, failure: "overloaded" } as const;
    const spans = [span(1, 0), span(2, 1), attempt(3, overloaded), attempt(4, overloaded), attempt(5)];
    expect(counted(...spans)).toBe("2 of 2");
    const gaveUp = thrown(2, 1, "Failed after 3 attempts. Last error: overloaded");
    expect(counted(span(1, 0), gaveUp, attempt(3, overloaded), attempt(4, overloaded), attempt(5, overloaded))).toBe(
      "3 of 4",
    );
  });

  test("a failed tool that its agent got over", () => {
    const { errors, liveness } = foldTrace([
      span(1, 0, { kind: "agent" }),
      thrown(2, 1, "no file", { kind: "tool" }),
    ]).summary;
    expect([errors, liveness.failed]).toEqual([1, false]);
  });

  test("a failed tool, and another reason for which the agent failed", () => {
    expect(counted(thrown(1, 0, "too many turns", { kind: "agent" }), thrown(2, 1, "no file", { kind: "tool" }))).toBe(
      "2 of 2",
    );
  });
});

// spec: ERR-3
describe("no error", () => {
  test("is a canceled span", () => {
    const canceled = { error: true, exception: true, canceled: true, failure: "context canceled" } as const;
    const { summary, queries } = foldTrace([
      span(1, 0, canceled),
      span(2, 1, { ...canceled, kind: "tool", tool: "t" }),
    ]);
    expect([summary.errors, summary.failedSpans, summary.tools[0]?.errors, queries[0]?.phase]).toEqual([
      0,
      0,
      0,
      "canceled",
    ]);
    expect(counted(thrown(1, 0, "boom"), span(2, 1, canceled))).toBe("1 of 1");
  });

  const asks = { inputRequest: { state: "open", since: at(1), task: "", question: "Send?" } } as const;

  test("is a span above a run that stopped for an answer, if only its status says so", () => {
    expect(counted(failed(1, 0), failed(2, 1), span(3, 2, asks))).toBe("0 of 0");
    expect(foldTrace([failed(1, 0), span(3, 1, asks)]).summary.liveness.failed).toBe(false);
    expect(counted(thrown(1, 0, "out of memory"), span(3, 1, asks))).toBe("1 of 1");
    expect(counted(failed(1, 0), span(3, 1, asks), thrown(4, 1, "boom"))).toBe("1 of 2");
  });
});

test("queries add up to the session, and a tool counts its failed calls", () => {
  const tool = (n: number, parent: number) => thrown(n, parent, "boom", { kind: "tool", tool: "search" });
  const { summary, queries } = foldTrace([thrown(1, 0, "boom"), tool(2, 1), tool(3, 1), thrown(4, 0, "late")]);
  expect(queries.map(({ errors, failedSpans }) => [errors, failedSpans])).toEqual([
    [2, 3],
    [1, 1],
  ]);
  expect([summary.errors, summary.failedSpans]).toEqual([3, 4]);
  expect(summary.tools).toEqual([{ name: "search", calls: 2, errors: 2 }]);
});

test("a chain of 50,000 failures is one error", () => {
  const chain = Array.from({ length: 50_000 }, (_, n) => thrown(n + 1, n, "boom"));
  expect(counted(...chain)).toBe("1 of 50000");
});

test("50,000 failures below one are compared once each", () => {
  const calls = Array.from({ length: 50_000 }, (_, n) => thrown(n + 2, 1, "boom"));
  expect(counted(thrown(1, 0, "boom"), ...calls)).toBe("50000 of 50001");
});

/** A tree whose spans fail, are canceled, ask, or pass. */
function generated(random: Random): SpanFacts[] {
  const spans = 1 + random.below(40);
  return Array.from({ length: spans }, (_, n) => {
    const parent = n === 0 || random.chance(0.05) ? 0 : random.chance(0.05) ? 99 : 1 + random.below(n);
    const failure = random.pick(["boom", "outer: boom", "late", undefined]);
    const end = {
      ...(random.chance(0.5) && { error: true, ...(failure !== undefined && { failure }) }),
      ...(random.chance(0.5) && { exception: true as const }),
      ...(random.chance(0.1) && { canceled: true as const }),
      ...(random.chance(0.1) && {
        inputRequest: {
          state: random.pick(["open", "resumed"] as const),
          since: at(random.below(9)),
          task: "",
          question: "",
        },
      }),
    };
    return span(n + 1, parent, {
      kind: random.pick(["agent", "tool", "llm", "http", "chain", "query"]),
      name: random.pick(["a", "b", "c"]),
      start: at(random.below(9)),
      running: random.chance(0.1),
      ...end,
    });
  });
}

const SEEDS = seedsFrom(7000, 200);

describe("order does not show", () => {
  law("in errors, failed spans and what waits", SEEDS, (seed) => {
    const random = new Random(seed);
    const sent = generated(random).map((facts) => ({ traceId: TRACE, facts }));
    const expected = foldOf([sent]);
    for (let round = 0; round < 3; round++) {
      expect(foldOf(random.cut(random.shuffle(sent), 1 + random.below(9)))).toEqual(expected);
    }
  });

  law("a session with a failed span has a cause, and no cause is a span that passed", SEEDS, (seed) => {
    const table = new SpanTable();
    generated(new Random(seed)).forEach((facts, position) => table.admit(TRACE, facts, 1, position));
    const { failed: fails, causes } = errorsOf(table, groupByQuery(table, linkDerivedSpans(table)));
    expect(causes.includes(1)).toBe(fails.includes(1));
    causes.forEach((cause, row) => expect(cause <= (fails[row] ?? 0)).toBe(true));
  });
});
