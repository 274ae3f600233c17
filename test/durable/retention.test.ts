import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { SessionObject } from "../../src/durable/session/object.ts";
import { DEFAULT_RETENTION, retentionSlack } from "../../src/session/contract/retention.ts";
import type { Retention } from "../../src/session/contract/retention.ts";
import { Random } from "../session/seeded-random.ts";
import { deliveryOf } from "./deliveries.ts";
import { oneStrike } from "./faults.ts";
import { installFaults, strikeExpiry } from "./expiry-scenario.ts";
import { directory } from "./reported.ts";
import { aSpan, someSpans, traceIdOf } from "./spans.ts";
import { openStream, Viewer } from "./viewer.ts";
import * as world from "./world.ts";

const OLD = traceIdOf("old");
const YOUNG = traceIdOf("young");
const IDS = [OLD, YOUNG, "A", "B"];

/** Numbers from 1 to 1,200. */
const SERIES =
  "(WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < 1200) SELECT value FROM n)";
const DAY = 86_400_000;
const MAX_AGE = DEFAULT_RETENTION.maxAge ?? 0;
const EXPIRED = MAX_AGE + retentionSlack(MAX_AGE);

beforeEach(async () => {
  world.stopClock();
  await world.emptyWorld();
});

/** Lets time pass, and fires each alarm that is due until then once. */
async function passAndFire(millis: number): Promise<string[]> {
  world.pass(millis);
  const rung: string[] = [];
  for (const id of IDS) {
    const alarm = await world.alarmOf(id);
    if (alarm === null || alarm > Date.now()) continue;
    await world.fireAlarm(id);
    rung.push(id);
  }
  await world.rest(IDS);
  return rung;
}

async function retentionOf(path: string): Promise<Retention | undefined> {
  return (await world.readPath<{ retention?: Retention }>(path))?.retention;
}

const nanos = (millis: number) => `${millis}000000`;

