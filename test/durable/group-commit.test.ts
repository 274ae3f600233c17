import { runInDurableObject } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { GroupCommit } from "../../src/durable/session/group-commit.ts";
import { law, seedsFrom } from "../law.ts";
import { Random } from "../session/seeded-random.ts";
import { deliveryOf } from "./deliveries.ts";
import { Faults } from "./faults.ts";
import type { Strike } from "./faults.ts";
import { generateSession } from "./generated-session.ts";
import type { Attributes } from "./spans.ts";
import { aSpan, someSpans, traceIdOf } from "./spans.ts";
import { Viewer } from "./viewer.ts";
import * as world from "./world.ts";

const TRACE = traceIdOf("trace");
const COUNT = 24;

beforeEach(world.freshWorld);

/** Deliveries of one span each, sent to the owner without waiting for an answer in between. */
async function sendTogether(numbers: readonly number[], attributes: (n: number) => Attributes = () => ({})) {
  return await Promise.allSettled(
    numbers.map(async (n) => {
      const outcome = await world.append(deliveryOf([aSpan(TRACE, n, {}, attributes(n))]));
      if (outcome?.outcome === "failed") throw new Error(outcome.reason);
      return outcome;
    }),
  );
}

const numbers = Array.from({ length: COUNT }, (_, n) => n + 1);

async function spansStored(): Promise<number[]> {
  const session = await world.readSession(TRACE);
  return world
    .spansOf(session?.resourceSpans ?? [])
    .map(({ span }) => Number.parseInt(span.spanId, 16))
    .toSorted((a, b) => a - b);
}

describe("deliveries that wait for one object", () => {
  test("are each a revision, in the order in which they came", async () => {
    const outcomes = await sendTogether(numbers);
    expect(outcomes).toEqual(numbers.map(() => ({ status: "fulfilled", value: { outcome: "appended" } })));
    const rows = await world.rowsOf<{ revision: number; trace_revision: number }>(TRACE, "chunk");
    expect(rows.map(({ revision, trace_revision: own }) => [revision, own])).toEqual(numbers.map((n) => [n, n]));
    expect(await spansStored()).toEqual(numbers);
  });

  test("are each judged against what the ones before left", async () => {
    const same = deliveryOf(someSpans(TRACE, 1, 3));
    const overlapping = deliveryOf(someSpans(TRACE, 2, 3));
    const outcomes = await Promise.all([same, same, overlapping, same].map(world.append));
    expect(outcomes).toEqual([
      { outcome: "appended" },
      { outcome: "known" },
      { outcome: "partly-known", known: [0, 1] },
      { outcome: "known" },
    ]);
  });

  test("reach a viewer one by one, without a gap or a second reading", async () => {
    await world.deliver([aSpan(TRACE, 1_000)]);
    const viewer = new Viewer(TRACE);
    await viewer.connect();
    await viewer.readUntil(({ event }) => event.type === "bookmark");
    await sendTogether(numbers);
    await viewer.readUntil(({ at }) => at?.endsWith(`.${COUNT + 1}`) === true);
    const revisions = viewer.seen.flatMap(({ at, event }) =>
      event.type === "spans" ? [Number(at?.split(".")[1])] : [],
    );
    expect(revisions).toEqual(Array.from({ length: COUNT + 1 }, (_, n) => n + 1));
    await viewer.disconnect();
  });

  test("may move the trace away and back in between, and the rest follows it", async () => {
    const names = ["", "A", "B", TRACE];
    // Of a higher rank the later they come: the last one wins.
    const keys = ["", "gen_ai.conversation.id", "session.id", "ark.session.id"];
    const nameAt = (n: number): Attributes => {
      const at = Math.floor((n - 1) / (COUNT / 4));
      return at === 0 ? {} : { [keys[at] ?? ""]: names[at] ?? "" };
    };
    await sendTogether(numbers, nameAt);
    await world.rest([TRACE, "A", "B"]);
    expect(await spansStored()).toEqual(numbers);
    expect([await world.readSession("A"), await world.readSession("B")]).toEqual([undefined, undefined]);
    await world.evict(TRACE);
    expect(await spansStored()).toEqual(numbers);
  });
});

test("a delivery that comes alone does not look when its commit ends, and one right after it does", async () => {
  await world.append(deliveryOf([aSpan(TRACE, 1)]));
  const { sync, restore } = await runInDurableObject(world.objectOf(TRACE), (_, { storage }) => {
    const spy = vi.spyOn(Object.getPrototypeOf(storage) as DurableObjectStorage, "sync");
    return { sync: spy, restore: () => spy.mockRestore() };
  });
  const syncs: number[] = [];
  for (const [n, millis] of [1_000, 1_000, 1, 1_000].entries()) {
    world.pass(millis);
    await world.append(deliveryOf([aSpan(TRACE, n + 2)]));
    syncs.push(sync.mock.calls.length);
  }
  restore();
  // Together with that of the write itself: one until it may begin, one until it is committed.
  expect(syncs).toEqual([0, 0, 2, 2]);
  expect(await spansStored()).toEqual([1, 2, 3, 4, 5]);
});

