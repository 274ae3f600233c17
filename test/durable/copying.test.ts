import { describe, test } from "vitest";
import { installFaults, play, SCENARIOS, strikeEachStep } from "./copying-scenarios.ts";
import { oneStrike } from "./faults.ts";
import { NEVER, useLogs } from "./world.ts";

installFaults();

/** All logs in one object, and some of them. */
describe.each([1, 2])("with %d shards", (shards) => {
  useLogs({ shards, items: NEVER });

  test.each(Object.keys(SCENARIOS))("%s", async (name) => {
    await play(name, () => undefined);
  });
});

/** All logs in one object at first, from which they move to objects of their own, a call for each of their chunks. */
describe.each([2, 3])("with logs that move at %d items", (items) => {
  useLogs({ shards: 1, items });

  test.each(Object.keys(SCENARIOS))("%s", async (name) => {
    await play(name, () => undefined);
  });

  // spec: BIND-7
  test.each(["a trace is its own session, also after it was deleted", "two traces that name each other change places"])(
    "%s, with a fault at any step",
    { timeout: 300_000 },
    async (name) => {
      await strikeEachStep(name, oneStrike(items));
    },
  );
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
