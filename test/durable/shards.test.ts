import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { DueRows } from "../../src/durable/session/due-rows.ts";
import { decodeChunkFacts } from "../../src/durable/session/log/chunk-facts.ts";
import { LogFold } from "../../src/durable/session/log/log-fold.ts";
import { LogMemory } from "../../src/durable/session/log-memory.ts";
import { SessionObject } from "../../src/durable/session/object.ts";
import { directoryOf, objectAt, sessionAt, shardName, shardOf } from "../../src/place.ts";
import { deliveryOf } from "./deliveries.ts";
import { Faults } from "./faults.ts";
import { PATIENCE } from "./receivers.ts";
import { exportOf, someSpans, traceIdOf } from "./spans.ts";
import { openStream, Viewer } from "./viewer.ts";
import * as world from "./world.ts";

const TRACES = Array.from({ length: 12 }, (_, n) => traceIdOf(`trace ${n}`));
const [FIRST = "", SECOND = ""] = TRACES;

beforeEach(async () => {
  // All logs in one object.
  world.divide(1);
  await world.freshWorld();
});
afterEach(() => {
  world.divide();
  vi.restoreAllMocks();
});

const shard = () => env.SESSIONS.get(env.SESSIONS.idFromName(shardName("default", 0)));

/** Of the only session in the list. */
async function listedSpans(): Promise<number | undefined> {
  const { sessions } = await (await world.request("/sessions?kind=all")).json<{ sessions: { spans: number }[] }>();
  return sessions[0]?.spans;
}

async function spansOf(id: string): Promise<number | undefined> {
  return (await world.readSession(id))?.session.spans;
}

describe("the number of shards", () => {
  test("is what the directory stored first, and a shard refuses another", async () => {
    const directory = directoryOf(env, "kept");
    expect(await directory.shards(4)).toBe(4);
    expect(await directory.shards(16)).toBe(4);

    const caller = { tenant: "kept" };
    await objectAt(env, caller, { name: shardName(caller.tenant, 0) }, 4).append([deliveryOf(someSpans(FIRST, 1, 1))]);
    await runInDurableObject(env.SESSIONS.get(env.SESSIONS.idFromName(shardName("kept", 0))), (instance) => {
      const append = () => instance.append({ ...caller, shards: 16 }, [deliveryOf(someSpans(FIRST, 2, 1))]);
      expect(append).toThrow("divided into 4 shards");
    });
  });

  test("spreads logs evenly, whatever their names", () => {
    for (const name of [(n: number) => `session ${n}`, (n: number) => traceIdOf(`t${n}`), (n: number) => `${n}`]) {
      const counts = Array.from({ length: 16 }, () => 0);
      for (let n = 0; n < 16_000; n++) {
        const at = shardOf(name(n), 16);
        counts[at] = (counts[at] ?? 0) + 1;
      }
      expect(Math.min(...counts), String(name)).toBeGreaterThan(500);
      expect(Math.max(...counts), String(name)).toBeLessThan(1_500);
    }
  });
});

describe("a request of many traces", () => {
  test("is one call of their shard, answered trace by trace", async () => {
    const calls = vi.spyOn(SessionObject.prototype, "append");
    await world.deliver(TRACES.flatMap((traceId) => someSpans(traceId, 1, 2)));
    expect(calls.mock.calls.map(([, deliveries]) => deliveries.length)).toEqual([TRACES.length]);
    for (const traceId of TRACES) expect(await spansOf(traceId)).toBe(2);
  });

  test("of which one fails is 503, has stored the others, and the retry completes it", async () => {
    vi.spyOn(console, "warn").mockReturnValue();
    const faults = await Faults.install();
    await world.emptyWorld();
    let transactions = 0;
    faults.follow(({ kind }) => (kind === "transaction" && ++transactions === 5 ? "it is undone" : undefined));
    const body = exportOf(TRACES.flatMap((traceId) => someSpans(traceId, 1, 2)));
    const response = await world.post(body);
    faults.end();
    expect([response.status, response.headers.get("retry-after")]).toEqual([503, "1"]);
    const stored = [];
    for (const traceId of TRACES) stored.push(await spansOf(traceId));
    expect(stored.filter((spans) => spans === undefined)).toHaveLength(1);
    expect((await world.post(body)).status).toBe(200);
    for (const traceId of TRACES) expect(await spansOf(traceId)).toBe(2);
    faults.remove();
  });
});

