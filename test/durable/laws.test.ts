import { beforeEach, describe, expect, test } from "vitest";
import { deriveFacts } from "../../src/facts/facts.ts";
import { deriveRecordFacts } from "../../src/logs/record-facts.ts";
import type { SpanFacts } from "../../src/facts/facts.ts";
import { law, seedsFrom } from "../law.ts";
import { Random } from "../session/seeded-random.ts";
import type { Generated } from "./generated-session.ts";
import { generateSession, sentRecords, sentSpans } from "./generated-session.ts";
import type { Sent } from "./spans.ts";
import { Viewer } from "./viewer.ts";
import type { Snapshot, TraceDocument } from "./world.ts";
import {
  deliver,
  emptyWorld,
  evict,
  freshWorld,
  hasMoved,
  itemsIn,
  itemsOf,
  NEVER,
  readPath,
  readSession,
  rest,
  readoutFrom,
  readoutsOf,
  textsOf,
  useLogs,
} from "./world.ts";

const SEEDS = seedsFrom(4000, 12);

beforeEach(freshWorld);

/** Each of these cases must occur more than once among the seeds. */
test("the generated sessions contain cases that depend on order", () => {
  const traces = SEEDS.flatMap((seed) => {
    const { sent, traceIds } = generateSession(new Random(seed));
    return traceIds.map((traceId) => factsOf(sentSpans(sent).filter(({ span }) => span.traceId === traceId)));
  });
  const often = (holds: (trace: readonly SpanFacts[]) => boolean) => traces.filter(holds).length > 2;
  const names = (trace: readonly SpanFacts[]) => new Set(trace.map(({ session }) => session?.value));
  expect({
    "named from its first span on": often((trace) => trace[0]?.session !== undefined),
    "named later": often((trace) => trace[0]?.session === undefined && names(trace).size > 1),
    "of several names": often((trace) => names(trace).size > 2),
    "of names of several ranks": often((trace) => new Set(trace.map(({ session }) => session?.rank ?? 0)).size > 2),
    "with spans that run, and ended": often((trace) =>
      trace.some(({ running, spanId }) => running && trace.some((other) => !other.running && other.spanId === spanId)),
    ),
    "with spans that never ended": often((trace) =>
      trace.some(({ running, spanId }) => running && !trace.some((other) => !other.running && other.spanId === spanId)),
    ),
    "whose parents never come": often((trace) =>
      trace.some(({ parentSpanId }) => parentSpanId !== "" && !trace.some(({ spanId }) => spanId === parentSpanId)),
    ),
  }).toEqual({
    "named from its first span on": true,
    "named later": true,
    "of several names": true,
    "of names of several ranks": true,
    "with spans that run, and ended": true,
    "with spans that never ended": true,
    "whose parents never come": true,
  });
});

test("the generated sessions contain log records of each kind", () => {
  const sessions = SEEDS.map((seed) =>
    sentRecords(generateSession(new Random(seed)).sent).map(({ record }) => ({
      record,
      facts: deriveRecordFacts(record, JSON.stringify(record), undefined, undefined),
    })),
  );
  type One = (typeof sessions)[number][number];
  const often = (holds: (one: One) => boolean) => sessions.filter((records) => records.some(holds)).length > 2;
  expect({
    "of a trace": often(({ record, facts }) => record.traceId !== undefined && facts.session === undefined),
    "of a trace, that name a session": often(
      ({ record, facts }) => record.traceId !== undefined && facts.session !== undefined,
    ),
    "of a session alone": often(({ record, facts }) => record.traceId === undefined && facts.session !== undefined),
    "with derived spans": often(({ facts }) => facts.spans.length > 0),
    "that hold a span": often(({ record }) => record.attributes?.some(({ key }) => key === "partial.event") === true),
    "of errors": often(({ facts }) => facts.annotation?.error === true),
    "with a prompt": often(({ facts }) => facts.annotation?.prompt !== undefined),
    "of questions": often(({ facts }) => facts.annotation?.inputRequest !== undefined),
    "that come twice": sessions.some(
      (records) => new Set(records.map(({ facts }) => facts.hash)).size < records.length,
    ),
  }).toEqual({
    "of a trace": true,
    "of a trace, that name a session": true,
    "of a session alone": true,
    "with derived spans": true,
    "that hold a span": true,
    "of errors": true,
    "with a prompt": true,
    "of questions": true,
    "that come twice": true,
  });
});

