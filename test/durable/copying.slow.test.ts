import { afterAll, beforeAll, describe, test } from "vitest";
import { installFaults, SCENARIOS, strikeEachStep } from "./copying-scenarios.ts";
import { everyStrike } from "./faults.ts";
import { divide } from "./world.ts";

installFaults();

describe.each([1, 2, 16])("with %d shards", (shards) => {
  beforeAll(() => divide(shards));
  afterAll(() => divide());

  test.each(Object.keys(SCENARIOS))("%s, with any fault at any step", async (name) => {
    await strikeEachStep(name, everyStrike);
  });
});
