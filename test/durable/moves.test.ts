import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test, vi } from "vitest";
import { LogMemory } from "../../src/durable/session/log-memory.ts";
import type { ShardLog } from "../../src/durable/session/shard.ts";
import { sessionAt } from "../../src/place.ts";
import type { ResourceSpans } from "../../src/otel/span.ts";
import type { Faults, Step } from "./faults.ts";
import { moveLogsEarly, namesIn } from "./moving-logs.ts";
import { freshReceivers, OTHER, outboxOf, put, receivers, TRACE } from "./receivers.ts";
import { directory } from "./reported.ts";
import { aSpan, someSpans, traceIdOf } from "./spans.ts";
import { Viewer } from "./viewer.ts";
import * as world from "./world.ts";

const DAY = 86_400_000;

let faults: Faults;
moveLogsEarly((installed) => (faults = installed));

/** What is done before a call: time must not pass until it is over. */
let pending: Promise<void> = Promise.resolve();

/** Does this once, before the call of this name is sent. */
function before(method: string, work: () => Promise<void>): void {
  let isDone = false;
  faults.meanwhile = async (step: Step) => {
    if (isDone || step.method !== method) return;
    isDone = true;
    await (pending = work());
  };
}

async function deliver(sent: Parameters<typeof world.deliver>[0], ids: readonly string[] = [TRACE]): Promise<void> {
  await world.deliver(sent);
  await faults.quiet();
  await pending;
  await faults.quiet();
  await world.rest(ids);
}

const versionOf = async (id: string) => (await world.readSession(id))?.resourceVersion;

describe("a log that grows", () => {
  // spec: MOVE-1
  test("moves to an object of its own, under the same versions, and leaves a pointer and no other row", async () => {
    await deliver(someSpans(TRACE, 1, 2));
    const small = await versionOf(TRACE);
    expect(await world.hasMoved(TRACE)).toBe(false);
    await deliver(someSpans(TRACE, 3, 2));
    expect(await world.hasMoved(TRACE)).toBe(true);
    expect(await world.filled(world.objectOf(TRACE))).toEqual(["log"]);
    expect(await versionOf(TRACE)).toBe(small?.replace(/\.1$/, ".2"));
    await deliver(someSpans(TRACE, 5, 1));
    expect(await versionOf(TRACE)).toBe(small?.replace(/\.1$/, ".3"));
    expect(await namesIn(TRACE)).toEqual([1, 2, 3, 4, 5].map((n) => `span ${n}`));
    expect((await world.listed("all")).map(({ id, spans }) => [id, spans])).toEqual([[TRACE, 5]]);
  });

  test("moves for its bytes, with all offloaded values and the parts of a long body", async () => {
    world.moveLogs({ bytes: 1_000_000 });
    const text = Array.from({ length: 70_000 }, () => crypto.randomUUID()).join("");
    await deliver([
      aSpan(TRACE, 1, {}, { "input.value": text.slice(0, 400_000), "output.value": text.slice(400_000, 800_000) }),
    ]);
    expect(await world.hasMoved(TRACE)).toBe(false);
    // Below the size at which a value is offloaded: a body of more than one row.
    const many = Object.fromEntries(
      Array.from({ length: 300 }, (_, n) => [`key ${n}`, text.slice(n * 7_900, (n + 1) * 7_900)]),
    );
    await deliver([aSpan(TRACE, 2, {}, many)]);
    expect(await world.hasMoved(TRACE)).toBe(true);
    await world.evict(TRACE);
    const session = await world.readSession(TRACE);
    const spans = world.spansOf(session?.resourceSpans ?? []).map(({ span }) => span);
    const last = Object.fromEntries((spans[1]?.attributes ?? []).map(({ key, value }) => [key, value?.stringValue]));
    expect(last).toEqual(many);
    expect(await world.rowsOf(TRACE, "chunk_part")).not.toEqual([]);
    const hashes = (await world.rowsOf<{ hashes: string | null }>(TRACE, "chunk")).flatMap(
      ({ hashes: named }) => JSON.parse(named ?? "[]") as string[],
    );
    expect(hashes).toHaveLength(2);
    for (const hash of hashes) expect((await world.calls(TRACE).value(hash))?.hash).toBe(hash);
  });

  test("moves for its watchers, who see each span once", async () => {
    world.moveLogs({ watchers: 3 });
    await deliver([aSpan(TRACE, 1)]);
    const viewers = [0, 1, 2].map(() => new Viewer(TRACE));
    for (const viewer of viewers) {
      expect(await world.hasMoved(TRACE)).toBe(false);
      await viewer.connect();
      await viewer.readUntil(({ event }) => event.type === "bookmark");
    }
    await world.until(async () => await world.hasMoved(TRACE));
    await deliver([aSpan(TRACE, 2)]);
    for (const viewer of viewers) {
      await viewer.readUntil(({ event }) => event.type === "spans");
      await viewer.disconnect();
      expect(spanEvents(viewer)).toEqual(["span 1", "span 2"]);
    }
  });

  test("stays where it is while it is small, and its neighbours stay", async () => {
    await deliver(someSpans(OTHER, 1, 3), [OTHER]);
    await deliver(someSpans(TRACE, 1, 9));
    expect([await world.hasMoved(OTHER), await world.hasMoved(TRACE)]).toEqual([false, true]);
    expect(await world.rowsOf(OTHER, "chunk")).toHaveLength(1);
  });
});

