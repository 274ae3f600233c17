import { test } from "vitest";
import { installFaults, SCENARIOS, strikeEachStep } from "./copying-scenarios.ts";
import { everyStrike } from "./faults.ts";

installFaults();

test.each(Object.keys(SCENARIOS))("%s, whichever fault strikes whichever step", async (name) => {
  await strikeEachStep(name, everyStrike);
});
