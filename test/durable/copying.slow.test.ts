import { afterAll, beforeAll, describe, test } from "vitest";
import { installFaults, SCENARIOS, strikeEachStep } from "./copying-scenarios.ts";
import { everyStrike } from "./faults.ts";
import { divide, moveLogs } from "./world.ts";

installFaults();

const NEVER = Number.POSITIVE_INFINITY;

describe.each([
  { shards: 1, items: NEVER },
  { shards: 2, items: NEVER },
  { shards: 16, items: NEVER },
  { shards: 1, items: 2 },
  { shards: 2, items: 3 },
])("with $shards shards, and moves at $items items", ({ shards, items }) => {
  beforeAll(() => {
    divide(shards);
    moveLogs({ items, pageBytes: 1 });
  });
  afterAll(() => {
    divide();
    moveLogs();
  });

  test.each(Object.keys(SCENARIOS))("%s, with any fault at any step", async (name) => {
    await strikeEachStep(name, everyStrike);
  });
});
