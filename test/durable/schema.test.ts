import { beforeEach, expect, test } from "vitest";
import { aSpan, traceIdOf } from "./spans.ts";
import * as world from "./world.ts";

const TRACE = traceIdOf("trace");

async function schemaOf(id: string): Promise<string | undefined> {
  const meta = await world.rowsOf<{ key: string; value: string }>(id, "meta");
  return meta.find(({ key }) => key === "schema")?.value;
}

beforeEach(async () => {
  world.stopClock();
  await world.emptyWorld();
});

test.each([
  ["1", "present"],
  ["2", "present"],
  ["3", "Error: this session is of schema 3; this version of the program knows 2"],
])("what a newer version of the program wrote is not touched after a rollback: schema %s", async (schema, outcome) => {
  await world.deliver([aSpan(TRACE, 1)]);
  await world.rest([TRACE]);
  await world.change(TRACE, "UPDATE meta SET value = ? WHERE key = 'schema'", schema);
  const peeked = world.objectOf(TRACE).peek("session");
  expect(await peeked.then(({ state }) => state, String)).toBe(outcome);
});

test("what an older version wrote is this one's as soon as it writes there, so that a rollback refuses it", async () => {
  await world.deliver([aSpan(TRACE, 1)]);
  await world.rest([TRACE]);
  await world.change(TRACE, "UPDATE meta SET value = '1' WHERE key = 'schema'");
  await world.evict(TRACE);
  await world.objectOf(TRACE).peek("session");
  expect(await schemaOf(TRACE)).toBe("1");
  await world.deliver([aSpan(TRACE, 2)]);
  expect(await schemaOf(TRACE)).toBe("2");
});