/** The events of the viewer's streams about the log: names of spans, in order. */
function spanEvents({ seen }: Viewer): string[] {
  return seen.flatMap(({ event }) => {
    if (event.type === "spans") return world.spansOf(event.resourceSpans).map(({ span }) => span.name ?? "");
    return event.type === "reset" || event.type === "gone" ? [event.type] : [];
  });
}

describe("during a move", () => {
  // spec: MOVE-2
  test.each(["takePage", "completeMove", "openMoved"])(
    "a stream that is open has no gap and no reset: spans that come before %s",
    async (method) => {
      await deliver(someSpans(TRACE, 1, 2));
      const viewer = new Viewer(TRACE);
      await viewer.connect();
      await viewer.readUntil(({ event }) => event.type === "bookmark");
      let late: Promise<void> | undefined;
      before(method, async () => {
        // Not waited for: it may have to wait for the move.
        late = world.deliver([aSpan(TRACE, 5)]);
      });
      await world.deliver(someSpans(TRACE, 3, 2));
      await faults.quiet();
      await late;
      await world.rest([TRACE]);
      expect(await world.hasMoved(TRACE)).toBe(true);
      await deliver([aSpan(TRACE, 6)]);
      const isLast = () => viewer.seen.length > 0;
      while (spanEvents(viewer).length < 6) await viewer.readUntil(isLast);
      await viewer.disconnect();
      expect(spanEvents(viewer)).toEqual([1, 2, 3, 4, 5, 6].map((n) => `span ${n}`));
    },
  );

  test.each(["takePage", "completeMove", "openMoved"])("neighbours are acknowledged: before %s", async (method) => {
    let acknowledged = 0;
    before(method, async () => {
      for (let n = 0; n < 5; n++) {
        await world.deliver([aSpan(traceIdOf(`quiet ${n}`), 1)]);
        acknowledged++;
      }
    });
    await deliver(someSpans(TRACE, 1, 2));
    await deliver(someSpans(TRACE, 3, 2));
    expect(acknowledged).toBe(5);
    expect(await world.hasMoved(TRACE)).toBe(true);
  });

  test.each(["takePage", "completeMove", "openMoved"])("the log can be deleted: before %s", async (method) => {
    let deletion: Promise<Response> | undefined;
    before(method, async () => {
      deletion = world.request(`/sessions/${TRACE}`, { method: "DELETE" });
      await Promise.race([deletion, scheduler.wait(50)]);
    });
    await deliver(someSpans(TRACE, 1, 2));
    await deliver(someSpans(TRACE, 3, 2));
    expect((await deletion)?.status).toBe(204);
    await world.rest([TRACE]);
    expect(await world.readSession(TRACE)).toBeUndefined();
    expect(await world.tables(TRACE)).toEqual([]);
    expect(await world.listed("all")).toEqual([]);
    await deliver(someSpans(TRACE, 7, 1));
    expect(await namesIn(TRACE)).toEqual(["span 7"]);
  });

  test("a trace whose copying never ends does not wait for its end", async () => {
    let copies = 0;
    let moved: boolean | undefined;
    faults.meanwhile = async ({ method, object }) => {
      if (method !== "storeCopy" || object !== "A" || ++copies > 20) return;
      if (copies === 20) moved = await world.hasMoved(TRACE);
      else await world.deliver([aSpan(TRACE, 100 + copies)]);
    };
    await world.deliver(someSpans(TRACE, 1, 1, { "session.id": "A" }));
    await faults.quiet();
    await world.rest([TRACE, "A"]);
    expect(moved).toBe(true);
    expect(await namesIn("A")).toHaveLength(20);
  });

  test("two sessions that show each other's trace move at once", async () => {
    await world.deliver(someSpans(OTHER, 1, 2));
    await world.deliver(someSpans(TRACE, 1, 2, { "session.id": OTHER }));
    await world.deliver(someSpans(OTHER, 3, 2, { "session.id": TRACE }));
    await Promise.all([
      world.deliver(someSpans(TRACE, 3, 3)),
      world.deliver(someSpans(OTHER, 5, 3)),
      world.deliver(someSpans(TRACE, 6, 3)),
    ]);
    await world.rest([TRACE, OTHER]);
    expect([await world.hasMoved(TRACE), await world.hasMoved(OTHER)]).toEqual([true, true]);
    expect(new Set(await namesIn(OTHER))).toEqual(new Set([1, 2, 3, 4, 5, 6, 7, 8].map((n) => `span ${n}`)));
    expect(new Set(await namesIn(TRACE))).toEqual(new Set([1, 2, 3, 4, 5, 6, 7].map((n) => `span ${n}`)));
  });

  test("an upstream gets each span once", async () => {
    await freshReceivers();
    await put("up");
    await deliver(someSpans(TRACE, 1, 2));
    await deliver(someSpans(TRACE, 3, 2));
    await world.calls(TRACE).deliver();
    await world.rest([TRACE]);
    expect(await world.hasMoved(TRACE)).toBe(true);
    await deliver(someSpans(TRACE, 5, 1));
    const names = receivers.received.flatMap((request) => request.match(/span \d+/g) ?? []);
    expect(names).toEqual([1, 2, 3, 4, 5].map((n) => `span ${n}`));
    expect(await outboxOf(TRACE)).toEqual([]);
  });
});

