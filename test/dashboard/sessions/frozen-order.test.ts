import { expect, test } from "vitest";
import { arrange } from "../../../src/dashboard/sessions/frozen-order.ts";

const noneRequested = () => false;

test("free, the order is as it should be", () => {
  expect(arrange(["a", "b"], ["c", "b", "a"], "free", noneRequested)).toEqual({ shown: ["c", "b", "a"], waiting: 0 });
});

test("held, rows stay where they are, newcomers are counted, and what is gone leaves", () => {
  expect(arrange(["a", "b", "c"], ["new", "c", "a"], "frozen", noneRequested)).toEqual({
    shown: ["a", "c"],
    waiting: 1,
  });
});

test("held, the next page comes behind, and is not counted", () => {
  const isRequested = (id: string) => id !== "new";
  expect(arrange(["a", "b"], ["new", "b", "a", "c", "d"], "frozen", isRequested)).toEqual({
    shown: ["a", "b", "c", "d"],
    waiting: 1,
  });
});

test("where nothing is shown yet there is nothing to hold", () => {
  expect(arrange([], ["a"], "frozen", noneRequested)).toEqual({ shown: ["a"], waiting: 0 });
});