describe("a fault in one of the deliveries that wait", () => {
  let faults: Faults;
  beforeEach(async () => {
    faults = await Faults.install();
    await world.emptyWorld();
    vi.spyOn(console, "warn").mockReturnValue();
    vi.spyOn(console, "error").mockReturnValue();
  });
  afterEach(() => faults.remove());

  const isOurs = ({ kind, object }: { kind: string; object: string }) =>
    kind === "transaction" && object === world.shardOfLog(TRACE);

  test.each(["it fails", "it is undone"] as const)("(%s) harms no other", async (strike) => {
    let transactions = 0;
    faults.follow((step) => (isOurs(step) && ++transactions % 5 === 0 ? strike : undefined));
    const outcomes = await sendTogether(numbers);
    faults.end();
    const taken = numbers.filter((_, at) => outcomes[at]?.status === "fulfilled");
    expect(taken.length).toBeGreaterThan(COUNT / 2);
    expect(taken.length).toBeLessThan(COUNT);
    expect(await spansStored()).toEqual(taken);
    await world.evict(TRACE);
    expect(await spansStored()).toEqual(taken);
    await sendTogether(numbers);
    expect(await spansStored()).toEqual(numbers);
  });

  test.each(["its object dies before it", "its object dies after it"] as const)(
    "(%s) loses nothing that was acknowledged",
    async (strike) => {
      let transactions = 0;
      faults.follow((step) => (isOurs(step) && ++transactions === COUNT / 2 ? strike : undefined));
      const outcomes = await sendTogether(numbers);
      faults.end();
      const stored = new Set(await spansStored());
      const lost = numbers.filter((n, at) => outcomes[at]?.status === "fulfilled" && !stored.has(n));
      expect(lost).toEqual([]);
      await sendTogether(numbers);
      expect(await spansStored()).toEqual(numbers);
    },
  );

  test("a commit that fails refuses those that wait for it, answers each, and the next are taken", async () => {
    await world.append(deliveryOf([aSpan(TRACE, COUNT + 1)]));
    world.pass(1_000);
    const { promise: fails, reject } = Promise.withResolvers<void>();
    const restore = await runInDurableObject(world.objectOf(TRACE), (_, { storage }) => {
      const shared = Object.getPrototypeOf(storage) as DurableObjectStorage;
      const sync = vi.spyOn(shared, "sync").mockImplementation(async () => await fails);
      return () => sync.mockRestore();
    });
    const arrived = vi.spyOn(GroupCommit.prototype, "run");
    const sent = sendTogether(numbers);
    // The first was written, and the others wait for its commit.
    while (arrived.mock.calls.length < COUNT) await scheduler.wait(1);
    arrived.mockRestore();
    reject(new Error("the disk failed (a test's fault)"));
    const outcomes = await sent;
    restore();
    expect(outcomes.map(({ status }) => status)).toEqual(numbers.map((n) => (n === 1 ? "fulfilled" : "rejected")));
    await sendTogether(numbers);
    expect(await spansStored()).toEqual([...numbers, COUNT + 1]);
  });

  law("of any number of them, memory equals the fold of the rows", seedsFrom(6101, 6), async (seed) => {
    await world.freshWorld();
    const random = new Random(seed);
    const { sent, ids } = generateSession(random, { traces: 3, spansOfATrace: 12, naming: 0.3 });
    const strikes: readonly Strike[] = ["it fails", "it is undone"];
    faults.follow(({ kind }) => (kind === "transaction" && random.chance(0.1) ? random.pick(strikes) : undefined));
    const deliveries = random.cut(sent, 3);
    await Promise.all(deliveries.map(async (delivery) => await world.deliver(delivery).catch(() => undefined)));
    await faults.quiet();
    faults.end();
    await world.rest(ids);
    const remembered = await world.readoutsOf(ids);
    for (const id of ids) await world.evict(id);
    expect(await world.readoutsOf(ids)).toEqual(remembered);
    // What was refused is sent again: then all sessions are as if they had come one by one.
    for (const delivery of deliveries) await world.deliver(delivery);
    await world.rest(ids);
    const together = await world.readoutsOf(ids);
    await world.emptyWorld();
    for (const delivery of deliveries) await world.deliver(delivery);
    await world.rest(ids);
    expect(together).toEqual(await world.readoutsOf(ids));
  });
});
