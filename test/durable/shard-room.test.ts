import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ShardRoom } from "../../src/durable/session/shard-room.ts";
import type { ShardTables } from "../../src/durable/session/log/tables.ts";
import { deliveryOf } from "./deliveries.ts";
import { aSpan, exportOf, traceIdOf } from "./spans.ts";
import * as world from "./world.ts";

const bindings = env as { SHARD_BYTES?: string };
/** Some 30 traces of 20 kB. */
const SHARD_BYTES = 600_000;

beforeEach(async () => {
  await world.freshWorld();
  world.divide(1);
  await world.emptyWorld();
});
afterEach(() => {
  delete bindings.SHARD_BYTES;
  world.divide();
});

const trace = (n: number) => traceIdOf(`trace ${n}`);

/** Text that compresses to little less. */
function noise(bytes: number): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(bytes / 2)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}

async function send(n: number, session?: string): Promise<string | undefined> {
  const named = session === undefined ? {} : { "session.id": session };
  const parts = Object.fromEntries(Array.from({ length: 10 }, (_, at) => [`note.${at}`, noise(4_000)]));
  world.pass(1_000);
  const outcome = await world.append(deliveryOf([aSpan(trace(n), 1, {}, { ...named, ...parts })]));
  return outcome?.outcome;
}

const isThere = async (id: string) => (await world.readSession(id)) !== undefined;

test("a shard at its bound deletes the sessions that were silent for longest, whole, and takes more", async () => {
  const ids: string[] = [];
  for (let n = 0; n < 12; n++) {
    // Every third names a session, which shows the trace.
    const session = n % 3 === 0 ? `session-${n}` : undefined;
    expect(await send(n, session)).toBe("appended");
    ids.push(session ?? trace(n));
  }
  await world.rest([...ids, ...ids.map((_, n) => trace(n))]);
  // The first speaks again: it is not the one that was silent for longest any more.
  world.pass(1_000);
  await world.append(deliveryOf([aSpan(trace(0), 2, {}, { "session.id": "session-0" })]));
  await world.rest([...ids, ...ids.map((_, n) => trace(n))]);

  bindings.SHARD_BYTES = String(Math.round(SHARD_BYTES / 3));
  world.pass(60_001);
  await send(100);
  await world.rest([...ids, ...ids.map((_, n) => trace(n)), trace(100)]);
  const left = await Promise.all(ids.map(isThere));
  expect(left.slice(0, 3)).toEqual([true, false, false]);
  expect(left.at(-1)).toBe(true);
  expect(await isThere(trace(3))).toBe(false);
  delete bindings.SHARD_BYTES;
  expect(await send(101)).toBe("appended");
});

test("a shard that is full refuses spans with a reason", async () => {
  expect(await send(1)).toBe("appended");
  bindings.SHARD_BYTES = "1000";
  const response = await world.post(exportOf([aSpan(trace(2), 1)]));
  expect([response.status, await response.json()]).toEqual([
    200,
    {
      partialSuccess: {
        rejectedSpans: "1",
        errorMessage: `trace ${trace(2)}: the object that holds it is full: it makes room by deleting the sessions that were silent for longest`,
      },
    },
  ]);
});

test("a shard is measured every ten seconds while less than half is in use, else with each delivery", () => {
  let [measured, bytes] = [0, 499];
  const sql = {
    get databaseSize() {
      measured++;
      return bytes;
    },
  };
  const tables = { sql, exists: true } as unknown as ShardTables;
  const room = new ShardRoom({ ...env, SHARD_BYTES: "1000" }, tables, async () => undefined);
  const counts = [10_000, 19_999, 20_000, 20_001, 19_000].map((now) => {
    room.look(now);
    return measured;
  });
  // A clock that was set back says nothing of the time that passed.
  expect(counts).toEqual([1, 1, 2, 2, 3]);
  bytes = 500;
  for (const now of [40_000, 40_001, 40_002]) room.look(now);
  expect(measured).toBe(6);
});
