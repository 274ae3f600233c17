import { describe, expect, test } from "vitest";
import { shortId } from "../../src/session/tree/closed-rows.ts";
import { visibleRows } from "../../src/session/tree/tree.ts";
import type { SessionTree, ViewSpan } from "../../src/session/tree/tree.ts";
import { at } from "../facts/facts-of.ts";
import { foldTrace } from "./fold-of.ts";
import { printTree } from "./print-tree.ts";
import { treeOf } from "./tree-of.ts";
import { law, seedsFrom } from "../law.ts";
import { Random } from "./seeded-random.ts";
import { generateSession } from "./session-generator.ts";
import { viewOf, viewSpan } from "./view-span.ts";

const OTHER_TRACE = "ffffffffffffffffffffffffffffffff";
const MAX = 2n ** 64n - 1n;

const from = (start: number, end: number) => ({ start: at(start), end: at(end) });
const axisOf = ({ start, end }: SessionTree) => ({ start, end });
const print = (...spans: ViewSpan[]) => printTree(treeOf(spans));

describe("nesting", () => {
  test("children hang from their parents, by start and then by id", () => {
    expect(
      print(
        viewSpan(5, 2, from(3, 4)),
        viewSpan(3, 1, from(1, 9)),
        viewSpan(4, 2, from(3, 5)),
        viewSpan(2, 1, from(1, 5)),
        viewSpan(1, "", from(0, 9)),
      ),
    ).toEqual(["span 1 0–9 +4", "  span 2 1–5 +2", "    span 4 3–5", "    span 5 3–4", "  span 3 1–9"]);
  });

  test("traces stand by start, each with its roots", () => {
    expect(
      print(
        viewSpan(1, "", from(5, 6)),
        viewSpan(2, "", from(1, 2), OTHER_TRACE),
        viewSpan(3, "", from(8, 9), OTHER_TRACE),
        viewSpan(4, 1, from(9, 9), OTHER_TRACE),
      ),
    ).toEqual(["span 2 1–2", "span 3 8–9", "(1) 9–9 +1 [placeholder]", "  span 4 9–9", "span 1 5–6"]);
  });

  test("a placeholder starts when a path below it says, and so do its query and its session", () => {
    const spanId = (digits: number) => String(digits).padStart(16, "0");
    const path = (...starts: readonly (number | undefined)[]) =>
      starts.map((start, level) => ({
        spanId: spanId(level + 1),
        name: `level ${level + 1}`,
        start: start === undefined ? undefined : at(start),
      }));
    const inner = viewSpan(3, 2, { ...from(4, 7), ancestors: path(1, 2) });
    expect(print(inner)).toEqual([
      "(1 level 1) 1–7 +2 [placeholder]",
      "  (2 level 2) 2–7 +1 [placeholder]",
      "    span 3 4–7",
    ]);
    const { summary, queries } = foldTrace([inner.facts]);
    expect([summary.start, queries[0]?.start]).toEqual([String(at(1)), String(at(1))]);
    // The received span knows best, and a start after its child's is no start.
    expect(print(inner, viewSpan(2, 1, from(3, 8)))[1]).toBe("  span 2 3–8 +1");
    const late = viewSpan(3, 2, { ...from(4, 7), ancestors: path(5, undefined) });
    expect(print(late)).toEqual([
      "(1 level 1) 4–7 +2 [placeholder]",
      "  (2 level 2) 4–7 +1 [placeholder]",
      "    span 3 4–7",
    ]);
  });

  test("an orphan hangs from a placeholder at once, one for each parent; a late parent adopts its orphans", () => {
    const orphans = [viewSpan(3, 2, from(4, 7)), viewSpan(4, 2, from(2, 3)), viewSpan(5, 9, from(3, 4))];
    expect(print(...orphans.slice(0, 2))).toEqual(["(2) 2–7 +2 [placeholder]", "  span 4 2–3", "  span 3 4–7"]);
    expect(print(...orphans)).toEqual([
      "<trace> 2–7 +5",
      "  (2) 2–7 +2 [placeholder]",
      "    span 4 2–3",
      "    span 3 4–7",
      "  (9) 3–4 +1 [placeholder]",
      "    span 5 3–4",
    ]);
    expect(print(...orphans, viewSpan(2, 1, from(1, 8)))).toEqual([
      "<trace> 1–8 +6",
      "  (1) 1–8 +3 [placeholder]",
      "    span 2 1–8 +2",
      "      span 4 2–3",
      "      span 3 4–7",
      "  (9) 3–4 +1 [placeholder]",
      "    span 5 3–4",
    ]);
    expect(print(...orphans, viewSpan(2, 1, from(1, 8)), viewSpan(1, "", from(0, 9)))).toEqual([
      "span 1 0–9 +5",
      "  span 2 1–8 +2",
      "    span 4 2–3",
      "    span 3 4–7",
      "  (9) 3–4 +1 [placeholder]",
      "    span 5 3–4",
    ]);
  });

  test("from its first span on a query has a row, by the name that the earliest span gives, until its root comes", () => {
    const named = (name: string) => ({ query: { name, namespace: "default" } });
    const spans = [
      viewSpan(5, 4, { ...from(5, 6), ...named("write") }),
      viewSpan(3, 2, { ...from(2, 3), ...named("plan") }),
      viewSpan(7, 6, { ...from(3, 4), ...named("plan") }, OTHER_TRACE),
    ];
    const early = [
      "<plan> 2–6 +4",
      "  (2) 2–3 +1 [placeholder]",
      "    span 3 2–3",
      "  (4) 5–6 +1 [placeholder]",
      "    span 5 5–6",
      "<plan> 3–4 +2",
      "  (6) 3–4 +1 [placeholder]",
      "    span 7 3–4",
    ];
    expect(print(...spans)).toEqual(early);
    expect(print(...spans.toReversed())).toEqual(early);
    const root = viewSpan(1, "", { ...from(0, 9), kind: "query", ...named("plan") });
    expect(print(...spans, root).slice(0, 5)).toEqual([
      "span 1 0–9 +4",
      "  (2) 2–3 +1 [placeholder]",
      "    span 3 2–3",
      "  (4) 5–6 +1 [placeholder]",
      "    span 5 5–6",
    ]);
  });

  test("what runs lasts as long as anything below is known to", () => {
    expect(
      print(
        viewSpan(1, "", { start: at(0), running: true }),
        viewSpan(2, 1, { start: at(1), running: true }),
        viewSpan(3, 2, from(2, 6)),
        viewSpan(4, 1, from(1, 3)),
      ),
    ).toEqual(["span 1 0–6 running +3", "  span 2 1–6 running +1", "    span 3 2–6", "  span 4 1–3"]);
  });

  test("a row shows the worst status below it", () => {
    expect(
      print(viewSpan(1, ""), viewSpan(2, 1), viewSpan(3, 2, { error: true }), viewSpan(4, 1, { start: at(2) })),
    ).toEqual(["span 1 0–1 error below +3", "  span 2 0–1 error below +1", "    span 3 0–1 error", "  span 4 2–3"]);
  });
});

