import { expect, test } from "vitest";
import { costTitle } from "../../../src/dashboard/ui/cost.tsx";
import { costText, hasCost } from "../../../src/session/cost-text.ts";

test.each([
  [{ cost: 0.5 }, "Reported by the spans"],
  [{ cost: 0.5, estimated: 0.2 }, "$0.200 of it estimated from list prices"],
  [{ cost: 0.5, unpriced: ["house-model"] }, "Reported by the spans. No price is known for house-model"],
  [{ unpriced: ["a", "b"] }, "No price is known for a, b"],
])("the sources of the cost %j", (costs, title) => {
  expect([hasCost(costs), costTitle(costs)]).toEqual([true, title]);
});

test("without a cost or an unpriced model nothing is shown", () => {
  expect([hasCost({}), hasCost({ unpriced: [] }), hasCost({ cost: 0 })]).toEqual([false, false, true]);
});

test.each([
  [{ cost: 0.5 }, "$0.500"],
  [{ cost: 0.5, estimated: 0.2 }, "≈\u202f$0.500"],
  [{ cost: 0.5, unpriced: ["house-model"] }, "$0.500\u202f+"],
  // A bound has no "≈": its title names the source.
  [{ cost: 0.000_02, estimated: 0.000_02 }, "<\u202f$0.0001"],
  [{ cost: 0, estimated: 0 }, "$0.00"],
  [{ unpriced: ["house-model"] }, "unpriced"],
  [{}, "–"],
])("%j reads %s", (costs, text) => {
  expect(costText(costs)).toBe(text);
});
