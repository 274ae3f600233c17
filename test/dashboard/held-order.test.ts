import { expect, test } from "vitest";
import { arrange } from "../../src/dashboard/list/held-order.ts";

test("free, the order is as it should be", () => {
  expect(arrange(["a", "b"], ["c", "b", "a"], "free")).toEqual({ shown: ["c", "b", "a"], waiting: 0 });
});

test("held, rows stay where they are, newcomers are counted, and what is gone leaves", () => {
  expect(arrange(["a", "b", "c"], ["new", "c", "a"], "held")).toEqual({ shown: ["a", "c"], waiting: 1 });
});

test("where nothing is shown yet there is nothing to hold", () => {
  expect(arrange([], ["a"], "held")).toEqual({ shown: ["a"], waiting: 0 });
});
