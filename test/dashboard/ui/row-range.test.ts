import { expect, test } from "vitest";
import { clipped, rangeInView, scrolledTo } from "../../../src/dashboard/ui/row-range.ts";

const ROW = 28;

test("rows beyond both ends of the view are mounted", () => {
  const view = { top: 1000 * ROW, height: 20 * ROW };
  expect(rangeInView(view, ROW)).toEqual({ first: 990, last: 1042 });
});

test("a scroll by less than eight rows mounts the same rows", () => {
  const at = (row: number) => rangeInView({ top: row * ROW + 5, height: 600 }, ROW);
  expect(at(1007)).toEqual(at(1001));
  expect(at(1008)).not.toEqual(at(1001));
});

test("at the top the first rows are mounted, also without a height", () => {
  expect(rangeInView({ top: 0, height: 0 }, ROW)).toEqual({ first: 0, last: 40 });
});

test("when rows go, the last ones are mounted until the browser scrolls back", () => {
  expect(clipped({ first: 990, last: 1034 }, 1000)).toEqual({ first: 990, last: 1000 });
  expect(clipped({ first: 990, last: 1034 }, 100)).toEqual({ first: 56, last: 100 });
  expect(clipped({ first: 0, last: 40 }, 0)).toEqual({ first: 0, last: 0 });
});

test("a row scrolls into view by the shortest way, or to the middle", () => {
  const view = { top: 100 * ROW, height: 10 * ROW };
  const to = (index: number, align: "auto" | "center" = "auto") => scrolledTo(index, align, view, ROW) / ROW;
  expect([to(99), to(100), to(109), to(110)]).toEqual([99, 100, 100, 101]);
  expect(to(50, "center")).toBe(45.5);
  expect(to(2, "center")).toBe(0);
});