describe("a log that has moved", () => {
  // spec: MOVE-4
  test("is deleted, and a day later its object is empty and its shard takes the id back", async () => {
    await deliver(someSpans(TRACE, 1, 5));
    expect((await world.request(`/sessions/${TRACE}`, { method: "DELETE" })).status).toBe(204);
    await world.rest([TRACE]);
    expect(await world.tables(TRACE)).toEqual([]);
    expect(await world.filled(world.ownObjectOf(TRACE))).toEqual(["log"]);
    world.pass(DAY + 1);
    for (let n = 0; n < 3; n++) await world.fireAlarm(TRACE);
    expect(await world.filled(world.ownObjectOf(TRACE))).toEqual([]);
    expect(await world.filled(world.objectOf(TRACE))).toEqual([]);
    // The Worker still knows the pointer, and is put right by the empty object.
    await deliver(someSpans(TRACE, 7, 1));
    expect(await world.hasMoved(TRACE)).toBe(false);
    expect(await namesIn(TRACE)).toEqual(["span 7"]);
    await deliver(someSpans(TRACE, 8, 6));
    expect(await world.hasMoved(TRACE)).toBe(true);
    expect(await namesIn(TRACE)).toHaveLength(7);
  });

  test("is deleted, and its fences stay for a day, also if a job left a row in `due`", async () => {
    await deliver(someSpans(TRACE, 1, 5));
    expect((await world.request(`/sessions/${TRACE}`, { method: "DELETE" })).status).toBe(204);
    await world.rest([TRACE]);
    await runInDurableObject(world.ownObjectOf(TRACE), async (instance, { storage }) => {
      storage.sql.exec("INSERT INTO due VALUES (?, ?)", TRACE, Date.now());
      await instance.alarm();
    });
    expect(await world.filled(world.ownObjectOf(TRACE))).toContain("log");
    world.pass(DAY + 1);
    for (let n = 0; n < 3; n++) await world.fireAlarm(TRACE);
    expect(await world.filled(world.ownObjectOf(TRACE))).toEqual([]);
    expect(await world.filled(world.objectOf(TRACE))).toEqual([]);
  });

  test("reports again when the list is built anew", async () => {
    await deliver(someSpans(TRACE, 1, 5));
    await deliver(someSpans(OTHER, 1, 2), [OTHER]);
    await world.lose(directory());
    expect((await world.request("/admin/rebuild", { method: "POST" })).status).toBe(200);
    await world.rest([TRACE, OTHER]);
    await faults.quiet();
    const found = (await world.listed("all")).map(({ id, spans, ...rest }) => [id, spans, "damaged" in rest]);
    expect(new Map(found.map(([id, ...rest]) => [id, rest]))).toEqual(
      new Map([
        [TRACE, [5, false]],
        [OTHER, [2, false]],
      ]),
    );
  });

  test("is part of the export of all sessions", async () => {
    await deliver(someSpans(TRACE, 1, 5, { "session.id": "A" }), [TRACE, "A"]);
    await deliver(someSpans(OTHER, 1, 2), [OTHER]);
    expect(await world.hasMoved(TRACE)).toBe(true);
    const text = await (await world.request("/export")).text();
    const lines = text.split("\n").slice(0, -1);
    const spans = lines.flatMap((line) =>
      world.spansOf((JSON.parse(line) as { resourceSpans?: ResourceSpans[] }).resourceSpans ?? []),
    );
    const ids = spans.map(({ span }) => `${span.traceId} ${span.name}`);
    expect(ids).toHaveLength(7);
    expect(new Set(ids).size).toBe(7);
    expect(text).not.toContain('"deleted"');
  });

  // spec: MOVE-5
  test("begins anew if its file was lost", async () => {
    await deliver(someSpans(TRACE, 1, 5));
    await world.lose(world.ownObjectOf(TRACE));
    // A viewer who only follows is the first to find out.
    const context = { ...world.callerOf(TRACE), shards: 1 };
    const request = new Request("https://object/?view=session", { headers: { Upgrade: "websocket" } });
    await sessionAt(env, context, TRACE)
      .fetch(request)
      .catch(() => undefined);
    await faults.quiet();
    expect((await world.request(`/sessions/${TRACE}`)).status).toBe(404);
    expect((await world.listed("all")).map(({ id, damaged }) => [id, damaged])).toEqual([[TRACE, true]]);
    await deliver(someSpans(TRACE, 7, 1));
    expect(await world.hasMoved(TRACE)).toBe(false);
    expect(await namesIn(TRACE)).toEqual(["span 7"]);
    expect((await world.listed("all")).map(({ id, damaged }) => [id, damaged])).toEqual([[TRACE, undefined]]);
  });

  // spec: MOVE-5
  test("begins anew once if two calls find out that its file was lost, and its log leaves memory meanwhile", async () => {
    await deliver(someSpans(TRACE, 1, 5));
    const [{ move } = { move: 0 }] = await runInDurableObject(world.objectOf(TRACE), (_, { storage: { sql } }) =>
      sql.exec<{ move: number }>("SELECT move FROM log WHERE id = ?", TRACE).toArray(),
    );
    await world.lose(world.ownObjectOf(TRACE));
    const findOut = async () => await world.objectOf(TRACE).checkMoved({ ...world.callerOf(TRACE), shards: 1, move });
    before("openMoved", async () => {
      vi.spyOn(LogMemory.prototype, "get").mockImplementationOnce(function (this: LogMemory<ShardLog>, id) {
        return Array.from(this.all()).find((log) => log.id === id && log.isActive);
      });
      await findOut();
      await world.deliver([aSpan(TRACE, 7)]);
    });
    await findOut();
    await world.rest([TRACE]);
    await world.evict(TRACE);
    expect(await namesIn(TRACE)).toEqual(["span 7"]);
  });

  test("refuses copies from before its deletion", async () => {
    await deliver(someSpans(TRACE, 1, 5, { "session.id": "A" }), [TRACE, "A"]);
    expect(await world.hasMoved("A")).toBe(true);
    const [{ epoch } = { epoch: 0 }] = await world.rowsOf<{ epoch: number }>("A", "trace");
    expect((await world.request("/sessions/A", { method: "DELETE" })).status).toBe(204);
    const late = { session: "A", traceId: TRACE, epoch, chunks: [], values: [] };
    expect(await world.calls("A").storeCopy(late)).toEqual({ outcome: "stale", epoch });
  });
});