describe("logs of one shard", () => {
  test("keep generation, revisions and watchers apart", async () => {
    await world.deliver(someSpans(FIRST, 1, 1));
    await world.deliver(someSpans(SECOND, 1, 1));
    const [first, second] = [new Viewer(FIRST), new Viewer(SECOND)];
    for (const viewer of [first, second]) {
      await viewer.connect();
      await viewer.readUntil(({ event }) => event.type === "bookmark");
    }
    for (let n = 2; n < 6; n++) await world.deliver(someSpans(FIRST, n, 1));
    await first.readUntil(({ at }) => at?.endsWith(".5") === true);
    await world.deliver(someSpans(SECOND, 2, 1));
    await second.readUntil(({ at }) => at?.endsWith(".2") === true);
    const spans = (viewer: Viewer) => viewer.seen.filter(({ event }) => event.type === "spans").map(({ at }) => at);
    expect([spans(first).length, spans(second).length]).toEqual([5, 2]);
    for (const viewer of [first, second]) await viewer.disconnect();
  });

  test("are deleted by themselves: rows, streams and fences of the others stay", async () => {
    for (const traceId of TRACES) await world.deliver(someSpans(traceId, 1, 2));
    await world.rest(TRACES);
    const [deleted, other] = [await openStream(`/sessions/${FIRST}`), await openStream(`/sessions/${SECOND}`)];
    for (const stream of [deleted, other]) await stream.readUntil(({ event }) => event.type === "bookmark");
    expect((await world.request(`/sessions/${FIRST}`, { method: "DELETE" })).status).toBe(204);
    await deleted.readUntil(({ event }) => event.type === "deleted");
    expect(await world.tables(FIRST)).toEqual([]);
    for (const traceId of TRACES.slice(1)) expect(await spansOf(traceId)).toBe(2);
    await world.deliver(someSpans(SECOND, 3, 1));
    await other.readUntil(({ at }) => at?.endsWith(".2") === true);
    for (const stream of [deleted, other]) await stream.close();
  });

  test("owe nothing at rest: no row stands in `due`", async () => {
    await world.deliver(TRACES.flatMap((traceId) => someSpans(traceId, 1, 1, { "session.id": "A" })));
    await world.rest(["A", ...TRACES]);
    const due = await runInDurableObject(shard(), (_, { storage }) => storage.sql.exec("SELECT * FROM due").toArray());
    expect(due).toEqual([]);
    await world.evict(FIRST);
    const calls = [vi.spyOn(SessionObject.prototype, "storeCopy"), vi.spyOn(SessionObject.prototype, "queryReplicas")];
    expect(await spansOf("A")).toBe(TRACES.length);
    for (const call of calls) expect(call).not.toHaveBeenCalled();
  });

  test("write when they are due once, and not with each job", async () => {
    const spans = (n: number) => someSpans(FIRST, n, 1, { "session.id": "A" });
    await world.deliver(spans(1));
    await vi.waitFor(async () => expect(await spansOf("A")).toBe(1), PATIENCE);
    const writes = [vi.spyOn(DueRows.prototype, "set"), vi.spyOn(DueRows.prototype, "remove")];
    for (let n = 2; n < 6; n++) {
      await world.deliver(spans(n));
      await vi.waitFor(async () => expect(await spansOf("A")).toBe(n), PATIENCE);
    }
    for (const write of writes) expect(write).not.toHaveBeenCalled();
  });

  test("of a live session write one time a report, which the next delivery finds, and remove the last", async () => {
    let n = 0;
    const deliver = async () => await world.deliver(someSpans(FIRST, ++n, 1));
    const fire = async (millis: number) => {
      world.pass(millis);
      await world.fireAlarm(FIRST);
    };
    await deliver();
    await fire(1_000);
    const set = vi.spyOn(DueRows.prototype, "set");
    const removed = vi.spyOn(DueRows.prototype, "remove");
    const written = () => [set.mock.calls.length, removed.mock.calls.length];
    await deliver();
    expect(written()).toEqual([1, 0]);
    for (let reports = 1; reports <= 3; reports++) {
      await fire(2_000);
      expect(await listedSpans()).toBe(n);
      expect(written()).toEqual([1 + reports, 0]);
      await deliver();
      expect(written()).toEqual([1 + reports, 0]);
    }
    await fire(2_000);
    expect([await listedSpans(), ...written()]).toEqual([n, 5, 0]);
    await fire(2_000);
    expect(written()).toEqual([5, 1]);
  });

  test("that are deleted leave their room to others", async () => {
    const directory = env.DIRECTORY.get(env.DIRECTORY.idFromName("default/directory"));
    const sums = async (object: DurableObjectStub, sum: string, tables: readonly string[]) =>
      await runInDurableObject(object, (_, { storage }) =>
        tables.map((table) => storage.sql.exec<{ n: number }>(`SELECT ${sum} AS n FROM ${table}`).one().n),
      );
    const size = async () => await runInDurableObject(shard(), (_, { storage }) => storage.sql.databaseSize);
    const sizes: number[] = [];
    const words: number[] = [];
    for (let month = 0; month < 8; month++) {
      const ids = Array.from({ length: 40 }, (_, n) => traceIdOf(`${month} ${n}`));
      await world.deliver(ids.flatMap((traceId) => someSpans(traceId, 1, 5)));
      await world.rest(ids);
      for (const id of ids) await world.request(`/sessions/${id}`, { method: "DELETE" });
      world.pass(30 * 86_400_000);
      for (let day = 0; day < 3; day++) await world.fireAlarm(FIRST);
      // Nothing is removed later that would expire the list's tombstones.
      await runDurableObjectAlarm(directory);
      sizes.push(await size());
      words.push(...(await sums(directory, "sum(length(block))", ["words_data"])));
    }
    expect(Math.max(...sizes.slice(2))).toBeLessThanOrEqual((sizes[1] ?? 0) * 1.1);
    // The index of words loses what was deleted with every fourth merge.
    expect(Math.max(...words.slice(4))).toBeLessThanOrEqual(Math.max(...words.slice(0, 4)) * 1.1);
    const left = [
      await sums(shard(), "count(*)", ["log", "due", "trace", "chunk", "value"]),
      await sums(directory, "count(*)", ["session", "summary", "search", "words_docsize", "tombstone"]),
    ];
    expect(left).toEqual([
      [0, 0, 0, 0, 0],
      [0, 0, 0, 0, 0],
    ]);
  });

  test("may have any name", async () => {
    const names = ["ü".repeat(128), "a b/c?view=trace&log=x#y", "session trace", "%00"];
    for (const [n, name] of names.entries())
      await world.deliver(someSpans(TRACES[n] ?? "", 1, n + 1, { "session.id": name }));
    await world.rest([...names, ...TRACES]);
    for (const [n, name] of names.entries()) {
      const stream = await openStream(`/sessions/${encodeURIComponent(name)}`);
      await stream.readUntil(({ event }) => event.type === "bookmark");
      await world.deliver(someSpans(TRACES[n] ?? "", 10, 1, { "session.id": name }));
      await stream.readUntil(({ event }) => event.type === "spans");
      await stream.close();
      expect(await spansOf(name), name).toBe(n + 2);
    }
  });
});

