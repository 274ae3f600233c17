import { describe, expect, test } from "vitest";
import type { SpanFacts } from "../../../src/facts/facts.ts";
import { LIST_PRICES } from "../../../src/session/prices/prices.ts";
import { foldQueries } from "../../../src/session/whole-session.ts";
import { costsOf, ownUsageOf } from "../../../src/session/row-usage.ts";
import { countedCalls } from "../../../src/session/steps/counted-calls.ts";
import { MAX_GROUPS, sortedGroups, stepTable } from "../../../src/session/steps/step-table.ts";
import type { StepColumn, StepGrouping } from "../../../src/session/steps/step-columns.ts";
import { SpanTable } from "../../../src/session/table/span-table.ts";
import { buildTree } from "../../../src/session/tree/tree.ts";
import type { ViewSpan } from "../../../src/session/tree/tree.ts";
import { at } from "../../facts/facts-of.ts";
import { viewSpan } from "../view-span.ts";

/** A span from one second to another; without an end it runs. */
const span = (id: number, parent: number | "", times: readonly [number, number?], more: Partial<SpanFacts> = {}) =>
  viewSpan(id, parent, {
    start: at(times[0]),
    ...(times[1] === undefined ? { running: true, end: 0n } : { end: at(times[1]) }),
    ...more,
  });

const agent = (name: string): Partial<SpanFacts> => ({ kind: "agent", agent: name });
const tool = (name: string): Partial<SpanFacts> => ({ kind: "tool", tool: name });
const model = (name: string, input = 0, output = 0, cached = 0): Partial<SpanFacts> => ({
  kind: "llm",
  model: name,
  ...(input + output === 0 ? {} : { tokens: { input, output, cached, written: 0, written1h: 0, reasoning: 0 } }),
});
const query: Partial<SpanFacts> = { kind: "query" };
const failed: Partial<SpanFacts> = { error: true };

function tableOf(spans: readonly ViewSpan[], by: StepGrouping, present = 0) {
  const table = new SpanTable();
  const byRow: ViewSpan[] = [];
  spans.forEach((view, position) => {
    byRow[table.admit(view.traceId, view.facts, 1, position)] = view;
  });
  const fold = foldQueries(table, LIST_PRICES);
  const tree = buildTree(table, fold.groups, byRow, () => true, ownUsageOf(table, fold));
  return stepTable(tree, countedCalls([{ table, fold, spans: byRow }]), by, at(present));
}

const seconds = (nanos: bigint): string => `${Number(nanos) / 1e9}`;

/** One line a group: its calls, times in seconds, tokens and cost. `present`: seconds. */
function print(spans: readonly ViewSpan[], by: StepGrouping, present = 0, column: StepColumn = "total"): string[] {
  const { groups, self } = tableOf(spans, by, present);
  return sortedGroups(groups, column, "falling").map((group) => {
    const { kind, calls, errors, running, p50, p95, total } = group;
    const { tokens } = group.usage;
    const { cost, estimated } = costsOf(group.usage);
    return [
      `${kind === undefined ? "" : `${kind} `}${group.name || "(none)"} × ${calls}`,
      ...(errors === 0 ? [] : [`${errors} failed`]),
      ...(running === 0 ? [] : [`${running} running`]),
      ...(p50 === undefined || p95 === undefined ? [] : [`p50 ${seconds(p50)}`, `p95 ${seconds(p95)}`]),
      `total ${seconds(total)}`,
      `self ${self === 0n ? 0 : Math.round((Number(group.self) / Number(self)) * 100)} %`,
      ...(tokens.input + tokens.output === 0
        ? []
        : [`${tokens.input} in (${tokens.cached} cached) ${tokens.output} out`]),
      ...(cost === undefined ? [] : [`${estimated === undefined ? "" : "≈ "}$${cost}`]),
    ].join(" · ");
  });
}

const SESSION = [
  span(1, "", [0, 10], query),
  span(2, 1, [0, 10], agent("lead")),
  span(3, 2, [0, 2], model("gpt-4o", 1_000, 100)),
  span(4, 2, [2, 5], tool("ask_expert")),
  span(5, 4, [2, 5], agent("expert")),
  span(6, 5, [2, 5], { ...model("gpt-4o-mini", 2_000, 50, 500), cost: 0.5 }),
  span(7, 2, [5, 7], { ...tool("run_sql"), ...failed }),
  span(8, 7, [5, 6], { kind: "db", name: "SELECT" }),
  span(9, 2, [7, 10], model("gpt-4o", 500, 20)),
];