describe("after a fault", () => {
  test("what an abandoned move left goes, and the shard's log is the only one", async () => {
    faults.follow((step) =>
      step.method === "completeMove" || step.method === "abandonMove" ? "it is not sent" : undefined,
    );
    await deliver(someSpans(TRACE, 1, 2));
    await world.deliver(someSpans(TRACE, 3, 2));
    await faults.quiet();
    expect(await world.hasMoved(TRACE)).toBe(false);
    expect(await world.filled(world.ownObjectOf(TRACE))).toContain("chunk");
    expect(await namesIn(TRACE)).toHaveLength(4);
    expect((await world.request(`/sessions/${TRACE}`, { method: "DELETE" })).status).toBe(204);
    faults.end();
    world.pass(3_600_000);
    await runInDurableObject(world.ownObjectOf(TRACE), async (instance) => await instance.alarm());
    expect(await world.filled(world.ownObjectOf(TRACE))).toEqual([]);
  });

  test("no call reaches an object that the shard does not point to", async () => {
    await deliver(someSpans(TRACE, 1, 5));
    const context = { ...world.callerOf(TRACE), shards: 1 };
    await runInDurableObject(world.ownObjectOf(TRACE), async (instance) => {
      expect(await instance.peek(context, "session")).toEqual({ outcome: "elsewhere" });
      expect(await instance.peek({ ...context, move: 1 }, "session")).toEqual({ outcome: "elsewhere" });
      // A message of an earlier move that arrives late.
      const page = { after: 0, chunks: [], values: [] };
      expect(() => instance.takePage({ ...context, move: 1 }, page)).toThrow("a later move");
    });
  });
});
