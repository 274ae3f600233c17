import { expect, test } from "vitest";
import { BODIES_IN_FLIGHT, BodyBudget } from "../../src/routes/receive/body-budget.ts";

const MOST = (BODIES_IN_FLIGHT / 4) * 3;

test("bodies that begin at once share the room: what does not fit is refused while it arrives, not at the door", () => {
  const budget = new BodyBudget();
  const [first, second] = [budget.open(), budget.open()];
  expect([first.hold(MOST), second.hold(1), second.hold(MOST), first.hold(MOST)]).toEqual([true, true, false, false]);
  first.close();
  expect(second.hold(MOST)).toBe(true);
});

test("a body that is alone is let in whatever its size: its own limit refuses it", () => {
  const budget = new BodyBudget();
  const account = budget.open();
  expect([account.hold(BODIES_IN_FLIGHT), account.hold(BODIES_IN_FLIGHT)]).toEqual([true, true]);
  account.close();
  expect(budget.open().hold(BODIES_IN_FLIGHT)).toBe(true);
});