describe("odd nodes are shown with badges", () => {
  test("a self-parent is a root", () => {
    expect(print(viewSpan(1, 1), viewSpan(2, 1))).toEqual(["span 1 0–1 +1 [self-parent]", "  span 2 0–1"]);
  });

  test("members of a cycle hang from the trace, and what hangs below them stays there", () => {
    expect(print(viewSpan(1, 3), viewSpan(2, 1), viewSpan(3, 2), viewSpan(4, 3))).toEqual([
      "span 1 0–1 [cycle]",
      "span 2 0–1 [cycle]",
      "span 3 0–1 +1 [cycle]",
      "  span 4 0–1",
    ]);
  });

  test("two spans under one id both have a badge, and children hang from the first", () => {
    const spans = [viewSpan(2, 1, { otlpKind: 3 }), viewSpan(2, 1, { otlpKind: 2 }), viewSpan(3, 2), viewSpan(1, "")];
    const expected = [
      "span 1 0–1 +3",
      "  span 2 0–1 +1 [duplicate-id]",
      "    span 3 0–1",
      "  span 2 0–1 [duplicate-id]",
    ];
    expect(print(...spans)).toEqual(expected);
    expect(print(...spans.toReversed())).toEqual(expected);
  });

  test("an end before the start, and clocks at zero and at their last", () => {
    expect(
      print(
        viewSpan(1, "", from(5, 3)),
        viewSpan(2, 1, { start: 0n, end: MAX }),
        viewSpan(3, 1, { start: MAX, end: 0n }),
      ),
    ).toEqual([
      "span 1 5–3 +2 [end-before-start]",
      "  span 2 zero–max [absurd-time]",
      "  span 3 max–zero [end-before-start] [absurd-time]",
    ]);
  });

  test("a clock that is years from the others is absurd, and no distance within a year is", () => {
    const days = (n: number) => n * 86_400;
    expect(
      print(
        viewSpan(1, "", from(0, 9)),
        viewSpan(2, 1, from(days(300), days(300) + 1)),
        viewSpan(3, 1, from(days(170_000), days(170_000) + 1)),
        viewSpan(4, 1, from(2, days(170_000))),
        viewSpan(5, 1, { start: at(3), running: true }),
      ).filter((line) => line.includes("[")),
    ).toEqual([
      `  span 4 2–${days(170_000)} [absurd-time]`,
      `  span 3 ${days(170_000)}–${days(170_000) + 1} [absurd-time]`,
    ]);
  });
});