describe("steps of a session", () => {
  test("by model: a reported cost is exact, another one is estimated", () => {
    expect(print(SESSION, "model")).toEqual([
      "gpt-4o × 2 · p50 2 · p95 3 · total 5 · self 50 % · 1500 in (0 cached) 120 out · ≈ $0.00495",
      "gpt-4o-mini × 1 · p50 3 · p95 3 · total 3 · self 30 % · 2000 in (500 cached) 50 out · $0.5",
    ]);
  });

  test("by tool: what a tool's own spans do is the tool's, what an agent below does is not", () => {
    expect(print(SESSION, "tool")).toEqual([
      "ask_expert × 1 · p50 3 · p95 3 · total 3 · self 0 %",
      "run_sql × 1 · 1 failed · p50 2 · p95 2 · total 2 · self 20 %",
    ]);
  });

  test("by agent: its models and tools are its own, those of agents below are theirs", () => {
    expect(print(SESSION, "agent")).toEqual([
      "lead × 1 · p50 10 · p95 10 · total 10 · self 70 % · 1500 in (0 cached) 120 out · ≈ $0.00495",
      "expert × 1 · p50 3 · p95 3 · total 3 · self 30 % · 2000 in (500 cached) 50 out · $0.5",
    ]);
  });

  test("by operation: each kind and name of spans", () => {
    const spans = [
      span(1, "", [0, 4], { kind: "http", name: "GET /" }),
      span(2, 1, [0, 1], { kind: "db", name: "SELECT" }),
      span(3, 1, [2, 3], { kind: "db", name: "SELECT" }),
      span(4, 1, [3, 4], { kind: "internal", name: "SELECT" }),
    ];
    expect(print(spans, "operation")).toEqual([
      "http GET / × 1 · p50 4 · p95 4 · total 4 · self 25 %",
      "db SELECT × 2 · p50 1 · p95 1 · total 2 · self 50 %",
      "internal SELECT × 1 · p50 1 · p95 1 · total 1 · self 25 %",
    ]);
  });

  test("parallel calls count each in the total, and the agent around them waits once", () => {
    const spans = [span(1, "", [0, 10], agent("lead")), ...[2, 3, 4].map((id) => span(id, 1, [1, 9], tool("search")))];
    expect(print(spans, "tool")).toEqual(["search × 3 · p50 8 · p95 8 · total 24 · self 92 %"]);
    expect(print(spans, "agent")).toEqual(["lead × 1 · p50 10 · p95 10 · total 10 · self 100 %"]);
  });

  test("a running call lasts until the present, and is in no percentile", () => {
    const spans = [
      span(1, "", [0], query),
      span(2, 1, [0, 2], tool("run_sql")),
      span(3, 1, [2], tool("run_sql")),
      span(4, 1, [3], tool("slow")),
    ];
    expect(print(spans, "tool", 8)).toEqual([
      "run_sql × 2 · 1 running · p50 2 · p95 2 · total 8 · self 62 %",
      "slow × 1 · 1 running · total 5 · self 38 %",
    ]);
  });

  test("tokens that no call of the grouping spent stand apart", () => {
    const spans = [
      span(1, "", [0, 2], query),
      span(2, 1, [0, 2], model("gpt-4o", 1_000, 100)),
      span(3, 1, [0, 2], agent("idle")),
    ];
    expect(print(spans, "agent")).toEqual([
      "idle × 1 · p50 2 · p95 2 · total 2 · self 50 %",
      "(none) × 0 · total 0 · self 0 % · 1000 in (0 cached) 100 out · ≈ $0.0035",
    ]);
  });

  test("a session without calls has operations only", () => {
    const spans = [span(1, "", [0, 1], { name: "job" })];
    expect((["model", "tool", "agent"] as const).map((by) => print(spans, by))).toEqual([[], [], []]);
    expect(print(spans, "operation")).toEqual(["internal job × 1 · p50 1 · p95 1 · total 1 · self 100 %"]);
    expect(print([], "operation")).toEqual([]);
  });

  test("a call that ends before it starts took no time", () => {
    expect(print([span(1, "", [5, 3], tool("run_sql"))], "tool")).toEqual([
      "run_sql × 1 · p50 0 · p95 0 · total 0 · self 0 %",
    ]);
  });

  test("hostile names are names", () => {
    const spans = [span(1, "", [0, 2], tool("__proto__")), span(2, "", [0, 1], tool("constructor"))];
    expect(print(spans, "tool")).toEqual([
      "__proto__ × 1 · p50 2 · p95 2 · total 2 · self 67 %",
      "constructor × 1 · p50 1 · p95 1 · total 1 · self 33 %",
    ]);
  });

  test("10,000 spans: percentiles by nearest rank", () => {
    const spans = [span(1, "", [0, 20_000], query)];
    for (let id = 2; id <= 10_001; id++) spans.push(span(id, 1, [id, id + (id % 100) + 1], tool("run_sql")));
    expect(print(spans, "tool")).toEqual(["run_sql × 10000 · p50 50 · p95 95 · total 505000 · self 98 %"]);
  });

  test("a chain of 20,000 spans", () => {
    const spans = [span(1, "", [0, 10], agent("lead"))];
    for (let id = 2; id <= 20_000; id++) spans.push(span(id, id - 1, [0, 10], { name: "deeper" }));
    expect(print(spans, "agent")).toEqual(["lead × 1 · p50 10 · p95 10 · total 10 · self 100 %"]);
  });

  test(`more than ${MAX_GROUPS} names are cut`, () => {
    const spans = Array.from({ length: MAX_GROUPS + 5 }, (_, index) => span(index + 1, "", [0, 1], tool(`t${index}`)));
    expect(tableOf(spans, "tool").groups).toHaveLength(MAX_GROUPS);
  });

  test("sorted by a column, groups without its figure last", () => {
    const spans = [
      span(1, "", [0, 3], model("dear", 1, 1)),
      span(2, "", [0, 2], { ...model("free", 5, 1), cost: 0 }),
      span(3, "", [0, 1], { ...model("priced", 3, 1), cost: 2 }),
    ];
    const names = (column: StepColumn, order: "falling" | "rising") =>
      sortedGroups(tableOf(spans, "model").groups, column, order).map(({ name }) => name);
    expect(names("cost", "falling")).toEqual(["priced", "free", "dear"]);
    expect(names("cost", "rising")).toEqual(["free", "priced", "dear"]);
    expect(names("input", "falling")).toEqual(["free", "priced", "dear"]);
    expect(names("name", "falling")).toEqual(["dear", "free", "priced"]);
  });
});
