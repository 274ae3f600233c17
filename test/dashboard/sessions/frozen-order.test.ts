import { expect, test } from "vitest";
import { arrange } from "../../../src/dashboard/sessions/frozen-order.ts";

const nobodyAsked = () => false;

test("free, the order is as it should be", () => {
  expect(arrange(["a", "b"], ["c", "b", "a"], "free", nobodyAsked)).toEqual({ shown: ["c", "b", "a"], waiting: 0 });
});

test("held, rows stay where they are, newcomers are counted, and what is gone leaves", () => {
  expect(arrange(["a", "b", "c"], ["new", "c", "a"], "held", nobodyAsked)).toEqual({ shown: ["a", "c"], waiting: 1 });
});

test("held, the next page comes behind, and is not counted", () => {
  const isAskedFor = (id: string) => id !== "new";
  expect(arrange(["a", "b"], ["new", "b", "a", "c", "d"], "held", isAskedFor)).toEqual({
    shown: ["a", "b", "c", "d"],
    waiting: 1,
  });
});

test("where nothing is shown yet there is nothing to hold", () => {
  expect(arrange([], ["a"], "held", nobodyAsked)).toEqual({ shown: ["a"], waiting: 0 });
});
