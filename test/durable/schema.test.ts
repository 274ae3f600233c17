import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { SCHEMA_VERSION } from "../../src/lib/schema.ts";
import { Faults } from "./faults.ts";
import { deliveryOf } from "./deliveries.ts";
import { directory } from "./reported.ts";
import { someSpans, traceIdOf } from "./spans.ts";
import * as world from "./world.ts";

const TRACE = traceIdOf("trace");

beforeEach(world.freshWorld);
afterEach(() => {
  world.moveLogs();
  vi.restoreAllMocks();
});

/** Changes what an object has on disk, and evicts it. */
async function rewrite(object: DurableObjectStub, ...statements: string[]): Promise<void> {
  await runInDurableObject(object, (_, { storage: { sql } }) => {
    for (const statement of statements) sql.exec(statement);
  });
  await evictDurableObject(object);
}

/** As release 0.2.0 wrote it. */
async function writtenBefore(): Promise<void> {
  await world.deliver(someSpans(TRACE, 1, 3, { "session.id": "A" }));
  await world.rest([TRACE, "A"]);
  for (const id of [TRACE, "A"])
    if ((await schemaOf(world.objectOf(id))) !== "8")
      await rewrite(
        world.objectOf(id),
        "DROP INDEX moved",
        "ALTER TABLE log DROP COLUMN move",
        "UPDATE meta SET value = '8' WHERE key = 'schema'",
      );
  await rewrite(directory(), "UPDATE meta SET value = '8' WHERE key = 'schema'");
}

async function schemaOf(object: DurableObjectStub): Promise<string> {
  return await runInDurableObject(
    object,
    (_, { storage: { sql } }) => sql.exec<{ value: string }>("SELECT value FROM meta WHERE key = 'schema'").one().value,
  );
}

describe("objects of release 0.2.0", () => {
  // spec: REL-1
  test("open, read as before, and get the present schema", async () => {
    await writtenBefore();
    expect((await world.readSession("A"))?.session.spans).toBe(3);
    expect((await world.listed("all")).map(({ id, spans }) => [id, spans])).toEqual([["A", 3]]);
    for (const object of [world.objectOf("A"), directory()])
      expect(await schemaOf(object)).toBe(String(SCHEMA_VERSION));
    world.moveLogs({ items: 4 });
    await world.deliver(someSpans(TRACE, 4, 2, { "session.id": "A" }));
    await world.rest([TRACE, "A"]);
    expect([await world.hasMoved(TRACE), await world.hasMoved("A")]).toEqual([true, true]);
    expect((await world.readSession("A"))?.session.spans).toBe(5);
  });

  test("open after a fault within the step to the present schema", async () => {
    await writtenBefore();
    vi.spyOn(console, "warn").mockReturnValue();
    vi.spyOn(console, "error").mockReturnValue();
    const faults = await Faults.install();
    let struck = false;
    faults.follow(({ kind }) => {
      if (kind !== "transaction" || struck) return undefined;
      struck = true;
      return "it is undone";
    });
    expect((await world.request("/sessions/A")).status).toBeGreaterThanOrEqual(500);
    expect(struck).toBe(true);
    faults.remove();
    expect((await world.readSession("A"))?.session.spans).toBe(3);
    await world.deliver(someSpans(TRACE, 4, 1, { "session.id": "A" }));
    await world.rest([TRACE, "A"]);
    expect((await world.readSession("A"))?.session.spans).toBe(4);
  });
});

test("an object of a later schema refuses every call, and keeps what it has", async () => {
  await world.deliver(someSpans(TRACE, 1, 3));
  await world.rest([TRACE]);
  await rewrite(world.objectOf(TRACE), "UPDATE meta SET value = '10' WHERE key = 'schema'");
  await runInDurableObject(world.objectOf(TRACE), (instance) => {
    for (let n = 0; n < 3; n++)
      expect(() => instance.append(world.caller(), [deliveryOf(someSpans(TRACE, 4 + n, 1))])).toThrow(
        "written with schema 10; this version of the program knows schema 8 to 9",
      );
  });
  await rewrite(world.objectOf(TRACE), "UPDATE meta SET value = '9' WHERE key = 'schema'");
  expect((await world.readSession(TRACE))?.session.spans).toBe(3);
});
