import { afterAll, beforeAll, describe, test } from "vitest";
import { installFaults, play, SCENARIOS, strikeEachStep } from "./copying-scenarios.ts";
import { oneStrike } from "./faults.ts";
import { divide } from "./world.ts";

installFaults();

/** All logs in one object, and some of them. */
describe.each([1, 2])("with %d shards", (shards) => {
  beforeAll(() => divide(shards));
  afterAll(() => divide());

  test.each(Object.keys(SCENARIOS))("%s", async (name) => {
    await play(name, () => undefined);
  });
});

describe.each(Object.keys(SCENARIOS))("%s", (name) => {
  test("without a fault", async () => {
    await play(name, () => undefined);
  });

  // spec: BIND-7
  test("with a fault at any step", { timeout: 300_000 }, async () => {
    await strikeEachStep(name, oneStrike(name.length));
  });
});
