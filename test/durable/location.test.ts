import { runInDurableObject } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { DirectoryObject } from "../../src/durable/directory/object.ts";
import { forgetLocations, noteOrigin, stubAt } from "../../src/location.ts";
import { SessionObject } from "../../src/durable/session/object.ts";
import { directoryOf, forgetPlaces, ownName, sessionAt } from "../../src/place.ts";
import { exportOf, someSpans, traceIdOf } from "./spans.ts";
import type { Attributes } from "./spans.ts";
import * as world from "./world.ts";

const TRACE = traceIdOf("trace");

beforeEach(async () => {
  await world.freshWorld();
  forgetLocations();
});
afterEach(() => {
  vi.restoreAllMocks();
  forgetLocations();
  world.moveLogs();
});

/** The options by which an object of a tenant is named now. */
function options(bindings: object = {}): unknown {
  const given: unknown[] = [];
  stubAt({ getByName: (_, option) => given.push(option) }, { ...env, ...bindings }, "default", "default/shard-0");
  return given[0];
}

async function exportFrom(
  cf: RequestInitCfProperties | undefined,
  span: number,
  { traceId = TRACE, attributes = {} }: { traceId?: string; attributes?: Attributes } = {},
): Promise<void> {
  const request = new Request(`${world.ORIGIN}/v1/traces`, {
    method: "POST",
    headers: { "content-type": "application/json", host: "localhost:8787" },
    body: exportOf(someSpans(traceId, span, 1, attributes)),
    ...(cf === undefined ? {} : { cf }),
  });
  const response = await exports.default.fetch(request);
  expect([response.status, await response.text()]).toEqual([200, "{}"]);
}

test("the first export decides where the tenant's objects are made, and no later one", async () => {
  await world.request("/sessions");
  expect(options()).toBeUndefined();
  await exportFrom({ continent: "EU", longitude: "21.0" }, 1);
  expect(options()).toEqual({ locationHint: "eeur" });
  const asked = vi.spyOn(DirectoryObject.prototype, "locate");
  await exportFrom({ continent: "OC" }, 2);
  expect(asked).not.toHaveBeenCalled();
  // Another isolate asks the directory, once.
  forgetLocations();
  await exportFrom({ continent: "OC" }, 3);
  await exportFrom({ continent: "OC" }, 4);
  expect(asked).toHaveBeenCalledTimes(1);
  expect(options()).toEqual({ locationHint: "eeur" });
});

test("a setting goes before the place of the export, and one that came later changes nothing", async () => {
  expect(options({ LOCATION_HINT: "sam" })).toEqual({ locationHint: "sam" });
  expect(await directoryOf(env, "default").locate("sam")).toBe("sam");
  expect(await directoryOf(env, "default").locate("oc")).toBe("sam");
  await exportFrom({ continent: "OC" }, 1);
  expect(options({ LOCATION_HINT: "oc" })).toEqual({ locationHint: "sam" });
});

test("without a place nothing is hinted, and that is decided too: where the first objects are, the others are made", async () => {
  await exportFrom(undefined, 1);
  expect(options()).toBeUndefined();
  forgetLocations();
  await exportFrom({ continent: "OC" }, 2);
  expect(options()).toBeUndefined();
});

test("a wrong setting decides nothing, until it is mended", () => {
  vi.spyOn(console, "error").mockReturnValue();
  expect(options({ LOCATION_HINT: "europe" })).toBeUndefined();
  expect(options({ LOCATION_HINT: "weur" })).toEqual({ locationHint: "weur" });
});

test("an object learns the place from its caller", async () => {
  await sessionAt(env, { tenant: "default", location: "afr" }, TRACE).traces();
  expect(options()).toEqual({ locationHint: "afr" });
});

