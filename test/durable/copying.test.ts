import { describe, test } from "vitest";
import { installFaults, play, SCENARIOS, strikeEachStep } from "./copying-scenarios.ts";
import { oneStrike } from "./faults.ts";

installFaults();

describe.each(Object.keys(SCENARIOS))("%s", (name) => {
  test("without a fault", async () => {
    await play(name, () => undefined);
  });

  // spec: BIND-7
  test("with a fault at any step", { timeout: 300_000 }, async () => {
    await strikeEachStep(name, oneStrike(name.length));
  });
});
