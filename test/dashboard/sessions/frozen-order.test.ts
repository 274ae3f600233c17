import { expect, test } from "vitest";
import { arrange } from "../../../src/dashboard/sessions/frozen-order.ts";

const noneRequested = () => false;

test("free, the current order is shown", () => {
  expect(arrange(["a", "b"], ["c", "b", "a"], "free", noneRequested)).toEqual({ shown: ["c", "b", "a"], waiting: 0 });
});

test("frozen, rows keep their places, new rows are counted, and deleted rows disappear", () => {
  expect(arrange(["a", "b", "c"], ["new", "c", "a"], "frozen", noneRequested)).toEqual({
    shown: ["a", "c"],
    waiting: 1,
  });
});

test("frozen, the next page follows, and is not counted", () => {
  const isRequested = (id: string) => id !== "new";
  expect(arrange(["a", "b"], ["new", "b", "a", "c", "d"], "frozen", isRequested)).toEqual({
    shown: ["a", "b", "c", "d"],
    waiting: 1,
  });
});

test("without shown rows nothing is frozen", () => {
  expect(arrange([], ["a"], "frozen", noneRequested)).toEqual({ shown: ["a"], waiting: 0 });
});