describe("rows and axis", () => {
  const spans = [
    viewSpan(1, ""),
    viewSpan(2, 1, from(1, 2)),
    viewSpan(3, 2, from(1, 2)),
    viewSpan(4, 1, from(3, 4)),
    viewSpan(5, "", from(5, 6)),
  ];

  test("collapsed nodes hide all below them", () => {
    const tree = treeOf(spans);
    const idOf = (n: number) => shortId({ traceId: viewSpan(n, "").traceId, spanId: viewSpan(n, "").facts.spanId });
    const shown = (...collapsed: number[]) =>
      visibleRows(tree, { others: "open", named: new Set(collapsed.map(idOf)) })
        .map((row) => row.span?.facts.name.slice(5))
        .join(" ");
    expect([shown(), shown(2), shown(1), shown(1, 2, 3), shown(5), shown(99)]).toEqual([
      "1 2 3 4 5",
      "1 2 4 5",
      "1 5",
      "1 5",
      "1 2 3 4 5",
      "1 2 3 4 5",
    ]);
  });

  test("nodes are found by key", () => {
    expect(treeOf(spans).byKey.get(viewSpan(3, 2).key)?.parent?.spanId).toBe("0000000000000002");
  });

  test("the axis spans all spans but those with absurd clocks", () => {
    const axis = (...more: ViewSpan[]) => {
      const { start, end } = axisOf(treeOf([...spans, ...more]));
      return [Number(start - at(0)) / 1e9, Number(end - at(0)) / 1e9];
    };
    expect(axis()).toEqual([0, 6]);
    expect(axis(viewSpan(6, 1, { start: 0n, end: at(8) }))).toEqual([0, 8]);
    expect(axis(viewSpan(6, 1, { start: at(-2), end: MAX }), viewSpan(7, 1, { start: MAX, end: MAX }))).toEqual([
      -2, 6,
    ]);
    expect(axis(viewSpan(6, 77, { start: 5n, end: 9n }))).toEqual([0, 6]);
  });

  test("an axis of absurd clocks only, and of nothing", () => {
    expect(axisOf(treeOf([viewSpan(1, "", { start: 3n, end: 9n })]))).toEqual({ start: 3n, end: 9n });
    expect(axisOf(treeOf([viewSpan(1, "", { start: MAX, end: MAX })]))).toEqual({ start: MAX, end: MAX });
    expect(axisOf(treeOf([viewSpan(1, "", { start: 0n, end: MAX }), viewSpan(2, 1)]))).toEqual({
      start: at(0),
      end: at(1),
    });
    expect(axisOf(treeOf([]))).toEqual({ start: 0n, end: 0n });
  });
});

describe("order does not show", () => {
  law("any order of the spans gives the same tree", seedsFrom(3000, 150), (seed) => {
    const random = new Random(seed);
    const unique = new Map(
      generateSession(random)
        .map(({ traceId, facts }) => viewOf(traceId, facts))
        .map((view) => [view.key, view]),
    );
    const spans = [...unique.values()];
    const tree = treeOf(spans);
    expect(printTree(treeOf(random.shuffle(spans)))).toEqual(printTree(tree));
    expect(tree.rows.filter((row) => row.span)).toHaveLength(spans.length);
    expect(tree.roots.reduce((all, root) => all + root.descendants + 1, 0)).toBe(tree.rows.length);
  });
});

describe("shapes that no walk may stumble over", () => {
  const N = 50_000;
  test.each([
    ["a chain", (n: number) => (n === 0 ? "" : n), N - 1],
    ["a chain whose root is missing", (n: number) => (n === 0 ? "ffff" : n), N],
    ["one cycle", (n: number) => (n === 0 ? N : n), 0],
    ["all under one root", (n: number) => (n === 0 ? "" : 1), 1],
  ])("%s of 50,000 spans", (_, parent, depth) => {
    const spans = Array.from({ length: N }, (__, n) => viewSpan(n + 1, parent(n), { size: 1, hash: "1" }));
    const tree = treeOf(spans);
    expect(tree.rows.reduce((deepest, row) => Math.max(deepest, row.depth), 0)).toBe(depth);
    expect(visibleRows(tree, { others: "open", named: new Set(tree.roots.map(shortId)) })).toHaveLength(
      tree.roots.length,
    );
  });
});
