import { expect, test } from "vitest";
import { costTitle, hasCost } from "../../../src/dashboard/text/cost.tsx";

test.each([
  [{ cost: 0.5 }, "As its spans say"],
  [{ cost: 0.5, estimated: 0.2 }, "$0.200 of it estimated from list prices"],
  [{ cost: 0.5, unpriced: ["house-model"] }, "As its spans say. No price is known for house-model"],
  [{ unpriced: ["a", "b"] }, "No price is known for a, b"],
])("where the cost of %j comes from", (costs, title) => {
  expect([hasCost(costs), costTitle(costs)]).toEqual([true, title]);
});

test("of what nobody used or priced nothing is said", () => {
  expect([hasCost({}), hasCost({ unpriced: [] }), hasCost({ cost: 0 })]).toEqual([false, false, true]);
});