test("the least recently used logs of all shards leave memory first, and none at work does", () => {
  const [one, other] = [new LogMemory(), new LogMemory()];
  const log = (id: string, isActive = false) => ({ id, weight: 10_000_000, isActive });
  const busy = log("busy", true);
  one.add(busy);
  one.add(log("a"));
  other.add(log("b"));
  one.get("a");
  world.pass(11_000);
  other.add(log("c"));
  expect(["busy", "a", "b", "c"].map((id) => (one.get(id) ?? other.get(id)) !== undefined)).toEqual([
    true,
    true,
    false,
    true,
  ]);
  busy.isActive = false;
});

test("logs that are used in turn stay in memory together: all large ones, and small ones up to as much as all have else", () => {
  const logs = new LogMemory();
  const large = ["a", "b", "c", "d", "e", "f", "g", "h"];
  for (const id of large) logs.add({ id, weight: 10_000_000, isActive: false });
  const small = Array.from({ length: 70 }, (_, n) => `small ${n}`);
  for (const id of small) logs.add({ id, weight: 500_000, isActive: false });
  // 32 MB are 64 of them; logs of other tests are in memory too.
  const evicted = small.filter((id) => logs.get(id) === undefined);
  expect(evicted).toEqual(small.slice(0, evicted.length));
  expect([6, 7]).toContain(evicted.length);
  expect(large.filter((id) => logs.get(id) === undefined)).toEqual([]);
  world.pass(11_000);
  // The one that is used now stays, and those that were used last.
  expect(large.filter((id) => logs.get(id) === undefined)).toEqual(["b", "c", "d", "e", "f"]);
});

test("a log weighs what its fold holds, also the spans that another session shows", () => {
  const { facts } = deliveryOf(someSpans(FIRST, 1, 30));
  const weightOf = (isVisible: boolean) => {
    const fold = new LogFold(0);
    const chunk = { revision: 1, traceRevision: 1, received: 0, bytes: 0, facts };
    fold.admit(FIRST, decodeChunkFacts("spans", facts) ?? { kind: "spans", facts: [] }, chunk, {
      isVisible,
      isOwned: true,
    });
    return fold.weight;
  };
  expect(weightOf(false)).toBe(weightOf(true));
  expect(weightOf(false)).toBeGreaterThan(new LogFold(0).weight);
});

test("a log that is read only makes no rows", async () => {
  expect((await sessionAt(env, world.caller(), "nobody").peek("session")).state).toBe("absent");
  expect(await world.tables("nobody")).toEqual([]);
});
