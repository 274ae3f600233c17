import { test } from "vitest";
import { installFaults, SCENARIOS, strikeEachStep } from "./copying-scenarios.ts";
import { everyStrike } from "./faults.ts";

installFaults();

test.each(Object.keys(SCENARIOS))("%s, with any fault at any step", async (name) => {
  await strikeEachStep(name, everyStrike);
});
