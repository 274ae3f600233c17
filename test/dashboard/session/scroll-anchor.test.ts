import { expect, test } from "vitest";
import { anchored } from "../../../src/dashboard/session/timeline/scroll-anchor.ts";

const rowsOf = (names: string) => names.split(" ").map((key) => ({ key }));
const BEFORE = rowsOf("a b c d e f g h");
const AFTER = rowsOf("root query a b new c d e f g h");
const view = (top: number) => ({ top, height: 40 });

test("at the top, new rows above do not move the pointed or selected row", () => {
  expect(anchored(BEFORE, AFTER, 10, view(0), ["b", "c"])).toBe(20);
  expect(anchored(BEFORE, AFTER, 10, view(0), [undefined, "c"])).toBe(30);
});

test("at the top, without a pointer or selection, the page shows new rows", () => {
  expect(anchored(BEFORE, AFTER, 10, view(0), [undefined, undefined])).toBeUndefined();
  // The selected row is out of view, so it is no anchor.
  expect(anchored(BEFORE, AFTER, 10, view(0), [undefined, "h"])).toBeUndefined();
});

test("rows that are added below change nothing", () => {
  expect(anchored(BEFORE, [...BEFORE, { key: "i" }], 10, view(10), ["c"])).toBe(10);
});

test("scrolled, the first row in view stays when rows are added or removed above", () => {
  expect(anchored(BEFORE, AFTER, 10, view(25), [undefined, undefined])).toBe(55);
  expect(anchored(AFTER, BEFORE, 10, view(55), [undefined, "d"])).toBe(25);
});

test("a removed row is no anchor", () => {
  expect(anchored(BEFORE, rowsOf("x y"), 10, view(20), ["c"])).toBeUndefined();
});
