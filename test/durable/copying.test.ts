import { describe, test } from "vitest";
import { installFaults, play, SCENARIOS, strikeEachStep } from "./copying-scenarios.ts";
import type { Step, Strike } from "./faults.ts";
import { STRIKES } from "./faults.ts";

installFaults();

describe.each(Object.keys(SCENARIOS))("%s", (name) => {
  test("where nothing goes wrong", async () => {
    await play(name, () => undefined);
  });

  // All strikes at each step take minutes: copying.slow.test.ts has them.
  test("whichever step a fault strikes", { timeout: 300_000 }, async () => {
    await strikeEachStep(name, (step, number) => someStrikes(step, number - 1 + name.length));
  });
});

/** One of all for each step, in turn, and each call arrives late once: nothing else tries what only an order of calls can break. */
function someStrikes({ kind }: Step, turn: number): readonly Strike[] {
  const late: readonly Strike[] = kind === "call" ? ["it arrives late"] : [];
  const others = STRIKES[kind].filter((strike) => strike !== "it arrives late");
  return [others[turn % others.length] ?? "it fails", ...late];
}
