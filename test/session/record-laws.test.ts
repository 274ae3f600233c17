import { describe, expect, test } from "vitest";
import { traceIdForSession } from "../../src/otlp/logs/group-records.ts";
import { deriveFacts } from "../../src/facts/facts.ts";
import { decodeRecordFacts, encodeRecordFacts } from "../../src/logs/record-facts-codec.ts";
import { deriveRecordFacts } from "../../src/logs/record-facts.ts";
import type { RecordFacts } from "../../src/logs/record-facts.ts";
import { LIST_PRICES, readPrices } from "../../src/session/prices/prices.ts";
import { foldQueries, queriesOf, summarise } from "../../src/session/whole-session.ts";
import type { Resource, Span } from "../../src/otel/span.ts";
import type { SessionStreamEvent } from "../../src/session/contract/stream-events.ts";
import { admitRecords, knowsRecord } from "../../src/session/table/admit-records.ts";
import { SpanTable } from "../../src/session/table/span-table.ts";
import { sessionDigest } from "../../src/session/digest/session-digest.ts";
import { recordReader } from "../../src/session/view/record-reader.ts";
import { SessionView } from "../../src/session/view/session-view.ts";
import { wholeView } from "./whole-view.ts";
import { spansEvent } from "./wire-of.ts";
import { generateSession } from "../durable/generated-session.ts";
import type { SentRecord } from "../durable/log-records.ts";
import { attributesOf } from "../durable/spans.ts";
import type { Sent } from "../durable/spans.ts";
import { ABOUT } from "./fold-of.ts";
import { axisOf, printTree, timesIn } from "./print-tree.ts";
import { law, seedsFrom } from "../law.ts";
import { Random } from "./seeded-random.ts";

type Item = Sent | SentRecord;

const SEEDS = seedsFrom(8000, 100);

function resourceOf(service: string): Resource {
  return { attributes: attributesOf({ "service.name": service }) };
}

/** As facts travel from the Worker to the object. */
function factsOf({ service, record }: SentRecord): RecordFacts {
  const facts = deriveRecordFacts(record, JSON.stringify(record), resourceOf(service), undefined);
  const [travelled] = decodeRecordFacts(encodeRecordFacts([facts])) ?? [];
  expect(travelled).toStrictEqual(facts);
  return facts;
}

function ownerOf({ record }: SentRecord, { session }: RecordFacts): string {
  return record.traceId ?? traceIdForSession(session?.value ?? "");
}

/** Admits like an object: known items are skipped. */
function tableOf(deliveries: readonly (readonly Item[])[], table = new SpanTable()): SpanTable {
  deliveries.forEach((delivery, revision) => {
    delivery.forEach((item, position) => {
      if ("span" in item) {
        const facts = deriveFacts(item.span, JSON.stringify(item.span), resourceOf(item.service), undefined);
        if (table.compare(item.span.traceId, facts) !== "known")
          table.admit(item.span.traceId, facts, revision + 1, position);
        return;
      }
      const facts = factsOf(item);
      const owner = ownerOf(item, facts);
      if (!knowsRecord(table, owner, facts)) admitRecords(table, owner, [facts], revision + 1, position);
    });
  });
  return table;
}

function saidBy(table: SpanTable) {
  const names = [...table.traces()].toSorted().map((traceId) => [traceId, table.sessionNames(traceId)]);
  return { summary: summarise(table, ABOUT), queries: queriesOf(table, foldQueries(table, LIST_PRICES)), names };
}

function eventOf(item: Item): SessionStreamEvent {
  const received = ABOUT.lastArrival;
  const resource = resourceOf(item.service);
  if ("span" in item) {
    const receipt = { encoding: "json", spans: 1 } as const;
    return { type: "spans", received, receipt, resourceSpans: [{ resource, scopeSpans: [{ spans: [item.span] }] }] };
  }
  const receipt = { encoding: "json", spans: 0, records: 1 } as const;
  const resourceLogs = [{ resource, scopeLogs: [{ logRecords: [item.record] }] }];
  return { type: "logs", received, receipt, traceId: ownerOf(item, factsOf(item)), resourceLogs };
}

function viewOf(sent: readonly Item[]): SessionView {
  const view = wholeView(ABOUT.id, readPrices);
  for (const item of sent) view.apply(eventOf(item));
  return view;
}

