import { runInDurableObject } from "cloudflare:test";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { ActiveSessions } from "../../src/durable/directory/object.ts";
import type { Copy } from "../../src/durable/session/copy/protocol.ts";
import { SessionObject } from "../../src/durable/session/object.ts";
import { deliveryOf } from "./deliveries.ts";
import { directory } from "./reported.ts";
import { someSpans, traceIdOf } from "./spans.ts";
import { Viewer } from "./viewer.ts";
import * as world from "./world.ts";

const TRACE = traceIdOf("trace");
const OTHER = traceIdOf("other");
const IDS = [TRACE, OTHER, "A", "B"];
const HOUR = 3_600_000;

beforeEach(async () => {
  world.stopClock();
  await world.emptyWorld();
});

async function remove(id: string): Promise<void> {
  const { status } = await world.request(`/sessions/${id}`, { method: "DELETE" });
  expect(status).toBe(204);
}

/** Sessions of the list with their spans. */
async function listed(): Promise<Record<string, number>> {
  return Object.fromEntries((await world.listed("all")).map(({ id, spans }) => [id, spans]));
}

async function spansOf(id: string): Promise<number | undefined> {
  return (await world.readSession(id))?.session.spans;
}

describe("after a deletion and with the clock set back", () => {
  // spec: RET-11
  test.each([
    ["a session of one trace", TRACE, {}],
    ["a session that its trace names", "A", { "session.id": "A" }],
  ])("an export is new data: %s", async (_, id, named) => {
    await world.deliver(someSpans(TRACE, 1, 2, named));
    await world.rest(IDS);
    await remove(id);
    world.pass(-HOUR);
    await world.deliver(someSpans(TRACE, 2, 2, named));
    await world.rest(IDS);
    expect(await spansOf(id)).toBe(2);
    expect(await listed()).toEqual({ [id]: 2 });
    await world.evict(id);
    await world.deliver(someSpans(TRACE, 4, 1, named));
    await world.rest(IDS);
    expect(await listed()).toEqual({ [id]: 3 });
  });

  test("a second deletion deletes the data since the first", async () => {
    await world.deliver(someSpans(TRACE, 1, 2, { "session.id": "A" }));
    await world.rest(IDS);
    await remove("A");
    world.pass(-HOUR);
    await world.deliver(someSpans(TRACE, 3, 1, { "session.id": "A" }));
    await world.rest(IDS);
    await remove("A");
    await world.rest(IDS);
    expect(await listed()).toEqual({});
    for (const id of ["A", TRACE]) expect(await world.tables(id), id).toEqual([]);
    world.pass(-HOUR);
    await world.deliver(someSpans(TRACE, 5, 3, { "session.id": "A" }));
    await world.rest(IDS);
    expect(await listed()).toEqual({ A: 3 });
  });
});

const DAY = 24 * HOUR;

describe("a deletion that comes again, a day after its fence is gone and with the clock set back, changes nothing", () => {
  test.each([
    ["in a shard", world.NEVER],
    ["in an object of its own, whose id is the shard's again", 1],
  ])("%s", async (_, items) => {
    world.moveLogs({ items });
    await world.deliver(someSpans(TRACE, 1, 2, { "session.id": "A" }));
    await world.rest(IDS);
    expect(await world.hasMoved(TRACE)).toBe(items === 1);
    const [row] = await world.rowsOf<{ epoch: number }>(TRACE, "trace");
    const deletion = { traceId: TRACE, session: "A", epoch: row?.epoch ?? 0 };
    await remove("A");
    await world.rest(IDS);
    for (let day = 0; day < 2; day++) {
      world.pass(DAY + 1);
      for (const id of [...IDS, TRACE, "A"]) await world.fireAlarm(id);
    }
    expect(await world.filled(world.objectOf(TRACE))).toEqual([]);
    world.moveLogs();
    world.pass(-10 * DAY);
    await world.deliver(someSpans(TRACE, 3, 1, { "session.id": "A" }));
    expect(await world.calls(TRACE).deleteTrace(deletion)).toMatchObject({ outcome: "deleted" });
    expect(await world.rowsOf(TRACE, "chunk")).toHaveLength(1);
    await world.rest(IDS);
    expect(await listed()).toEqual({ A: 1 });
  });
});

