import { expect, test } from "vitest";
import { BODIES_IN_FLIGHT, BodyBudget, IMPORTS_IN_FLIGHT } from "../../src/routes/receive/body-budget.ts";

const MOST = (BODIES_IN_FLIGHT / 4) * 3;

test("bodies that begin at once share the room: what does not fit is refused while it arrives, not at the door", () => {
  const budget = new BodyBudget(BODIES_IN_FLIGHT);
  const [first, second] = [budget.open(), budget.open()];
  expect([first.hold(MOST), second.hold(1), second.hold(MOST), first.hold(MOST)]).toEqual([true, true, false, false]);
  first.close();
  expect(second.hold(MOST)).toBe(true);
});

test("a body that is alone is let in whatever its size: its own limit refuses it", () => {
  const budget = new BodyBudget(BODIES_IN_FLIGHT);
  const account = budget.open();
  expect([account.hold(BODIES_IN_FLIGHT), account.hold(BODIES_IN_FLIGHT)]).toEqual([true, true]);
  account.close();
  expect(budget.open().hold(BODIES_IN_FLIGHT)).toBe(true);
});

test("a file holds what of it has arrived and is not stored yet, up to the limit with others", () => {
  const budget = new BodyBudget(IMPORTS_IN_FLIGHT);
  const [first, second] = [budget.open(), budget.open()];
  expect([first.set(IMPORTS_IN_FLIGHT - 10), second.set(10), second.set(11)]).toEqual([true, true, false]);
  expect([first.set(5), second.set(IMPORTS_IN_FLIGHT - 5), second.set(IMPORTS_IN_FLIGHT - 4)]).toEqual([
    true,
    true,
    false,
  ]);
  second.close();
  expect(first.set(IMPORTS_IN_FLIGHT * 3)).toBe(true);
});

test("a request that holds nothing takes no room from the others", () => {
  const budget = new BodyBudget(BODIES_IN_FLIGHT);
  Array.from({ length: 100 }, () => budget.open());
  expect(budget.open().hold(BODIES_IN_FLIGHT + 1)).toBe(true);
});
