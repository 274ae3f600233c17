import { expect, test } from "vitest";
import { lastsOn, openWord, placeholderWord } from "../../src/dashboard/session/placeholder.ts";
import { buildTree, type TreeNode } from "../../src/trace/tree.ts";
import { at, id } from "../trace/facts-of.ts";
import { viewSpan } from "../trace/view-span.ts";

const ancestors = [
  { spanId: id(1), name: "plan" },
  { spanId: id(2), name: "" },
];
const rows = (mayCome: boolean): readonly TreeNode[] =>
  buildTree([viewSpan(3, 2, { ancestors, running: true }), viewSpan(4, 3)], () => mayCome).rows;

test("what has not come is called as the spans below call it, and told from what never came", () => {
  const words = (mayCome: boolean) =>
    rows(mayCome).map((node) => `${node.span ? node.name : placeholderWord(node)} | ${openWord(node)}`);
  expect(words(true)).toEqual([
    "plan has not arrived | not arrived",
    "Parent 00000000 has not arrived | not arrived",
    "span 3 | running",
    "span 4 | ",
  ]);
  expect(words(false).slice(0, 2)).toEqual(["plan never came | never came", "Parent 00000000 never came | never came"]);
});

test("a placeholder lasts on while it is awaited, and no longer than anybody expects it", () => {
  const now = Number(at(30) / 1_000_000n);
  const last = (mayCome: boolean, open: bigint) => rows(mayCome).map((node) => lastsOn(node, open, now + 0.4));
  expect(last(true, at(30))).toEqual([true, true, true, false]);
  expect(last(true, at(29.999))).toEqual([false, false, true, false]);
  expect(last(false, at(30))).toEqual([false, false, true, false]);
});