describe("a trace that was silent for 30 days", () => {
  // spec: RET-7
  test("expires with its session's log, values and row, and streams end with `deleted`", async () => {
    await world.deliver([aSpan(OLD, 1, {}, { "input.value": "word ".repeat(4_000) })]);
    await world.rest(IDS);
    const stream = await openStream(`/sessions/${OLD}`);
    await stream.readUntil(({ event }) => event.type === "bookmark");
    await passAndFire(EXPIRED - DAY);
    expect((await world.readSession(OLD))?.session.spans).toBe(1);
    await passAndFire(DAY);
    expect(await world.readSession(OLD)).toBeUndefined();
    expect(await world.tables(OLD)).toEqual([]);
    expect(await world.listed("all")).toEqual([]);
    const seen = await stream.readUntil(({ event }) => event.type === "deleted");
    expect(seen.at(-1)?.event.type).toBe("deleted");
    await stream.close();
  });

  // spec: RET-5
  test("expires whole from a session that continues, at its owner too, and viewers get `gone`", async () => {
    await world.deliver(someSpans(OLD, 1, 3, { "session.id": "A" }));
    world.pass(5 * DAY);
    await world.deliver(someSpans(YOUNG, 1, 2, { "session.id": "A" }));
    await world.rest(IDS);
    const viewer = new Viewer("A");
    await viewer.connect();
    await viewer.readUntil(({ event }) => event.type === "bookmark");
    await passAndFire(EXPIRED - 5 * DAY);
    const session = await world.readSession("A");
    expect([session?.session.spans, session?.session.traces]).toEqual([2, 1]);
    expect(await world.readTrace(OLD)).toBeUndefined();
    expect(await world.tables(OLD)).toEqual([]);
    await viewer.readUntil(({ event }) => event.type === "bookmark");
    await viewer.disconnect();
    expect(viewer.seen.map(({ event }) => event.type).filter((type) => type === "gone" || type === "reset")).toEqual([
      "gone",
    ]);
    expect(viewer.view.summary()).toMatchObject({ spans: 2, traces: 1 });
    expect((await world.listed("all")).map(({ id, spans }) => [id, spans])).toEqual([["A", 2]]);
    const tombstones = (await world.rowsOf<{ kind: string }>("A", "chunk")).filter(({ kind }) => kind === "tombstone");
    expect(tombstones).toHaveLength(1);
  });

  // spec: RET-4
  test("counts from its last arrival: late spans retain the trace", async () => {
    await world.deliver(someSpans(OLD, 1, 2, { "session.id": "A" }));
    await world.rest(IDS);
    world.pass(20 * DAY);
    await world.deliver(someSpans(OLD, 3, 1));
    await world.rest(IDS);
    await passAndFire(EXPIRED - 20 * DAY);
    expect((await world.readSession("A"))?.session.spans).toBe(3);
    await passAndFire(20 * DAY + DAY);
    for (const id of ["A", OLD]) expect(await world.tables(id), id).toEqual([]);
  });

  // spec: RET-8
  test("is retained while its owner has spans that were not copied yet", async () => {
    await world.deliver(someSpans(OLD, 1, 1, { "session.id": "A" }));
    await world.rest(IDS);
    world.pass(EXPIRED);
    // The owner cannot reach the session.
    vi.spyOn(console, "warn").mockReturnValue();
    const objects: { storeCopy: (...given: Parameters<SessionObject["storeCopy"]>) => unknown } =
      SessionObject.prototype;
    const spied = vi.spyOn(objects, "storeCopy").mockRejectedValue(new Error("not just now (a test's fault)"));
    await world.deliver(someSpans(OLD, 2, 1));
    const now = Date.now();
    await world.fireAlarm("A");
    expect((await world.readTrace(OLD))?.session).toBe("A");
    expect(now).toBe(Date.now());
    spied.mockRestore();
    await world.rest([OLD]);
    expect((await world.readSession("A"))?.session.spans).toBe(2);
  });

  test("begins a new generation with new spans, also for viewers of the trace", async () => {
    await world.deliver(someSpans(OLD, 1, 2));
    // Another trace retains the object of that name.
    world.pass(5 * DAY);
    await world.deliver(someSpans(YOUNG, 1, 1, { "session.id": OLD }));
    await world.rest(IDS);
    const follower = new Viewer(OLD, `/traces/${OLD}`);
    await follower.connect();
    await follower.readUntil(({ event }) => event.type === "bookmark");
    await follower.disconnect();
    await passAndFire(EXPIRED - 5 * DAY);
    expect((await world.readSession(OLD))?.session.spans).toBe(1);
    expect(await follower.connect()).toBe(404);
    await world.deliver(someSpans(OLD, 7, 1));
    await world.rest(IDS);
    await follower.connect();
    await follower.readUntil(({ event }) => event.type === "bookmark");
    await follower.disconnect();
    expect(Array.from(follower.view.spans(), ({ span }) => span.name)).toEqual(["span 7"]);
    expect((await world.readSession(OLD))?.session.spans).toBe(2);
  });

  test("expires if its owner deleted it, and began anew for another session before the answer", async () => {
    await world.deliver(someSpans(OLD, 1, 2, { "session.id": "A" }));
    await world.rest(IDS);
    const [{ epoch } = { epoch: 0 }] = await world.rowsOf<{ epoch: number }>("A", "trace");
    world.pass(EXPIRED);
    const released = { traceId: OLD, session: "A", epoch, newest: Date.now(), revision: 1 };
    expect(await world.calls(OLD).deleteTrace(released)).toMatchObject({ outcome: "deleted", epoch });
    world.pass(1);
    await world.deliver(someSpans(OLD, 7, 1, { "session.id": "B" }));
    await world.rest(IDS);
    await world.fireAlarm("A");
    await world.rest(IDS);
    expect((await world.listed("all")).map(({ id, spans }) => [id, spans])).toEqual([["B", 1]]);
    expect(await world.readSession("A")).toBeUndefined();
  });

  test("leaves no object that only redirects", async () => {
    await world.deliver(someSpans(OLD, 1, 2, { "gen_ai.conversation.id": "B" }));
    await world.rest(IDS);
    await world.deliver(someSpans(OLD, 3, 1, { "session.id": "A" }));
    await world.rest(IDS);
    expect(await world.moved("B")).toEqual(["A"]);
    // No instance stays in memory for a month.
    for (const id of IDS) await world.evict(id);
    await passAndFire(EXPIRED);
    for (const id of IDS) await world.evict(id);
    await passAndFire(EXPIRED);
    for (const id of [OLD, "A", "B"]) expect(await world.tables(id), id).toEqual([]);
  });

  test("causes no wake before: a session has one alarm, and an owner of a moved trace has none", async () => {
    await world.deliver(someSpans(OLD, 1, 2, { "session.id": "A" }));
    const arrived = Date.now();
    await world.rest(IDS);
    expect(await world.alarmOf("A")).toBe(arrived + EXPIRED);
    expect(await world.alarmOf(OLD)).toBeNull();
    await world.evict("A");
    await world.readSession("A");
    expect(await world.alarmOf("A")).toBe(arrived + EXPIRED);
  });
});