/** All logs in one object, few or many objects, and logs that move to objects of their own: where a log lies must not show. */
describe.each([
  { shards: 16, items: NEVER, seeds: SEEDS },
  { shards: 1, items: NEVER, seeds: SEEDS.slice(0, 4) },
  { shards: 2, items: NEVER, seeds: SEEDS.slice(4, 8) },
  { shards: 1, items: 3, seeds: SEEDS.slice(0, 4) },
  { shards: 2, items: 3, seeds: SEEDS.slice(4, 8) },
  { shards: 16, items: 6, seeds: SEEDS.slice(8) },
])("with $shards shards, and moves at $items items", ({ shards, items, seeds }) => {
  useLogs({ shards, items });

  describe("order does not show", () => {
    // spec: ID-9
    law("however deliveries are permuted, split and merged, the sessions are the same", seeds, async (seed) => {
      await freshWorld();
      const random = new Random(seed);
      const { sent, ids } = generateSession(random);
      for (const delivery of random.cut(sent, 6)) await deliver(delivery);
      await rest(ids);
      const moves = await Promise.all(ids.map(hasMoved));
      expect(moves.includes(true)).toBe(items !== NEVER);
      const expected = await readoutsOf(ids);
      for (let round = 0; round < 3; round++) {
        await emptyWorld();
        for (const delivery of random.cut(random.shuffle(sent), 1 + random.below(12))) await deliver(delivery);
        await rest(ids);
        expect(await readoutsOf(ids)).toEqual(expected);
      }
    });
  });

  describe("twice is once", () => {
    // spec: ID-10
    law("delivering again, in other pieces, changes nothing, not even the revision", seeds, async (seed) => {
      await freshWorld();
      const random = new Random(seed);
      const { sent, ids } = generateSession(random);
      for (const delivery of random.cut(sent, 6)) await deliver(delivery);
      await rest(ids);
      const before = await versions(ids);
      for (const delivery of random.cut(random.shuffle(sent), 1 + random.below(12))) await deliver(delivery);
      await rest(ids);
      expect(await versions(ids)).toEqual(before);
    });
  });

  describe("a viewer is a fold too", () => {
    // spec: STREAM-2
    law("cut, evicted and resumed at any point, viewers fold to the snapshots", seeds, async (seed) => {
      await freshWorld();
      const random = new Random(seed);
      const generated = generateSession(random);
      const viewers = [
        ...generated.ids.map((id) => ({ id, viewer: new Viewer(id) })),
        ...generated.traceIds.map((id) => ({ id, viewer: new Viewer(id, `/traces/${id}`) })),
      ];
      for (const delivery of random.cut(generated.sent, 4)) {
        await deliver(delivery);
        for (const { id, viewer } of viewers) await live(random, id, viewer);
      }
      await rest(generated.ids);
      for (const { id, viewer } of viewers) await compare(random, id, viewer);
    });
  });
});

function factsOf(sent: readonly Sent[]): SpanFacts[] {
  return sent.map(({ span }) => deriveFacts(span, JSON.stringify(span), undefined, undefined));
}

async function versions(ids: Generated["ids"]): Promise<Record<string, string | undefined>> {
  const found: Record<string, string | undefined> = {};
  for (const id of ids) found[id] = (await readSession(id))?.resourceVersion;
  return found;
}

/** Events of a viewer and of its session's object between two deliveries. */
async function live(random: Random, id: string, viewer: Viewer): Promise<void> {
  if (!viewer.isConnected) {
    if (random.chance(0.6)) await viewer.connect();
  } else if (random.chance(0.2)) await viewer.disconnect();
  if (random.chance(0.2)) await evict(id);
  for (let pieces = random.below(4); pieces > 0; pieces--) await viewer.read(5);
}

async function compare(random: Random, id: string, viewer: Viewer): Promise<void> {
  const snapshot = await readPath<Snapshot | TraceDocument>(viewer.path);
  if (snapshot === undefined) {
    // Viewers of an emptied session get `moved` or `deleted`; new requests get no stream.
    if (viewer.isConnected) await viewer.readUntil(({ event }) => event.type === "moved" || event.type === "deleted");
    expect(await viewer.connect(), id).not.toBe(200);
    return;
  }
  if (viewer.isConnected && random.chance(0.5)) await viewer.disconnect();
  if (!viewer.isConnected) expect(await viewer.connect()).toBe(200);
  if (viewer.at !== snapshot.resourceVersion) await viewer.readUntil(({ at }) => at === snapshot.resourceVersion);
  await viewer.disconnect();
  const { view } = viewer;
  const summary = view.summary();
  if (summary === undefined) throw new Error(`${viewer.path}: a viewer of nothing`);
  const folded = readoutFrom(summary, view.queries(), itemsIn(view));
  const stand = itemsOf(snapshot);
  if ("queries" in snapshot)
    expect(folded, viewer.path).toEqual(readoutFrom(snapshot.session, snapshot.queries, stand));
  else expect({ spans: folded.spans, records: folded.records }, viewer.path).toEqual(textsOf(stand));
}
