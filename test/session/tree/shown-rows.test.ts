import { describe, expect, test } from "vitest";
import type { SpanFacts } from "../../../src/facts/facts.ts";
import type { KindFilter } from "../../../src/session/kind-filter.ts";
import { countKinds, foldsPlumbing } from "../../../src/session/kind-filter.ts";
import { ALL_CLOSED, ALL_OPEN } from "../../../src/session/tree/closed-rows.ts";
import { shownRows, type ShownRows } from "../../../src/session/tree/shown-rows.ts";
import { treeOf } from "../tree-of.ts";
import { viewSpan } from "../view-span.ts";

const tool = (name: string, more: Partial<SpanFacts> = {}): Partial<SpanFacts> => ({
  kind: "tool",
  tool: name,
  name,
  ...more,
});

const TREE = treeOf([
  viewSpan(1, "", { kind: "query", name: "first" }),
  viewSpan(2, 1, { kind: "agent", agent: "engineer", name: "engineer" }),
  viewSpan(3, 2, tool("ls")),
  viewSpan(4, 3, { kind: "http", name: "GET" }),
  viewSpan(5, 2, tool("rm", { error: true, failure: "no" })),
  viewSpan(6, 2, { kind: "llm", model: "gpt-4o", name: "chat" }),
  viewSpan(7, "", { kind: "query", name: "second" }),
  viewSpan(8, 7, { kind: "db", name: "SELECT", error: true }),
]);

const ALL: KindFilter = { kinds: undefined, errors: "any", plumbing: "shown" };
const print = (shown: Partial<ShownRows>): string =>
  shownRows(TREE, { closed: ALL_OPEN, filter: ALL, ...shown })
    .map(({ name, depth }) => `${"·".repeat(depth)}${name}`)
    .join(" ");

describe("the rows that the reader asked for", () => {
  test("are those of the kinds, below what contains them", () => {
    expect(print({})).toBe("first ·engineer ··ls ···GET ··rm ··chat second ·SELECT");
    expect(print({ filter: { ...ALL, kinds: new Set(["tool"]) } })).toBe("first ·engineer ··ls ··rm");
    expect(print({ filter: { ...ALL, kinds: new Set(["llm", "db"]) } })).toBe("first ·engineer ··chat second ·SELECT");
    expect(print({ filter: { ...ALL, kinds: new Set(["team"]) } })).toBe("");
  });

  test("are those with errors, of these kinds if any are chosen", () => {
    expect(print({ filter: { ...ALL, errors: "only" } })).toBe("first ·engineer ··rm second ·SELECT");
    expect(print({ filter: { ...ALL, errors: "only", kinds: new Set(["tool"]) } })).toBe("first ·engineer ··rm");
  });

  test("are those of one turn, and none that closed rows hide", () => {
    expect(print({ turn: TREE.roots[1] })).toBe("second ·SELECT");
    expect(print({ turn: TREE.roots[0], filter: { ...ALL, kinds: new Set(["llm"]) } })).toBe("first ·engineer ··chat");
    expect(print({ closed: ALL_CLOSED, filter: { ...ALL, kinds: new Set(["llm"]) } })).toBe("first ·engineer");
  });
});

test("plumbing is counted by itself, unless it failed, and folded where most of the spans are plumbing", () => {
  const counts = countKinds(TREE);
  expect(counts).toEqual({ models: 1, tools: 2, agents: 1, plumbing: 1, errors: 2, spans: 8 });
  expect([foldsPlumbing(counts), foldsPlumbing({ ...counts, plumbing: 6 })]).toEqual([false, true]);
});
