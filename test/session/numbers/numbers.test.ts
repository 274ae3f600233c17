import { describe, expect, test } from "vitest";
import type { EndedSpan } from "../../../src/session/numbers/ended-span.ts";
import { MAX_NUMBER_GROUPS, numbersBy, numbersOf } from "../../../src/session/numbers/numbers.ts";
import type { Figures } from "../../../src/session/numbers/numbers.ts";
import type { Usage } from "../../../src/session/row-usage.ts";

const MILLI = 1e6;

let made = 0;

/** A span of so many milliseconds, which ended a second after the one before. */
function ended(millis: number, given: Partial<EndedSpan> = {}): EndedSpan {
  const key = String(++made).padStart(16, "0");
  return {
    key,
    end: 1_790_000_000_000_000 + made * 1e6,
    duration: millis * MILLI,
    failed: false,
    kind: "internal",
    name: "step",
    ...given,
  };
}

const used = (input: number, output: number, billionths?: number): Usage => ({
  tokens: { input, output, cached: 0, written: 0, written1h: 0, reasoning: 0 },
  ...(billionths === undefined ? {} : { reported: billionths }),
  unpriced: 0,
});

/** "<count> <errors> <p50>/<p95>/<p99> ms". */
function line({ count, errors, p50 = -1, p95 = -1, p99 = -1 }: Figures): string {
  return `${count} ${errors} ${p50 / MILLI}/${p95 / MILLI}/${p99 / MILLI}`;
}

describe("percentiles are measured durations, by the nearest rank", () => {
  test.each([
    // Of 100, the 50th, the 95th and the 99th.
    [Array.from({ length: 100 }, (_, at) => 100 - at), "100 0 50/95/99"],
    // 0.5 × 1 = 0.5 → the 1st.
    [[7], "1 0 7/7/7"],
    // 0.5 × 4 = 2 → the 2nd; 0.95 × 4 = 3.8 → the 4th.
    [[10, 1, 3, 2], "4 0 2/10/10"],
    // 0.5 × 5 = 2.5 → the 3rd.
    [[5, 4, 3, 2, 1], "5 0 3/5/5"],
    // 0.95 × 20 = 19 → the 19th; 0.99 × 20 = 19.8 → the 20th.
    [Array.from({ length: 20 }, (_, at) => at + 1), "20 0 10/19/20"],
    // 0.99 × 200 = 198 → the 198th.
    [Array.from({ length: 200 }, (_, at) => at + 1), "200 0 100/190/198"],
    [[0, 0, 0], "3 0 0/0/0"],
    [[], "0 0 -0.000001/-0.000001/-0.000001"],
  ])("%j", (durations, expected) => {
    expect(line(numbersOf(durations.map((millis) => ended(millis))).spans)).toBe(expected);
  });
});

test("spans, turns, errors, tokens and cost, and how far back they reach", () => {
  const spans = [
    ended(40, { usage: used(100, 20, 3_000_000), failed: true }),
    ended(60, { usage: used(10, 5) }),
    // The turn's own span: its tokens are those below it.
    ended(200, { turn: { duration: 250 * MILLI, failed: true, usage: used(110, 25, 3_000_000) } }),
  ];
  const { from, to, spans: all, turns } = numbersOf(spans);
  expect([from, to]).toEqual([spans[0]?.end, spans[2]?.end]);
  expect([line(all), line(turns)]).toEqual(["3 1 60/200/200", "1 1 250/250/250"]);
  expect([all.usage, turns.usage]).toEqual([used(110, 25, 3_000_000), used(110, 25, 3_000_000)]);
  expect(numbersOf([])).toEqual({
    spans: { count: 0, errors: 0, usage: used(0, 0) },
    turns: { count: 0, errors: 0, usage: used(0, 0) },
  });
});

describe("groups", () => {
  const spans = [
    ended(300, {
      kind: "http",
      name: "POST",
      route: "POST /chat",
      turn: { duration: 310 * MILLI, failed: false, usage: used(60, 6) },
    }),
    ended(5, { kind: "http", name: "GET", route: "GET /health" }),
    ended(7, { kind: "http", name: "GET", route: "GET /health", failed: true }),
    ended(100, { kind: "llm", name: "chat", model: "big", usage: used(40, 4), usageOf: { model: "big" } }),
    ended(80, { kind: "tool", name: "execute_tool", tool: "search" }),
    // A model that a tool calls, whose usage is of both.
    ended(20, {
      kind: "llm",
      name: "chat",
      model: "small",
      usage: used(15, 1),
      usageOf: { model: "small", tool: "search" },
    }),
    // Tokens without a model.
    ended(1, { kind: "internal", name: "chat", usage: used(5, 1), usageOf: {} }),
  ];
  const linesBy = (by: "route" | "operation" | "model" | "tool"): string[] =>
    numbersBy(spans, by).groups.map((group) => {
      const { input, output } = group.usage.tokens;
      return `${group.kind ?? ""}:${group.name} ${line(group)} ${input}+${output}`;
    });

  test("by route: the tokens are those of the turns that it begins", () => {
    expect(linesBy("route")).toEqual([":GET /health 2 1 5/7/7 0+0", ":POST /chat 1 0 300/300/300 60+6"]);
  });

  test("by operation: names of two kinds are two", () => {
    expect(linesBy("operation")).toEqual([
      "http:GET 2 1 5/7/7 0+0",
      "llm:chat 2 0 20/100/100 55+5",
      "http:POST 1 0 300/300/300 0+0",
      "internal:chat 1 0 1/1/1 5+1",
      "tool:execute_tool 1 0 80/80/80 0+0",
    ]);
  });

  test("by model: tokens of no model are a group without a name and without calls", () => {
    expect(linesBy("model")).toEqual([
      ":big 1 0 100/100/100 40+4",
      ":small 1 0 20/20/20 15+1",
      ": 0 0 -0.000001/-0.000001/-0.000001 5+1",
    ]);
  });

  test("by tool: the tokens are those of the models that it calls", () => {
    expect(linesBy("tool")).toEqual([":search 1 0 80/80/80 15+1"]);
  });

  test("are 200 at most, the most frequent ones, and the others are counted", () => {
    const many = Array.from({ length: MAX_NUMBER_GROUPS + 3 }, (_, at) => ended(1, { name: `step ${at}` }));
    const { groups, omitted } = numbersBy([...many, ended(1, { name: "step 202" })], "operation");
    expect([groups.length, groups[0]?.name, omitted]).toEqual([200, "step 202", 3]);
    expect(numbersBy(many.slice(0, MAX_NUMBER_GROUPS), "operation").omitted).toBe(0);
  });
});
