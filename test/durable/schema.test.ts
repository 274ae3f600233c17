import { beforeEach, expect, test } from "vitest";
import { aSpan, traceIdOf } from "./spans.ts";
import * as world from "./world.ts";

const TRACE = traceIdOf("trace");

beforeEach(async () => {
  world.stopClock();
  await world.emptyWorld();
});

test.each([
  ["1", "present"],
  ["2", "Error: this session is of schema 2; this version of the program knows 1"],
])("what a newer version of the program wrote is not touched after a rollback: schema %s", async (schema, outcome) => {
  await world.deliver([aSpan(TRACE, 1)]);
  await world.rest([TRACE]);
  await world.change(TRACE, "UPDATE meta SET value = ? WHERE key = 'schema'", schema);
  const peeked = world.objectOf(TRACE).peek("session");
  expect(await peeked.then(({ state }) => state, String)).toBe(outcome);
});
