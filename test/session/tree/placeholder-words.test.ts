import { expect, test } from "vitest";
import { lastsOn, openWord, placeholderWord } from "../../../src/session/tree/placeholder-words.ts";
import type { TreeNode } from "../../../src/session/tree/tree.ts";
import { id } from "../../facts/facts-of.ts";
import { treeOf } from "../../session/tree-of.ts";
import { viewSpan } from "../../session/view-span.ts";

const ancestors = [
  { spanId: id(1), name: "plan" },
  { spanId: id(2), name: "" },
];
const rows = (mayCome: boolean): readonly TreeNode[] =>
  treeOf([viewSpan(3, 2, { ancestors, running: true }), viewSpan(4, 3)], mayCome).rows;

test("a placeholder has the name that its children give, and says whether its span may still arrive", () => {
  const words = (mayCome: boolean) =>
    rows(mayCome).map((node) => `${node.span ? node.name : placeholderWord(node)} | ${openWord(node)}`);
  expect(words(true)).toEqual([
    "plan: running, details follow | running, details follow",
    "Running, details follow | running, details follow",
    "span 3 | running",
    "span 4 | ",
  ]);
  expect(words(false).slice(0, 2)).toEqual(["plan: not received | not received", "Parent not received | not received"]);
});

test("a placeholder is open while it is awaited and the session is open", () => {
  const last = (mayCome: boolean, counted: number | undefined) => rows(mayCome).map((node) => lastsOn(node, counted));
  expect(last(true, 30)).toEqual([true, true, true, false]);
  expect(last(true, undefined)).toEqual([false, false, false, false]);
  expect(last(false, 30)).toEqual([false, false, true, false]);
});
