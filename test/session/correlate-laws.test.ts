import { describe, expect } from "vitest";
import { deriveFacts } from "../../src/facts/facts.ts";
import { deriveRecordFacts } from "../../src/logs/record-facts.ts";
import { linkDerivedSpans } from "../../src/session/correlate/derived-links.ts";
import { groupByQuery } from "../../src/session/query-groups.ts";
import { LIST_PRICES, readPrices } from "../../src/session/prices/prices.ts";
import { foldQueries, queriesOf, summarise } from "../../src/session/whole-session.ts";
import type { SessionStreamEvent } from "../../src/session/contract/stream-events.ts";
import { admitRecords, knowsRecord } from "../../src/session/table/admit-records.ts";
import * as Row from "../../src/session/table/span-rows.ts";
import { SpanTable } from "../../src/session/table/span-table.ts";
import type { SessionView } from "../../src/session/view/session-view.ts";
import { wholeView } from "./whole-view.ts";
import { ABOUT } from "./fold-of.ts";
import { axisOf, printTree, timesIn } from "./print-tree.ts";
import { law, seedsFrom } from "../law.ts";
import { Random } from "./seeded-random.ts";
import { generateItems } from "./derived-generator.ts";
import type { Item } from "./derived-generator.ts";

const SEEDS = seedsFrom(9000, 150);

const ownerOf = (item: Item): string => ("span" in item ? item.span.traceId : item.owner);

/** Admits like an object: known items are skipped. */
function tableOf(sent: readonly Item[], table = new SpanTable()): SpanTable {
  for (const item of sent) {
    const owner = ownerOf(item);
    const revision = table.itemCount + 1;
    if ("span" in item) {
      const facts = deriveFacts(item.span, JSON.stringify(item.span), undefined, undefined);
      if (table.compare(owner, facts) !== "known") table.admit(owner, facts, revision, 0);
    } else {
      const facts = deriveRecordFacts(item.record, JSON.stringify(item.record), undefined, undefined);
      if (!knowsRecord(table, owner, facts)) admitRecords(table, owner, [facts], revision);
    }
  }
  return table;
}

const saidBy = (table: SpanTable) => ({
  summary: summarise(table, ABOUT),
  queries: queriesOf(table, foldQueries(table, LIST_PRICES)),
});

function eventOf(item: Item): SessionStreamEvent {
  const received = ABOUT.lastArrival;
  if ("span" in item) {
    const receipt = { encoding: "json", spans: 1 } as const;
    return { type: "spans", received, receipt, resourceSpans: [{ scopeSpans: [{ spans: [item.span] }] }] };
  }
  const receipt = { encoding: "json", spans: 0, records: 1 } as const;
  const resourceLogs = [{ scopeLogs: [{ logRecords: [item.record] }] }];
  return { type: "logs", received, receipt, traceId: item.owner, resourceLogs };
}

/** `isWatched`: it is shown with each event, as the page does. */
function shownOf(sent: readonly Item[], isWatched = false) {
  const view = wholeView(ABOUT.id, readPrices);
  for (const item of sent) {
    view.apply(eventOf(item));
    if (isWatched) shownBy(view);
  }
  return shownBy(view);
}

const shownBy = (view: SessionView) => ({
  summary: view.summary(),
  axis: axisOf(view.tree()),
  queries: view.queries(),
  tree: printTree(view.tree()),
  standIns: Object.fromEntries(view.tree().replacements),
});

describe("events, agent logs and spans of the same operations", () => {
  law("order does not show, and twice is once", SEEDS, (seed) => {
    const random = new Random(seed);
    const sent = generateItems(random);
    const expected = saidBy(tableOf(sent));
    for (let round = 0; round < 4; round++) {
      const table = tableOf(random.shuffle(sent));
      expect(saidBy(table)).toEqual(expected);
      expect(saidBy(tableOf(random.shuffle(sent), table))).toEqual(expected);
    }
  });

  law("each span is of one query and stands once in the tree", SEEDS, (seed) => {
    const sent = generateItems(new Random(seed));
    const { summary, queries } = saidBy(tableOf(sent));
    expect(queries.reduce((sum, { spans }) => sum + spans, 0)).toBe(summary.spans);
    expect(queries.reduce((sum, { errors }) => sum + errors, 0)).toBe(summary.errors);
    const view = wholeView(ABOUT.id, readPrices);
    for (const item of sent) view.apply(eventOf(item));
    expect(view.tree().rows.filter(({ span }) => span !== undefined).length).toBe(summary.spans);
  });

  law("no span has a duplicate as its parent", SEEDS, (seed) => {
    const table = tableOf(generateItems(new Random(seed)));
    const { parents, derived } = groupByQuery(table, linkDerivedSpans(table));
    const hidden = Array.from(parents.entries()).filter(
      ([, parent]) => parent >= 0 && derived?.duplicates[parent] === 1,
    );
    expect(hidden.map(([row]) => table.text(row, Row.NAME))).toEqual([]);
  });

  law("evicting a trace gives the session without it", SEEDS, (seed) => {
    const random = new Random(seed);
    const sent = generateItems(random);
    const table = tableOf(sent);
    const evicted = random.pick([...table.traces()]);
    table.evictTrace(evicted);
    expect(saidBy(table)).toEqual(saidBy(tableOf(sent.filter((item) => ownerOf(item) !== evicted))));
  });

  law("a viewer is a fold too", SEEDS, (seed) => {
    const random = new Random(seed);
    const sent = generateItems(random);
    const shown = shownOf(sent);
    if (sent.length > 0) expect({ summary: shown.summary, queries: shown.queries }).toEqual(saidBy(tableOf(sent)));
    expect(shown.axis).toEqual(timesIn(shown.summary));
    expect(shownOf(random.shuffle(sent), true)).toEqual(shown);
  });
});
