import { describe, expect, test } from "vitest";
import type { SpanFacts } from "../../../src/facts/facts.ts";
import { foldPlumbing } from "../../../src/session/timeline/folded-plumbing.ts";
import { ALL_OPEN, toggled } from "../../../src/session/tree/closed-rows.ts";
import { visibleRows } from "../../../src/session/tree/tree.ts";
import type { SessionTree, ViewSpan } from "../../../src/session/tree/tree.ts";
import { treeOf } from "../tree-of.ts";
import { viewSpan } from "../view-span.ts";

const plumbing = (id: number, parent: number | "") => viewSpan(id, parent, { kind: "internal" });
const step = (id: number, parent: number | "", kind: SpanFacts["kind"] = "tool") => viewSpan(id, parent, { kind });

/** One line a row, indented as it is shown. */
function print(
  tree: SessionTree,
  { opened = [], closed = [] }: { opened?: number[]; closed?: number[] } = {},
): string[] {
  const keyOf = (id: number): string => tree.rows.find(({ name }) => name === `span ${id}`)?.key ?? "";
  const rows = tree.rows.filter(({ key }) => closed.some((id) => keyOf(id) === key)).reduce(toggled, ALL_OPEN);
  const folded = foldPlumbing(visibleRows(tree, rows), new Set(opened.map(keyOf)));
  return folded.rows.map((row) => {
    const run = folded.runs.get(row.key);
    const words = run === undefined ? `${row.span?.facts.kind} ${row.name}` : `▸ ${run.length} internal spans`;
    return "  ".repeat(folded.depthOf(row)) + words;
  });
}

const treeFrom = (...spans: ViewSpan[]): SessionTree => treeOf(spans);

describe("plumbing in a timeline", () => {
  test("a run is one row, and what is below it stands one level deeper", () => {
    const tree = treeFrom(
      step(1, "", "query"),
      plumbing(2, 1),
      plumbing(3, 2),
      plumbing(4, 3),
      step(5, 4),
      plumbing(6, 5),
      step(7, 1, "llm"),
    );
    expect(print(tree)).toEqual([
      "query span 1",
      "  ▸ 3 internal spans",
      "    tool span 5",
      "      internal span 6",
      "  llm span 7",
    ]);
    expect(print(tree, { opened: [2] })).toEqual([
      "query span 1",
      "  internal span 2",
      "    internal span 3",
      "      internal span 4",
      "        tool span 5",
      "          internal span 6",
      "  llm span 7",
    ]);
  });

  test("an error, a root and a closed row are never folded", () => {
    const failed = viewSpan(4, 2, { kind: "internal", error: true });
    const tree = treeFrom(plumbing(1, ""), plumbing(2, 1), plumbing(3, 2), failed, plumbing(5, 1), step(6, 5));
    expect(print(tree)).toEqual([
      "internal span 1",
      "  ▸ 2 internal spans",
      "    internal span 4",
      "  internal span 5",
      "    tool span 6",
    ]);
    expect(print(tree, { closed: [2] })).toEqual([
      "internal span 1",
      "  internal span 2",
      "  internal span 5",
      "    tool span 6",
    ]);
  });

  test("a run ends with the rows below its parent", () => {
    const tree = treeFrom(
      step(1, "", "agent"),
      plumbing(2, 1),
      plumbing(3, 2),
      step(4, 3),
      plumbing(5, 3),
      plumbing(6, 3),
      plumbing(7, 1),
      plumbing(8, 7),
      step(9, 8),
    );
    expect(print(tree)).toEqual([
      "agent span 1",
      "  ▸ 2 internal spans",
      "    tool span 4",
      "    ▸ 2 internal spans",
      "  ▸ 2 internal spans",
      "    tool span 9",
    ]);
  });

  test("a chain of 20,000 spans", () => {
    const spans = Array.from({ length: 20_000 }, (_, index) => plumbing(index + 1, index === 0 ? "" : index));
    expect(print(treeFrom(...spans))).toEqual(["internal span 1", "  ▸ 19999 internal spans"]);
  });
});
