import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { ReplicaAnswer } from "../../src/durable/session/copy/protocol.ts";
import { SessionObject } from "../../src/durable/session/object.ts";
import { forgetPlaces, rememberShards, shardOf } from "../../src/place.ts";
import { Faults, kill } from "./faults.ts";
import { someSpans, traceIdOf } from "./spans.ts";
import * as world from "./world.ts";

/** This many ids, all of one of two shards. */
function idsIn(shard: number, count: number, idOf: (n: number) => string): string[] {
  const ids: string[] = [];
  for (let n = 0; ids.length < count; n++) if (shardOf(idOf(n), 2) === shard) ids.push(idOf(n));
  return ids;
}

const TRACES = idsIn(0, 50, (n) => traceIdOf(`t${n}`));
const SESSIONS = idsIn(1, 50, (n) => `session ${n}`);
const [FIRST = ""] = TRACES;
const [A = "", B = ""] = SESSIONS;

let faults: Faults;

beforeAll(async () => {
  faults = await Faults.install();
});
afterAll(() => faults.remove());
beforeEach(async () => {
  world.divide(2);
  await world.freshWorld();
  faults.follow(() => undefined);
});
afterEach(() => {
  faults.end();
  world.divide();
  world.moveLogs();
  vi.restoreAllMocks();
});

/** One span of each trace, its session named by its place. */
async function deliverAll(span: number, sessionOf: (n: number) => string): Promise<void> {
  await world.deliver(TRACES.flatMap((traceId, n) => someSpans(traceId, span, 1, { "session.id": sessionOf(n) })));
  await faults.quiet();
}

/** How many sessions each call was asked about, and how many copies were sent, since the faults were followed last. */
function calls(): { readonly queries: number[]; readonly copies: number } {
  const of = (method: string) => faults.steps.filter((step) => step.method === method);
  return {
    queries: of("queryReplicas").map(({ object }) => object.split(",").length),
    copies: of("storeCopy").length,
  };
}

/** The traces' shard forgets what it had in memory while all of its logs are due. */
async function wake(): Promise<void> {
  await kill(world.shardOfLog(FIRST));
  world.pass(61_000);
  faults.follow(() => undefined);
}

async function spansIn(ids: readonly string[]): Promise<(number | undefined)[]> {
  return await Promise.all(ids.map(async (id) => (await world.readSession(id))?.session.spans));
}

const outcomeOf = ({ outcome }: ReplicaAnswer): string => outcome;

describe("50 traces of one shard, bound to sessions of another", () => {
  test("ask in one call when they begin", async () => {
    await deliverAll(1, (n) => SESSIONS[n] ?? "");
    expect(calls()).toEqual({ queries: [50], copies: 50 });
    expect(await spansIn(SESSIONS)).toEqual(SESSIONS.map(() => 1));
  });

  test.each([
    ["each to one of its own", (n: number) => SESSIONS[n] ?? ""],
    ["all to one", () => A],
  ])("ask in one call when an alarm wakes the shard: %s", async (_, sessionOf) => {
    await deliverAll(1, sessionOf);
    await wake();
    await world.fireAlarm(FIRST);
    expect(calls()).toEqual({ queries: [50], copies: 0 });
  });

  test("ask in one call when a request wakes the shard", async () => {
    await deliverAll(1, (n) => SESSIONS[n] ?? "");
    await wake();
    await deliverAll(2, (n) => SESSIONS[n] ?? "");
    expect(calls()).toEqual({ queries: [50], copies: 50 });
    expect(await spansIn(SESSIONS)).toEqual(SESSIONS.map(() => 2));
  });

  test("copy what is missing after their shard died before it had copied", async () => {
    let copies = 0;
    faults.follow(({ method }) =>
      method === "storeCopy" && ++copies === 3 ? "the calling object dies meanwhile" : undefined,
    );
    await deliverAll(1, (n) => SESSIONS[n] ?? "");
    await wake();
    await world.fireAlarm(FIRST);
    await faults.quiet();
    expect(calls().queries).toEqual([50]);
    expect(await spansIn(SESSIONS)).toEqual(SESSIONS.map(() => 1));
  });

  // spec: MOVE-2
  test("follow a session that has moved: one more call", async () => {
    world.moveLogs({ items: 50 });
    await deliverAll(1, () => A);
    await world.rest([A]);
    expect(await world.hasMoved(A)).toBe(true);
    await deliverAll(2, () => A);
    await wake();
    await world.fireAlarm(FIRST);
    expect(calls()).toEqual({ queries: [50], copies: 0 });
    // An isolate that does not know of the move.
    await wake();
    await deliverAll(3, () => A);
    await wake();
    forgetPlaces();
    rememberShards(world.caller());
    await world.fireAlarm(FIRST);
    expect(calls()).toEqual({ queries: [50, 50], copies: 0 });
    expect(await spansIn([A])).toEqual([150]);
  });

  test("of which one is bound to a session that is not readable: the others are answered, and it alone tries again", async () => {
    vi.spyOn(console, "error").mockReturnValue();
    await deliverAll(1, (n) => SESSIONS[n] ?? "");
    await world.rest(SESSIONS);
    await world.change(B, "UPDATE trace SET revoking = 'not JSON' WHERE log = {log}");
    await deliverAll(2, (n) => SESSIONS[n] ?? "");
    await wake();
    await world.fireAlarm(FIRST);
    expect(calls()).toEqual({ queries: [50], copies: 1 });
    world.pass(61_000);
    faults.follow(() => undefined);
    await world.fireAlarm(FIRST);
    expect(calls()).toEqual({ queries: [1], copies: 1 });
    await world.change(B, "UPDATE trace SET revoking = '[]' WHERE log = {log}");
    await world.rest([...TRACES, ...SESSIONS]);
    expect(await spansIn(SESSIONS)).toEqual(SESSIONS.map(() => 2));
  });

  test("of which two are bound to a session that moves: only these wait", async () => {
    const answers = vi.spyOn(SessionObject.prototype, "queryReplicas");
    const outcomes = () => answers.mock.results.flatMap(({ value }) => (value as ReplicaAnswer[]).map(outcomeOf));
    let woken: Promise<boolean> | undefined;
    let whileClosed: string[] = [];
    faults.meanwhile = async ({ method }) => {
      if (method !== "completeMove" || woken !== undefined) return;
      await wake();
      answers.mockClear();
      woken = world.fireAlarm(FIRST);
      await world.until(async () => await Promise.resolve(outcomes().length >= 50));
      whileClosed = outcomes();
    };
    world.moveLogs({ items: 2 });
    await deliverAll(1, (n) => SESSIONS[Math.max(0, n - 1)] ?? "");
    await woken;
    await world.rest([...TRACES, ...SESSIONS]);
    expect(whileClosed.toSorted()).toEqual([...Array.from({ length: 48 }, () => "stored"), "unknown", "unknown"]);
    expect(await world.hasMoved(A)).toBe(true);
    expect(await spansIn(SESSIONS.slice(0, 49))).toEqual([2, ...Array.from({ length: 48 }, () => 1)]);
  });
});

test("310 traces ask in two calls", async () => {
  const ids = idsIn(0, 310, (n) => traceIdOf(`${n}`));
  await world.deliver(ids.flatMap((traceId) => someSpans(traceId, 1, 1, { "session.id": A })));
  await faults.quiet();
  expect(calls()).toEqual({ queries: [300, 10], copies: 310 });
  expect(await spansIn([A])).toEqual([310]);
});