test("a deletion by a binding that only the session knows, since the file of the owner was lost, deletes nothing of later ones", async () => {
  await world.deliver(someSpans(TRACE, 1, 2, { "session.id": "A" }));
  await world.rest(IDS);
  const [row] = await world.rowsOf<{ epoch: number }>(TRACE, "trace");
  const deletion = { traceId: TRACE, session: "A", epoch: row?.epoch ?? 0 };
  await world.change(TRACE, "DELETE FROM trace WHERE log = {log}");
  await world.change(TRACE, "DELETE FROM chunk WHERE place > {first} AND place < {first} + 100");
  await world.change(TRACE, "DELETE FROM log WHERE id = ?", TRACE);
  world.pass(-HOUR);
  await world.deliver(someSpans(TRACE, 3, 1, { "session.id": "A" }));
  await world.rest(IDS);
  // The session told the owner of the binding that it knew: the present one is later.
  expect(await world.calls(TRACE).deleteTrace(deletion)).toMatchObject({ outcome: "deleted" });
  expect(await world.rowsOf(TRACE, "chunk")).toHaveLength(1);
});

// spec: RET-8
test("a trace does not expire while its owner has a delivery that the session lacks, if the clock was set back before it", async () => {
  await world.deliver(someSpans(TRACE, 1, 1, { "session.id": "A" }));
  await world.rest(IDS);
  const [row] = await world.rowsOf<{ epoch: number }>(TRACE, "trace");
  const expiry = { traceId: TRACE, session: "A", epoch: row?.epoch ?? 0, newest: Date.now(), revision: 1 };
  world.pass(-HOUR);
  vi.spyOn(console, "warn").mockReturnValue();
  const objects: { storeCopy: (...given: Parameters<SessionObject["storeCopy"]>) => unknown } = SessionObject.prototype;
  const spied = vi.spyOn(objects, "storeCopy").mockRejectedValue(new Error("not just now (a test's fault)"));
  await world.deliver(someSpans(TRACE, 2, 1));
  expect(await world.calls(TRACE).deleteTrace(expiry)).toEqual({ outcome: "retained" });
  spied.mockRestore();
  await world.rest(IDS);
  expect(await spansOf("A")).toBe(2);
});

// spec: RET-11
test("an export that was sent before a deletion and arrives after it is new data", async () => {
  await world.deliver(someSpans(TRACE, 1, 1));
  await world.rest(IDS);
  const objects: { append: (...given: Parameters<SessionObject["append"]>) => unknown } = SessionObject.prototype;
  const { append } = objects;
  const spied = vi.spyOn(objects, "append").mockImplementation(async function (this: unknown, ...given) {
    spied.mockRestore();
    world.pass(1);
    await remove(TRACE);
    return await append.apply(this, given);
  });
  await world.deliver(someSpans(TRACE, 1, 1));
  expect(await spansOf(TRACE)).toBe(1);
});

describe("a copy under way while its session is deleted is void", () => {
  /** The copy that the trace's owner sends to the session now, from its first revision on. */
  async function copyOf(session: string): Promise<Copy> {
    const [row] = await world.rowsOf<{ epoch: number }>(TRACE, "trace");
    const { facts, encoding, body, receipt } = deliveryOf(someSpans(TRACE, 1, 2, { "session.id": session }));
    const about = { traceId: TRACE, traceRevision: 1, kind: "spans", received: Date.now(), hashes: [] } as const;
    const chunks = [{ ...about, facts, encoding, body, receipt }];
    return { session, traceId: TRACE, epoch: row?.epoch ?? 0, chunks, values: [] };
  }

  test.each([
    ["agrees with", 0],
    ["is an hour ahead of", HOUR],
    ["is an hour behind", -HOUR],
  ])("if the clock of its owner %s the session's", async (_, ahead) => {
    world.pass(ahead);
    await world.deliver(someSpans(TRACE, 1, 2, { "session.id": "A" }));
    const late = await copyOf("A");
    world.pass(-ahead);
    await world.rest(IDS);
    await remove("A");
    expect((await world.calls("A").storeCopy(late)).outcome).toBe("stale");
    await world.rest(IDS);
    expect(await listed()).toEqual({});
    expect(await world.tables("A")).toEqual([]);
    // A copy of the trace's new generation is stored.
    await world.deliver(someSpans(TRACE, 5, 1, { "session.id": "A" }));
    await world.rest(IDS);
    expect(await listed()).toEqual({ A: 1 });
    expect((await world.calls("A").storeCopy(late)).outcome).toBe("stale");
    expect(await spansOf("A")).toBe(1);
  });

  test("also if the trace returned under a binding that the session does not know", async () => {
    await world.deliver(someSpans(TRACE, 1, 2, { "session.id": "A" }));
    await world.deliver(someSpans(OTHER, 1, 1, { "session.id": "A" }));
    await world.rest(IDS);
    const row = (await world.rowsOf<{ epoch: number }>(TRACE, "trace"))[0]?.epoch ?? 0;
    // The trace was bound elsewhere and back, and the session received no call about it.
    await world.change(TRACE, "UPDATE trace SET epoch = ? WHERE log = {log}", row + 5 * HOUR);
    const late = await copyOf("A");
    expect(late.epoch).toBe(row + 5 * HOUR);
    await remove("A");
    expect((await world.calls("A").storeCopy(late)).outcome).toBe("stale");
    await world.rest(IDS);
    expect(await listed()).toEqual({});
  });
});