const shownBy = (view: SessionView) => ({
  summary: view.summary(),
  axis: axisOf(view.tree()),
  queries: view.queries(),
  tree: printTree(view.tree()),
  logs: view.logs().all(),
});

describe("with log records among spans", () => {
  law("order does not show", SEEDS, (seed) => {
    const random = new Random(seed);
    const { sent } = generateSession(random);
    const expected = saidBy(tableOf([sent]));
    for (let round = 0; round < 4; round++)
      expect(saidBy(tableOf(random.cut(random.shuffle(sent), 1 + random.below(20))))).toEqual(expected);
  });

  law("twice is once", SEEDS, (seed) => {
    const random = new Random(seed);
    const { sent } = generateSession(random);
    const table = tableOf([sent]);
    const before = { said: saidBy(table), held: table.itemCount, superseded: [...table.superseded(1)] };
    tableOf([random.shuffle(sent)], table);
    expect({ said: saidBy(table), held: table.itemCount, superseded: [...table.superseded(1)] }).toEqual(before);
  });

  law("evicting a trace gives the session without it", SEEDS, (seed) => {
    const { sent, traceIds } = generateSession(new Random(seed));
    const [evicted = ""] = traceIds;
    const isOf = (item: Item) => ("span" in item ? item.span : item.record).traceId === evicted;
    const table = tableOf([sent]);
    table.evictTrace(evicted);
    expect(saidBy(table)).toEqual(saidBy(tableOf([sent.filter((item) => !isOf(item))])));
    tableOf([sent], table);
    expect(saidBy(table)).toEqual(saidBy(tableOf([sent])));
  });

  law("a viewer is a fold too, in any order, and its tree with it", SEEDS, (seed) => {
    const random = new Random(seed);
    const { sent } = generateSession(random);
    const { summary, queries } = saidBy(tableOf([sent]));
    const shown = shownBy(viewOf(sent));
    expect({ summary: shown.summary, queries: shown.queries }).toEqual({ summary, queries });
    expect(shown.axis).toEqual(timesIn(summary));
    expect(shownBy(viewOf(random.shuffle(sent)))).toEqual(shown);
    expect(shownBy(viewOf([...sent, ...random.shuffle(sent)]))).toEqual(shown);
  });

  law("a viewer whose code for log records comes late shows the same", SEEDS, (seed) => {
    const random = new Random(seed);
    const { sent } = generateSession(random);
    const view = new SessionView(ABOUT.id, readPrices);
    view.useDigest(sessionDigest);
    const late = random.below(sent.length);
    sent.forEach((item, at) => {
      view.apply(eventOf(item));
      if (at === late) view.useRecords(recordReader);
    });
    expect(view.awaitsRecords).toBe(false);
    expect(shownBy(view)).toEqual(shownBy(viewOf(sent)));
  });
});

test("a span that says by itself that it is derived has its place once the code for that came", () => {
  const derived = (id: string, derivation: string, start: number): Span => ({
    traceId: "0af7651916cd43dd8448eb211c80319c",
    spanId: id.padStart(16, "0"),
    name: derivation,
    startTimeUnixNano: `${1_790_000_000 + start}000000000`,
    endTimeUnixNano: `${1_790_000_001 + start}000000000`,
    attributes: attributesOf({ "spanfold.derivation": derivation }),
  });
  const event = spansEvent(0, [{ scopeSpans: [{ spans: [derived("1", "prompt", 1), derived("2", "by-time", 5)] }] }]);
  const view = new SessionView(ABOUT.id, readPrices);
  view.apply(event);
  expect(view.awaitsRecords).toBe(true);
  expect(view.tree().roots).toHaveLength(2);
  view.useRecords(recordReader);
  expect(view.awaitsRecords).toBe(false);
  expect(printTree(view.tree())).toEqual(["prompt 1–6 +1", "  by-time 5–6"]);
});

test("a log record takes at most 24 bytes of memory, apart from its derived spans", () => {
  const table = new SpanTable();
  const empty = table.bytes;
  const random = new Random(1);
  for (let count = 1; count <= 20_000; count++) {
    const facts: RecordFacts = { hash: random.hex(16), time: BigInt(count), spans: [] };
    admitRecords(table, "0af7651916cd43dd8448eb211c80319c", [facts], count);
    // With fewer records, the memory of the trace itself dominates.
    if (count >= 500) expect((table.bytes - empty) / count, `after ${count}`).toBeLessThanOrEqual(24);
  }
  expect(table.records.size).toBe(20_000);
});
