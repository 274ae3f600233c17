import { describe, test } from "vitest";
import { installFaults, SCENARIOS, strikeEachStep } from "./copying-scenarios.ts";
import { everyStrike, oneStrike } from "./faults.ts";
import { NEVER, useLogs } from "./world.ts";

installFaults();

const NAMES = Object.keys(SCENARIOS);
/** With moves a scenario has so many steps that all faults of all of them take longer than the other suites together. */
const withMoves = process.env["EVERY_FAULT"] === "true" ? () => everyStrike : oneStrike;

describe.each([
  { shards: 1, items: NEVER },
  { shards: 2, items: NEVER },
  { shards: 16, items: NEVER },
  { shards: 1, items: 2 },
  { shards: 2, items: 3 },
])("with $shards shards, and moves at $items items", ({ shards, items }) => {
  useLogs({ shards, items });

  test.each(NAMES)("%s, with any fault at any step", async (name) => {
    await strikeEachStep(name, items === NEVER ? everyStrike : withMoves(items + NAMES.indexOf(name)));
  });
});