test("more traces than one run expires all expire, and the session with them", async () => {
  await world.copies("A", 520);
  expect((await world.readSession("A"))?.session.traces).toBe(520);
  world.pass(EXPIRED);
  await world.fireAlarm("A");
  expect((await world.readSession("A"))?.session.traces).toBe(20);
  await world.rest(["A"]);
  expect(await world.readSession("A")).toBeUndefined();
  expect(await world.tables("A")).toEqual([]);
});

// spec: CURSOR-3
test("many old tombstones expire: a client that resumes reads from the beginning", async () => {
  await world.copies("A", 3);
  const viewer = new Viewer("A");
  await viewer.connect();
  await viewer.readUntil(({ event }) => event.type === "bookmark");
  await viewer.disconnect();
  const tombstones = `INSERT INTO chunk SELECT {first} + 100 + value, 'gone', 0, 'tombstone', ?, 'identity', '{"encoding":"json","spans":0}', NULL,
    '', x'', 1, 0 FROM ${SERIES}`;
  await world.change("A", tombstones, Date.now() - 8 * DAY);
  // The session wakes only if a job is due.
  await world.calls("A").expireOverdue();
  const left = await world.rowsOf<{ kind: string }>("A", "chunk");
  expect(left.map(({ kind }) => kind)).toEqual(["spans", "spans", "spans"]);
  await viewer.connect();
  await viewer.readUntil(({ event }) => event.type === "bookmark");
  await viewer.disconnect();
  expect(viewer.seen.map(({ event }) => event.type)).toContain("reset");
  expect(viewer.view.summary()).toMatchObject({ traces: 3 });
});

describe("with a fault at any step of an expiry", () => {
  installFaults();

  // All faults at each step take a minute: expiry.slow.test.ts has them.
  test.each(["stays", "goes"] as const)("old traces expire everywhere, and no others: the rest %s", async (rest) => {
    await strikeExpiry(rest, oneStrike(0));
  });
});

describe("storage usage is reported", () => {
  test("with a session, its stream and the list", async () => {
    await world.deliver(someSpans(OLD, 1, 2, { "session.id": "A" }));
    const first = Date.now();
    world.pass(DAY);
    await world.deliver(someSpans(YOUNG, 1, 2, { "session.id": "A" }));
    await world.rest(IDS);
    const expected = { maxAge: 30 * 86_400, oldest: nanos(first) };
    expect(await retentionOf("/sessions/A")).toEqual({ ...expected, bytes: expect.any(Number), maxBytes: 1e9 });
    expect(await retentionOf("/sessions")).toEqual({ ...expected, bytes: expect.any(Number), maxBytes: 1e10 });
    const stream = await openStream("/sessions/A");
    const seen = await stream.readUntil(({ event }) => event.type === "bookmark");
    await stream.close();
    expect(seen.find(({ event }) => event.type === "session")?.event).toMatchObject({ retention: expected });
    await world.deliver(someSpans(OLD, 3, 1));
    await world.rest(IDS);
    expect((await retentionOf("/sessions"))?.oldest).toBe(nanos(first + DAY + 1));
  });

  // Each shard has some 60 kB of tables beside it.
  test("near what lies on disk, with the owners of a session's traces", async () => {
    world.divide(1);
    // The pages that a moved log leaves are used by others later.
    world.moveLogs({ items: Number.POSITIVE_INFINITY });
    await world.emptyWorld();
    const random = new Random(1);
    const note = () => Array.from({ length: 40 }, () => random.below(2 ** 31).toString(36)).join(" ");
    const bare = Array.from({ length: 150 }, (_, n) => traceIdOf(`bare ${n}`));
    const bound = Array.from({ length: 50 }, (_, n) => traceIdOf(`bound ${n}`));
    for (const traceId of bare) await world.deliver(someSpans(traceId, 1, 10, { note: note() }));
    for (const traceId of bound)
      await world.deliver(someSpans(traceId, 1, 40, { "session.id": "A" }).map((span) => ({ ...span, name: note() })));
    await world.rest(["A", ...bare, ...bound]);
    const sizes = [];
    for (const object of [world.objectOf("A"), directory()])
      sizes.push(await runInDurableObject(object, (_, { storage }) => storage.sql.databaseSize));
    const size = sizes.reduce((sum, bytes) => sum + bytes, 0);
    const { bytes = 0 } = (await retentionOf("/sessions?kind=all")) ?? {};
    world.divide();
    world.moveLogs();
    expect(bytes / size).toBeGreaterThan(0.8);
    expect(bytes / size).toBeLessThan(1.2);
  });

  test("near the file of a log that has moved", async () => {
    const random = new Random(1);
    const note = () => Array.from({ length: 40 }, () => random.below(2 ** 31).toString(36)).join(" ");
    for (let n = 0; n < 51; n++)
      await world.deliver(someSpans(OLD, 1 + 40 * n, 40).map((span) => ({ ...span, name: note() })));
    await world.rest([OLD]);
    expect(await world.hasMoved(OLD)).toBe(true);
    const size = await runInDurableObject(world.ownObjectOf(OLD), (_, { storage }) => storage.sql.databaseSize);
    const { bytes = 0 } = (await retentionOf("/sessions?kind=all")) ?? {};
    expect(bytes / size).toBeGreaterThan(0.8);
    expect(bytes / size).toBeLessThan(1.2);
  });
});

