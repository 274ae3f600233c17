import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { directoryOf, rememberPlace, shardOf } from "../../src/place.ts";
import { law, seedsFrom } from "../law.ts";
import { Random } from "../session/seeded-random.ts";
import { oneStrike } from "./faults.ts";
import type { Faults } from "./faults.ts";
import { generateSession } from "./generated-session.ts";
import { aRecord } from "./log-records.ts";
import { moveLogsEarly, namesIn, SlowCalls } from "./moving-logs.ts";
import { OTHER, TRACE } from "./receivers.ts";
import { aSpan, someSpans, traceIdOf } from "./spans.ts";
import * as world from "./world.ts";

let faults: Faults;
moveLogsEarly((installed) => (faults = installed));

async function deliver(sent: Parameters<typeof world.deliver>[0], ids: readonly string[] = [TRACE]): Promise<void> {
  await world.deliver(sent);
  await faults.quiet();
  await world.rest(ids);
}

const versionOf = async (id: string) => (await world.readSession(id))?.resourceVersion;

describe("a log that has moved, and whose shard lost its file", () => {
  /** A start of the program with an empty file of the shard. An object that is evicted and not called again would be there in the next test too. */
  async function loseShard(...moved: readonly string[]): Promise<void> {
    await world.lose(world.objectOf(TRACE));
    for (const id of moved) await evictDurableObject(world.ownObjectOf(id));
    for (const id of [TRACE, OTHER, "A", "B", ...moved]) rememberPlace(world.caller(), id, { outcome: "elsewhere" });
  }

  async function rebuild(own?: readonly { readonly object: string; readonly log: string }[]): Promise<unknown> {
    const body = own === undefined ? {} : { body: JSON.stringify({ own }) };
    const response = await world.request("/admin/rebuild", { method: "POST", ...body });
    await faults.quiet();
    const answer = await response.json();
    return answer;
  }

  const fileOf = (id: string) => ({ object: world.ownObjectOf(id).id.toString(), log: id });
  const damaged = async () => (await world.listed("all")).flatMap(({ id, damaged: is }) => (is === true ? [id] : []));
  const spansFrom = (first: number, last: number) =>
    Array.from({ length: last - first + 1 }, (_, n) => `span ${first + n}`);

  /** A session with more than 1 KB. */
  async function deliverLarge(session: string): Promise<void> {
    for (let turn = 0; turn < 6; turn++)
      await deliver(someSpans(TRACE, 1 + 20 * turn, 20, { "session.id": session, turn: crypto.randomUUID() }), [
        TRACE,
        session,
      ]);
  }

  // spec: MOVE-5
  test("is found again, under its versions, by the list alone", async () => {
    await deliver(someSpans(TRACE, 1, 5));
    const version = await versionOf(TRACE);
    await loseShard(TRACE);
    expect(await world.readSession(TRACE)).toBeUndefined();
    expect(await rebuild()).toMatchObject({ adopted: 1, damaged: 0 });
    await world.rest([TRACE]);
    expect(await versionOf(TRACE)).toBe(version);
    expect(await namesIn(TRACE)).toEqual(spansFrom(1, 5));
    expect(await world.filled(world.objectOf(TRACE))).toEqual(["log"]);
    await deliver(someSpans(TRACE, 6, 2));
    expect(await namesIn(TRACE)).toEqual(spansFrom(1, 7));
    expect(await damaged()).toEqual([]);
    expect(await rebuild()).toMatchObject({ adopted: 0, damaged: 0 });
  });

  test("is found while the caller reads how far it is", async () => {
    const ids = Array.from({ length: 21 }, (_, n) => traceIdOf(`large ${n}`));
    for (const id of ids) await deliver(someSpans(id, 1, 4), [id]);
    await loseShard(...ids);
    const answer = await world.request("/admin/rebuild", {
      method: "POST",
      headers: { accept: "application/x-ndjson, application/json" },
      body: JSON.stringify({ own: ids.map(fileOf) }),
    });
    expect(answer.headers.get("content-type")).toBe("application/x-ndjson");
    const lines = (await answer.text()).trimEnd().split("\n");
    const steps = lines.map((line): unknown => JSON.parse(line));
    expect(steps.slice(0, 2)).toEqual([
      { logs: 0, damaged: 0, adopted: 20, unanswered: 0 },
      { logs: 0, damaged: 0, adopted: 21, unanswered: 0 },
    ]);
    expect(steps.at(-1)).toEqual({ logs: 21, damaged: 0, adopted: 21, unanswered: 0, complete: true });
  });

  // spec: MOVE-5
  test("is found again by its file, also where the list has no session of its id", async () => {
    await deliver(someSpans(TRACE, 1, 5, { "session.id": "A" }), [TRACE, "A"]);
    expect([await world.hasMoved(TRACE), await world.hasMoved("A")]).toEqual([true, true]);
    await loseShard(TRACE, "A");
    const other = { object: "0".repeat(64), log: OTHER };
    expect(await rebuild([fileOf(TRACE), fileOf("A"), other])).toMatchObject({ adopted: 2, damaged: 0 });
    await world.rest([TRACE, "A"]);
    await deliver(someSpans(TRACE, 6, 1), [TRACE, "A"]);
    expect(await namesIn("A")).toEqual(spansFrom(1, 6));
    expect((await world.readTrace(TRACE))?.session).toBe("A");
  });

  // spec: MOVE-5
  test("has what a new log of its id took meanwhile", async () => {
    await deliver(someSpans(TRACE, 1, 5));
    await loseShard(TRACE);
    // One of them was sent before.
    await deliver(someSpans(TRACE, 5, 3));
    expect(await namesIn(TRACE)).toEqual(spansFrom(5, 7));
    expect(await rebuild([fileOf(TRACE)])).toMatchObject({ adopted: 1, damaged: 0 });
    await world.rest([TRACE]);
    expect(await world.hasMoved(TRACE)).toBe(true);
    expect(await namesIn(TRACE)).toEqual(spansFrom(1, 7));
    expect((await world.listed("all")).map(({ id, spans }) => [id, spans])).toEqual([[TRACE, 7]]);
    expect(await world.filled(world.objectOf(TRACE))).toEqual(["log"]);
  });

  // spec: MOVE-5
  test("and has no room for a trace that came meanwhile: that one is its own session", async () => {
    await deliverLarge("A");
    await loseShard(TRACE, "A");
    await deliver([aSpan(OTHER, 500, {}, { "session.id": "A" })], [TRACE, OTHER, "A"]);
    Object.assign(env, { MAX_SESSION_BYTES: "1KB" });
    try {
      expect(await rebuild([fileOf(TRACE), fileOf("A")])).toMatchObject({ adopted: 2 });
      await world.rest([TRACE, OTHER, "A"]);
      expect(await namesIn("A")).toEqual(spansFrom(1, 120));
      expect(await namesIn(OTHER)).toEqual(["span 500"]);
    } finally {
      Reflect.deleteProperty(env, "MAX_SESSION_BYTES");
    }
  });

  // spec: MOVE-3
  test.each([undefined, "it is not sent", "its answer is lost", "the calling object dies meanwhile"] as const)(
    "and has no room for a trace of the new log, without a rebuild: that one is its own session (fault: %s)",
    async (strike) => {
      await deliverLarge("A");
      await loseShard("A");
      let told = 0;
      faults.follow(({ method }) => (method === "copyAgain" && told++ === 0 ? strike : undefined));
      Object.assign(env, { MAX_SESSION_BYTES: "1KB" });
      try {
        await deliver(someSpans(OTHER, 500, 5, { "session.id": "A" }), [OTHER, "A"]);
        expect(await world.hasMoved("A")).toBe(true);
        expect(await namesIn("A")).toEqual(spansFrom(1, 120));
        expect(await namesIn(OTHER)).toEqual(spansFrom(500, 504));
        expect(told).toBeGreaterThan(strike === undefined ? 0 : 1);
      } finally {
        Reflect.deleteProperty(env, "MAX_SESSION_BYTES");
      }
    },
  );

  // spec: MOVE-3
  test("and knows a later binding of a trace than the new log does: the trace is copied anew", async () => {
    world.pass(7_200_000);
    // The owner of the other trace stays in the shard, and is lost with it.
    await deliver(
      [...someSpans(TRACE, 1, 5, { "session.id": "A" }), aSpan(OTHER, 500, {}, { "session.id": "A" })],
      [TRACE, OTHER, "A"],
    );
    await loseShard("A");
    world.pass(-3_600_000);
    await deliver([aSpan(OTHER, 501, {}, { "session.id": "A" })], [OTHER, "A"]);
    world.pass(7_200_000);
    const third = traceIdOf("a third one");
    await deliver(someSpans(third, 502, 3, { "session.id": "A" }), [third, "A"]);
    expect(await world.hasMoved("A")).toBe(true);
    expect(await namesIn("A")).toEqual([...spansFrom(1, 5), ...spansFrom(502, 504), "span 501"]);
  });

  // spec: MOVE-5
  test("has all of a new log whose pages take minutes together", async () => {
    await deliver(someSpans(TRACE, 1, 5));
    await loseShard(TRACE);
    world.moveLogs({ pageBytes: 1 });
    for (let n = 6; n <= 10; n++) await deliver([aSpan(TRACE, n)]);
    faults.follow(() => undefined);
    const slow = new SlowCalls();
    faults.meanwhile = async ({ method }) => (method === "joinMoved" ? await slow.pass(9_000) : undefined);
    expect(await rebuild([fileOf(TRACE)])).toMatchObject({ adopted: 1, unanswered: 0 });
    expect(faults.steps.filter(({ method }) => method === "joinMoved").length).toBe(5);
    await world.rest([TRACE]);
    expect(await namesIn(TRACE)).toEqual(spansFrom(1, 10));
  });

  // spec: MOVE-5
  test("is found before any other log looks whether its session is whole", async () => {
    world.divide(2);
    try {
      await world.freshWorld();
      const session = ["A", "B", "C", "D", "E"].find((id) => shardOf(id, 2) !== shardOf(TRACE, 2)) ?? "";
      const other = Array.from({ length: 9 }, (_, n) => traceIdOf(`${n}`)).find(
        (id) => shardOf(id, 2) === shardOf(TRACE, 2),
      );
      const ids = [TRACE, other ?? "", session];
      for (const [n, id] of [TRACE, other ?? ""].entries())
        await deliver(someSpans(id, 1 + 3 * n, 3, { "session.id": session }), ids);
      expect(await world.hasMoved(session)).toBe(true);
      await world.lose(world.objectOf(session));
      faults.meanwhile = async ({ method }) => {
        if (method !== "adoptMoved") return;
        world.pass(61_000);
        await world.fireAlarm(TRACE);
      };
      faults.follow(() => undefined);
      expect(await rebuild()).toMatchObject({ adopted: 1, damaged: 0 });
      expect(faults.steps.map(({ method }) => method)).toContain("adoptMoved");
      expect(faults.steps.map(({ method }) => method)).not.toContain("joinMoved");
      await world.rest(ids);
      expect(await namesIn(session)).toEqual(spansFrom(1, 6));
    } finally {
      world.divide(1);
    }
  });

  // spec: MOVE-5
  test("has that also without a rebuild, when the new log has grown", async () => {
    await deliver(someSpans(TRACE, 1, 5));
    await loseShard(TRACE);
    await deliver(someSpans(TRACE, 7, 3));
    expect(await namesIn(TRACE)).toEqual(spansFrom(7, 9));
    await deliver(someSpans(TRACE, 10, 3));
    expect(await world.hasMoved(TRACE)).toBe(true);
    expect(await namesIn(TRACE)).toEqual([...spansFrom(1, 5), ...spansFrom(7, 12)]);
    expect((await world.listed("all")).map(({ id, spans }) => [id, spans])).toEqual([[TRACE, 11]]);
  });

  test.each(["A", "B"])("and a new log of its trace named session %s: one session shows all of it", async (session) => {
    await deliver(someSpans(TRACE, 1, 5, { "session.id": "A" }), [TRACE, "A"]);
    await loseShard(TRACE, "A");
    await deliver(someSpans(TRACE, 6, 2, { "session.id": session }), [TRACE, "A", "B"]);
    expect(await namesIn(session)).toEqual(spansFrom(6, 7));
    expect(await rebuild([fileOf(TRACE), fileOf("A")])).toMatchObject({ adopted: 2, damaged: 0 });
    await world.rest([TRACE, "A", "B"]);
    expect(await namesIn("A")).toEqual(spansFrom(1, 7));
    expect(await world.listed("all")).toMatchObject([{ id: "A", spans: 7 }]);
    const [row] = await world.rowsOf<{ revoking: string }>(TRACE, "trace");
    expect(row?.revoking).toBe("[]");
  });

  test("has the log records of the new log once", async () => {
    const record = (n: number) => ({ service: "tests", record: aRecord(`said ${n}`, n, { traceId: TRACE }) });
    await deliver([...someSpans(TRACE, 1, 5), record(1)]);
    await loseShard(TRACE);
    await deliver([record(1), record(2)]);
    expect(await rebuild([fileOf(TRACE)])).toMatchObject({ adopted: 1 });
    await world.rest([TRACE]);
    const session = await world.readSession(TRACE);
    expect(world.itemsOf(session ?? { resourceSpans: [], resourceLogs: [] }).records).toHaveLength(2);
  });

  test("and was deleted then is deleted where it is", async () => {
    await deliver(someSpans(TRACE, 1, 5));
    await loseShard(TRACE);
    await directoryOf(env, "default").markLost(TRACE);
    expect(await damaged()).toEqual([TRACE]);
    expect((await world.request(`/sessions/${TRACE}`, { method: "DELETE" })).status).toBe(204);
    await world.rest([TRACE]);
    expect(await world.listed("all")).toEqual([]);
    expect(await rebuild([fileOf(TRACE)])).toMatchObject({ adopted: 0 });
    expect(await world.readSession(TRACE)).toBeUndefined();
    expect(await world.tables(TRACE)).toEqual([]);
  });

  test("does not come back if a new log of its id was deleted", async () => {
    await deliver(someSpans(TRACE, 1, 5));
    await loseShard(TRACE);
    await deliver(someSpans(TRACE, 6, 1));
    expect((await world.request(`/sessions/${TRACE}`, { method: "DELETE" })).status).toBe(204);
    await world.rest([TRACE]);
    expect(await rebuild([fileOf(TRACE)])).toMatchObject({ adopted: 0 });
    expect(await world.readSession(TRACE)).toBeUndefined();
    expect(await world.filled(world.ownObjectOf(TRACE))).toEqual([]);
  });

  // spec: MOVE-5
  test("is found again where a new log of its id showed nothing, and went without being deleted", async () => {
    await deliver(someSpans(TRACE, 1, 5, { "session.id": "A" }), [TRACE, "A"]);
    const version = await versionOf("A");
    await loseShard("A");
    // A trace that is bound to another session now; later the list looks what the session stores.
    await world.calls("A").revoke({ session: "A", traceId: OTHER, epoch: Date.now(), to: "B" });
    expect(await world.calls("A").expireOverdue()).toBe("absent");
    expect(await rebuild([fileOf(TRACE), fileOf("A")])).toMatchObject({ adopted: 2, damaged: 0 });
    await world.rest([TRACE, "A"]);
    expect(await versionOf("A")).toBe(version);
    expect(await namesIn("A")).toEqual(spansFrom(1, 5));
  });

  // spec: MOVE-3
  test("is not taken for the log if its move was never stored", async () => {
    await deliver(someSpans(TRACE, 1, 2));
    faults.follow((step) => {
      if (step.method === "completeMove") return "its answer is lost";
      return step.method === "abandonMove" ? "it is not sent" : undefined;
    });
    await world.deliver(someSpans(TRACE, 3, 2));
    await faults.quiet();
    await world.deliver(someSpans(TRACE, 5, 1));
    await faults.quiet();
    expect(await world.hasMoved(TRACE)).toBe(false);
    expect(await world.filled(world.ownObjectOf(TRACE))).toContain("chunk");
    await loseShard(TRACE);
    faults.end();
    expect(await rebuild([fileOf(TRACE)])).toMatchObject({ adopted: 0, damaged: 1 });
    expect(await damaged()).toEqual([TRACE]);
    expect(await world.readSession(TRACE)).toBeUndefined();
    world.pass(3_600_000);
    await runInDurableObject(world.ownObjectOf(TRACE), async (instance) => await instance.alarm());
    expect(await world.filled(world.ownObjectOf(TRACE))).toEqual([]);
  });

  // spec: MOVE-3
  test(
    "loses nothing by a fault at any step on its way back, which the next rebuild mends",
    { timeout: 120_000 },
    async () => {
      const struck = new Set<string>();
      // The first one is without a fault, and counts the steps.
      for (let at = 0, steps = 0; at <= steps; at++) {
        for (const turn of [0, 2, 4]) {
          const id = traceIdOf(`fault ${at} ${turn}`);
          await deliver(someSpans(id, 1, 5), [id]);
          await loseShard(id);
          await deliver(someSpans(id, 6, 2), [id]);
          const strikes = oneStrike(turn);
          faults.follow((step, number) => {
            if (number !== at) return undefined;
            const [strike] = strikes(step, number);
            struck.add(`${step.kind} ${step.method}: ${strike}`);
            return strike;
          });
          await rebuild([fileOf(id)]).catch(() => undefined);
          if (at === 0) steps = faults.steps.length;
          faults.end();
          await rebuild([fileOf(id)]);
          await world.rest([id]);
          await faults.arrive();
          await world.rest([id]);
          expect(await world.hasMoved(id), `${at}`).toBe(true);
          expect(await namesIn(id), `${at}`).toEqual(spansFrom(1, 7));
          expect((await world.request(`/sessions/${id}`, { method: "DELETE" })).status).toBe(204);
        }
      }
      for (const method of ["adoptMoved", "joinMoved", "openMoved"])
        expect(Array.from(struck).filter((one) => one.startsWith(`call ${method}`)).length).toBeGreaterThan(2);
    },
  );

  test("and was deleted since it was found gets nothing of a message that comes late", async () => {
    await deliver(someSpans(TRACE, 1, 5));
    await loseShard(TRACE);
    await deliver(someSpans(TRACE, 6, 2));
    faults.follow(({ method }) => (method === "joinMoved" ? "it arrives late" : undefined));
    expect(await rebuild([fileOf(TRACE)])).toMatchObject({ adopted: 0, unanswered: 1 });
    faults.end();
    expect(await rebuild([fileOf(TRACE)])).toMatchObject({ adopted: 1, unanswered: 0 });
    await world.rest([TRACE]);
    expect(await namesIn(TRACE)).toEqual(spansFrom(1, 7));
    expect((await world.request(`/sessions/${TRACE}`, { method: "DELETE" })).status).toBe(204);
    await faults.arrive();
    await world.rest([TRACE]);
    expect(await world.readSession(TRACE)).toBeUndefined();
    expect(await world.tables(TRACE)).toEqual([]);
  });

  // spec: MOVE-5
  law("shows the same sessions, whenever its shard lost its file", seedsFrom(9_000, 8), async (seed) => {
    const random = new Random(seed);
    const { sent, ids } = generateSession(random);
    const readouts = async (lostAt: number) => {
      await world.freshWorld();
      world.moveLogs({ items: 1, pageBytes: 1 });
      await deliver(sent.slice(0, lostAt), ids);
      if (lostAt === sent.length) return await world.readoutsOf(ids);
      const moved = [];
      for (const id of ids) if (await world.hasMoved(id)) moved.push(id);
      await loseShard(...moved);
      // New logs wait for the rebuild, or find those from before when they move.
      if (random.below(3) > 0) world.moveLogs();
      const rebuiltAt = lostAt + random.below(sent.length - lostAt + 1);
      for (const delivery of random.cut(sent.slice(lostAt, rebuiltAt), 3)) await deliver(delivery, ids);
      expect(await rebuild(moved.map(fileOf))).toMatchObject({ damaged: 0 });
      await world.rest(ids);
      await deliver(sent.slice(rebuiltAt), ids);
      return await world.readoutsOf(ids);
    };
    const expected = await readouts(sent.length);
    for (let round = 0; round < 2; round++) expect(await readouts(1 + random.below(sent.length - 1))).toEqual(expected);
  });
});
