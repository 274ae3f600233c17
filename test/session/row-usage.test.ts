import { describe, expect, test } from "vitest";
import type { SpanFacts } from "../../src/facts/facts.ts";
import { LIST_PRICES } from "../../src/session/prices/prices.ts";
import { foldQueries, summarise } from "../../src/session/whole-session.ts";
import { addUsage, costsOf, NO_USAGE, ownUsageOf } from "../../src/session/row-usage.ts";
import type { Usage } from "../../src/session/row-usage.ts";
import { SpanTable } from "../../src/session/table/span-table.ts";
import { buildTree } from "../../src/session/tree/tree.ts";
import type { SessionTree, ViewSpan } from "../../src/session/tree/tree.ts";
import { law, seedsFrom } from "../law.ts";
import { ABOUT } from "./fold-of.ts";
import { Random } from "./seeded-random.ts";
import { generateSession } from "./session-generator.ts";
import { viewOf, viewSpan } from "./view-span.ts";

function fold(spans: readonly ViewSpan[], prices = LIST_PRICES) {
  const table = new SpanTable();
  const byRow: ViewSpan[] = [];
  spans.forEach((span, position) => {
    byRow[table.admit(span.traceId, span.facts, 1, position)] = span;
  });
  const queries = foldQueries(table, prices);
  const tree = buildTree(table, queries.groups, byRow, () => true, ownUsageOf(table, queries));
  return { tree, summary: summarise(table, { ...ABOUT, prices }, queries) };
}

function words(usage: Usage | undefined): string {
  if (usage === undefined) return "–";
  const { input, output } = usage.tokens;
  const { cost, estimated, unpriced } = costsOf(usage);
  return [
    `${input} in ${output} out`,
    ...(cost === undefined ? [] : [`$${cost}`]),
    ...(estimated === undefined ? [] : [`($${estimated} estimated)`]),
    ...(unpriced === 0 ? [] : [`${unpriced} unpriced`]),
  ].join(" ");
}

/** One line a row: its name, what it counts itself, what it and all below count. */
const print = ({ rows }: SessionTree): string =>
  rows
    .map(({ depth, name, usage, usageBelow }) => {
      const model = usage?.model === undefined ? "" : ` by ${usage.model}`;
      return `${"  ".repeat(depth)}${name || "(missing)"}: ${words(usage)}${model} | ${words(usageBelow)}`;
    })
    .join("\n");

const tokens = (input: number, output: number): Partial<SpanFacts> => ({
  tokens: { input, output, cached: 0, written: 0, written1h: 0, reasoning: 0 },
});

describe("what a row counts of tokens and costs", () => {
  test("sums up the tree, each call once, with what is estimated and what has no price", () => {
    const { tree } = fold([
      // The agent repeats what its calls report.
      viewSpan(1, "", { kind: "agent", agent: "planner", ...tokens(3_000_000, 0) }),
      viewSpan(2, 1, { kind: "llm", model: "gpt-4o", ...tokens(1_000_000, 0) }),
      viewSpan(3, 1, { kind: "llm", model: "gpt-4o", ...tokens(1_000_000, 7), cost: 0.5 }),
      viewSpan(4, 1, { kind: "tool", tool: "ask" }),
      viewSpan(5, 4, { kind: "llm", model: "house-1", ...tokens(1_000_000, 0) }),
    ]);
    expect(print(tree)).toMatchInlineSnapshot(`
      "span 1: – | 3000000 in 7 out $3 ($2.5 estimated) 1 unpriced
        span 2: 1000000 in 0 out $2.5 ($2.5 estimated) by gpt-4o | 1000000 in 0 out $2.5 ($2.5 estimated)
        span 3: 1000000 in 7 out $0.5 by gpt-4o | 1000000 in 7 out $0.5
        span 4: – | 1000000 in 0 out 1 unpriced
          span 5: 1000000 in 0 out 1 unpriced by house-1 | 1000000 in 0 out 1 unpriced"
    `);
  });

  test("a cost of the agent stays with the agent, and its calls have none", () => {
    const { tree } = fold([
      viewSpan(1, "", { kind: "agent", agent: "planner", cost: 2 }),
      viewSpan(2, 1, { kind: "llm", model: "gpt-4o", ...tokens(1_000_000, 0) }),
    ]);
    expect(print(tree)).toMatchInlineSnapshot(`
      "span 1: 0 in 0 out $2 | 1000000 in 0 out $2
        span 2: 1000000 in 0 out by gpt-4o | 1000000 in 0 out"
    `);
  });

  test("a call below a parent that has not come counts in the trace", () => {
    const { tree } = fold([viewSpan(2, 77, { kind: "llm", model: "gpt-4o", ...tokens(1_000_000, 0) })]);
    expect(print(tree)).toMatchInlineSnapshot(`
      "(missing): – | 1000000 in 0 out $2.5 ($2.5 estimated)
        span 2: 1000000 in 0 out $2.5 ($2.5 estimated) by gpt-4o | 1000000 in 0 out $2.5 ($2.5 estimated)"
    `);
  });
});

law("the rows of a session count what its summary counts, and so do its roots", seedsFrom(4_000, 150), (seed) => {
  const spans = generateSession(new Random(seed)).map(({ traceId, facts }) => viewOf(traceId, facts));
  const { tree, summary } = fold(spans);
  const sumOf = (usages: readonly (Usage | undefined)[]) => {
    const { tokens: counted, ...usage } = usages.reduce<Usage>(
      (sum, each) => addUsage(sum, each ?? NO_USAGE),
      NO_USAGE,
    );
    const { cost, estimated } = costsOf({ tokens: counted, ...usage });
    return { tokens: counted, cost, estimated };
  };
  const expected = { tokens: summary.tokens, cost: summary.cost, estimated: summary.estimated };
  expect(sumOf(tree.rows.map(({ usage }) => usage))).toEqual(expected);
  expect(sumOf(tree.roots.map(({ usageBelow }) => usageBelow))).toEqual(expected);
});