describe("the list checks its sessions", () => {
  const fireDirectoryAlarm = async () =>
    await runInDurableObject(directory(), async (instance) => await instance.alarm());

  test("and calls a session whose alarm was lost", async () => {
    await world.deliver(someSpans(OLD, 1, 2, { "session.id": "A" }));
    await world.rest(IDS);
    await world.change("A", "DELETE FROM due");
    await world.change("A", "UPDATE log SET wake = NULL");
    world.pass(EXPIRED + 2 * DAY);
    await fireDirectoryAlarm();
    await world.rest(IDS);
    for (const id of ["A", OLD]) expect(await world.tables(id), id).toEqual([]);
    expect(await world.listed("all")).toEqual([]);
  });

  test("and deletes the row of a session that does not exist", async () => {
    await world.deliver(someSpans(OLD, 1, 2));
    await world.rest(IDS);
    await runInDurableObject(world.objectOf(OLD), async (_, { storage }) => await storage.deleteAll());
    await world.evict(OLD);
    world.pass(EXPIRED + 2 * DAY);
    await fireDirectoryAlarm();
    expect(await world.listed("all")).toEqual([]);
  });

  test("once a day by its own alarm", async () => {
    await world.deliver(someSpans(OLD, 1, 2));
    await world.rest(IDS);
    const alarm = await runInDurableObject(directory(), async (_, { storage }) => await storage.getAlarm());
    expect((alarm ?? 0) - Date.now()).toBeGreaterThan(DAY / 2);
    expect((alarm ?? 0) - Date.now()).toBeLessThanOrEqual(DAY);
  });
});

// spec: RET-9
test("beyond the maximum of all sessions the least recently active ones are deleted whole, and the list has their number", async () => {
  vi.spyOn(console, "warn").mockReturnValue();
  const names = ["first", "second", "third", "fourth"].map(traceIdOf);
  for (const traceId of names) {
    await world.deliver(someSpans(traceId, 1, 2));
    world.pass(60_000);
  }
  // The first is active again: now the second is the least recently active.
  await world.deliver(someSpans(names[0] ?? "", 3, 1));
  await world.rest(names);
  // Stands for sessions of this size: three fit, the fourth does not.
  await runInDurableObject(directory(), (_, { storage }) => void storage.sql.exec("UPDATE session SET bytes = 3e9"));
  await evictDurableObject(directory());
  await runInDurableObject(directory(), async (instance) => await instance.alarm());
  await world.rest(names);
  expect((await world.listed("all")).map(({ id }) => id).toSorted()).toEqual(
    names.filter((_, n) => n !== 1).toSorted(),
  );
  expect(await world.tables(names[1] ?? "")).toEqual([]);
  expect(await retentionOf("/sessions?kind=all")).toMatchObject({
    bytes: 9e9,
    maxBytes: 1e10,
    deleted: { sessions: 1, at: expect.stringMatching(/^\d+000000$/) },
  });
});

test("without a maximum age, no session wakes for expiry", async () => {
  await runInDurableObject(world.objectOf(OLD), async (_, ctx) => {
    const object = new SessionObject(ctx, { ...env, RETENTION_DAYS: "forever", MAX_SESSION_BYTES: "2KB" });
    await object.append(world.caller(), [deliveryOf(someSpans(OLD, 1, 1))]);
    await object.alarm();
    const page = await object.read(world.callerOf(OLD), "session", undefined, 1_000);
    if ("outcome" in page) throw new Error(page.outcome);
    expect(page.state === "present" && page.retention).toEqual({ bytes: expect.any(Number), maxBytes: 2_000 });
    const most = await object.append(world.caller(), [deliveryOf(someSpans(OLD, 2, 500))]);
    expect(most).toEqual([{ outcome: "full", reason: "the session would hold more than 2000 bytes, its ceiling" }]);
  });
  await world.evict(OLD);
});