test("the list keeps up with a session after the clock was set back", async () => {
  await world.deliver(someSpans(TRACE, 1, 1));
  await world.rest(IDS);
  await world.deliver(someSpans(TRACE, 2, 1));
  world.pass(-HOUR);
  await world.deliver(someSpans(TRACE, 3, 1));
  await world.until(async () => (await listed())[TRACE] === 3);
});

test("the list shows a session that was deleted and began anew after the clock was set back", async () => {
  await world.deliver(someSpans(TRACE, 1, 2));
  await world.rest(IDS);
  await remove(TRACE);
  world.pass(-HOUR);
  await world.append(deliveryOf(someSpans(TRACE, 3, 1)));
  const viewer = new Viewer(TRACE);
  await viewer.connect();
  await world.rest(IDS);
  expect(await listed()).toEqual({ [TRACE]: 1 });
  // Its generation is later now: a viewer of the earlier one continues in it.
  const version = (await world.readSession(TRACE))?.resourceVersion;
  await viewer.readUntil(({ event }) => event.type === "bookmark" && event.resourceVersion === version);
  await viewer.disconnect();
  expect(viewer.view.summary()).toMatchObject({ spans: 1 });
});

test("a copy that failed is tried again at once after the clock was set back", async () => {
  const objects: { storeCopy: (...given: Parameters<SessionObject["storeCopy"]>) => unknown } = SessionObject.prototype;
  const warned = vi.spyOn(console, "warn").mockReturnValue();
  const spied = vi.spyOn(objects, "storeCopy").mockRejectedValue(new Error("not just now (a test's fault)"));
  await world.deliver(someSpans(TRACE, 1, 1, { "session.id": "A" }));
  await world.until(async () => await Promise.resolve(warned.mock.calls.length > 0));
  spied.mockRestore();
  world.pass(-HOUR);
  await world.deliver(someSpans(TRACE, 2, 1));
  await world.until(async () => (await spansOf("A")) === 2);
});

test("sessions that were active before the clock was set back do not slow down the reports of others", () => {
  const active = new ActiveSessions();
  const now = Date.now();
  for (let n = 0; n < 2_000; n++) active.interval(`before ${n}`, now);
  expect(active.interval("one", now)).toBe(10_005);
  expect(active.interval("one", now - HOUR)).toBe(2_000);
  for (let n = 0; n < 2_000; n++) active.interval(`after ${n}`, now - HOUR);
  expect(active.interval("one", now - HOUR)).toBe(10_005);
});

test("the list checks its sessions within a day although the clock was set back", async () => {
  await world.deliver(someSpans(TRACE, 1, 1));
  await world.rest(IDS);
  world.pass(-240 * HOUR);
  await world.deliver(someSpans(OTHER, 1, 1));
  await world.rest(IDS);
  const alarm = async () => await runInDurableObject(directory(), async (_, { storage }) => await storage.getAlarm());
  await world.until(async () => ((await alarm()) ?? Number.POSITIVE_INFINITY) <= Date.now() + 24 * HOUR);
});