describe("a shard", () => {
  /** The shard of the trace is alone in an isolate that knows nothing, when its alarm fires. */
  async function wakeAlone(): Promise<void> {
    await world.evict(TRACE);
    forgetLocations();
    forgetPlaces();
    world.pass(61_000);
    await world.fireAlarm(TRACE);
  }

  test("keeps the place: it passes it on without asking when its alarm wakes it", async () => {
    await exportFrom({ continent: "SA" }, 1, { attributes: { "session.id": "A" } });
    await world.until(async () => (await world.readSession("A")) !== undefined);
    const directory = [vi.spyOn(DirectoryObject.prototype, "locate"), vi.spyOn(DirectoryObject.prototype, "shards")];
    const calls = vi.spyOn(SessionObject.prototype, "queryReplicas");
    await wakeAlone();
    expect(calls.mock.calls.map(([{ location }]) => location)).toEqual(["sam"]);
    for (const asked of directory) expect(asked).not.toHaveBeenCalled();
    expect(options()).toEqual({ locationHint: "sam" });
  });

  test("keeps that there is none, too: a setting that came later changes nothing", async () => {
    await exportFrom(undefined, 1, { attributes: { "session.id": "A" } });
    await wakeAlone();
    expect(options({ LOCATION_HINT: "oc" })).toBeUndefined();
  });

  test("of an earlier release learns it with its next log", async () => {
    await exportFrom({ continent: "SA" }, 1);
    await world.change(TRACE, "DELETE FROM meta WHERE key = 'location'");
    const other = world.shardOfLog(TRACE);
    const neighbour = Array.from({ length: 1_000 }, (_, n) => traceIdOf(`n${n}`)).find(
      (id) => world.shardOfLog(id) === other,
    );
    await exportFrom({ continent: "SA" }, 1, neighbour === undefined ? {} : { traceId: neighbour });
    const kept = await runInDurableObject(world.objectOf(TRACE), (_, { storage }) =>
      storage.sql.exec("SELECT value FROM meta WHERE key = 'location'").toArray(),
    );
    expect(kept).toEqual([{ value: "sam" }]);
  });
});

describe("the own object of a log is first named", () => {
  const OTHER = traceIdOf("other");

  /** The options by which each own object was named first, after these exports, of which the last makes the trace's log move. */
  async function namedAfter(
    continents: readonly string[],
    attributes: Attributes = {},
    moving = TRACE,
  ): Promise<{ readonly options: unknown; readonly contexts: unknown[] }> {
    const named = vi.spyOn(Object.getPrototypeOf(env.SESSIONS) as typeof env.SESSIONS, "getByName");
    const calls = vi.spyOn(SessionObject.prototype, "append");
    world.moveLogs({ items: continents.length });
    for (const [n, continent] of continents.entries()) await exportFrom({ continent }, n + 1, { attributes });
    await world.until(async () => await world.hasMoved(moving));
    const [, first] = named.mock.calls.find(([name]) => name === ownName("default", moving)) ?? [];
    return { options: first, contexts: calls.mock.calls.map(([{ exporter }]) => exporter) };
  }

  beforeEach(async () => {
    await exportFrom({ continent: "EU" }, 1, { traceId: OTHER });
  });

  test("near its exporter", async () => {
    expect(await namedAfter(["OC", "OC"])).toEqual({ options: { locationHint: "oc" }, contexts: ["oc", "oc"] });
    // The tenant's other objects stay where they were decided to be.
    expect(options()).toEqual({ locationHint: "weur" });
  });

  test("near the last one of several", async () => {
    expect((await namedAfter(["OC", "SA"])).options).toEqual({ locationHint: "sam" });
  });

  test("where the tenant's are if the last export came from there, which costs its calls nothing", async () => {
    expect(await namedAfter(["OC", "EU"])).toEqual({ options: { locationHint: "weur" }, contexts: ["oc", undefined] });
  });

  test("near the exporter of its traces, if it is a session's", async () => {
    const { options: given } = await namedAfter(["OC", "OC"], { "session.id": "A" }, "A");
    expect(given).toEqual({ locationHint: "oc" });
  });
});

test("all objects are made where the setting says, also a log's own one", () => {
  const origin = { continent: "OC" };
  expect(noteOrigin({ ...env, LOCATION_HINT: "weur" }, "default", origin)).toBeUndefined();
  expect(noteOrigin(env, "default", origin)).toBe("oc");
});
