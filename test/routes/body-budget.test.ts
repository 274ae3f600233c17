import { expect, test } from "vitest";
import { BODIES_IN_FLIGHT, BodyBudget, IMPORTS_IN_FLIGHT } from "../../src/routes/receive/body-budget.ts";

const THREE_QUARTERS = (BODIES_IN_FLIGHT / 4) * 3;

test("concurrent bodies share the budget: excess bytes are refused on arrival, not by their announced length", () => {
  const budget = new BodyBudget(BODIES_IN_FLIGHT);
  const [first, second] = [budget.open(), budget.open()];
  expect([first.hold(THREE_QUARTERS), second.hold(1), second.hold(THREE_QUARTERS), first.hold(THREE_QUARTERS)]).toEqual(
    [true, true, false, false],
  );
  first.close();
  expect(second.hold(THREE_QUARTERS)).toBe(true);
});

test("a single body of any size is accepted: its own limit refuses it", () => {
  const budget = new BodyBudget(BODIES_IN_FLIGHT);
  const account = budget.open();
  expect([account.hold(BODIES_IN_FLIGHT), account.hold(BODIES_IN_FLIGHT)]).toEqual([true, true]);
  account.close();
  expect(budget.open().hold(BODIES_IN_FLIGHT)).toBe(true);
});

test("a file holds its arrived bytes until they are stored; all files share the limit", () => {
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

test("a request without bytes takes nothing from the budget", () => {
  const budget = new BodyBudget(BODIES_IN_FLIGHT);
  Array.from({ length: 100 }, () => budget.open());
  expect(budget.open().hold(BODIES_IN_FLIGHT + 1)).toBe(true);
});
