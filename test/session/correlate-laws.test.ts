import { describe, expect } from "vitest";
import { deriveFacts } from "../../src/facts/facts.ts";
import { deriveRecordFacts } from "../../src/logs/record-facts.ts";
import { queriesOf, summarise } from "../../src/session/summarise.ts";
import type { SessionStreamEvent } from "../../src/session/contract/stream-events.ts";
import { admitRecords, knowsRecord } from "../../src/session/table/admit-records.ts";
import { SpanTable } from "../../src/session/table/span-table.ts";
import { SessionView } from "../../src/session/view/session-view.ts";
import { ABOUT } from "./fold-of.ts";
import { printTree } from "./print-tree.ts";
import { law, seedsFrom } from "../law.ts";
import { Random } from "./seeded-random.ts";
import { generateTold } from "./derived-generator.ts";
import type { Told } from "./derived-generator.ts";

const SEEDS = seedsFrom(9000, 150);

const homeOf = (item: Told): string => ("span" in item ? item.span.traceId : item.home);

/** As an object admits them: what is known is left out. */
function tableOf(sent: readonly Told[], table = new SpanTable()): SpanTable {
  for (const item of sent) {
    const home = homeOf(item);
    const revision = table.itemCount + 1;
    if ("span" in item) {
      const facts = deriveFacts(item.span, JSON.stringify(item.span), undefined, undefined);
      if (table.compare(home, facts) !== "known") table.admit(home, facts, revision, 0);
    } else {
      const facts = deriveRecordFacts(item.record, JSON.stringify(item.record), undefined, undefined);
      if (!knowsRecord(table, home, facts)) admitRecords(table, home, [facts], revision);
    }
  }
  return table;
}

const saidBy = (table: SpanTable) => ({ summary: summarise(table, ABOUT), queries: queriesOf(table) });

function eventOf(item: Told): SessionStreamEvent {
  const received = ABOUT.lastArrival;
  if ("span" in item) {
    const receipt = { encoding: "json", spans: 1 } as const;
    return { type: "spans", received, receipt, resourceSpans: [{ scopeSpans: [{ spans: [item.span] }] }] };
  }
  const receipt = { encoding: "json", spans: 0, records: 1 } as const;
  const resourceLogs = [{ scopeLogs: [{ logRecords: [item.record] }] }];
  return { type: "logs", received, receipt, traceId: item.home, resourceLogs };
}

/** `isWatched`: it is shown with each event, as the page does. */
function shownOf(sent: readonly Told[], isWatched = false) {
  const view = new SessionView(ABOUT.id);
  for (const item of sent) {
    view.apply(eventOf(item));
    if (isWatched) shownBy(view);
  }
  return shownBy(view);
}

const shownBy = (view: SessionView) => ({
  summary: view.summary(),
  queries: view.queries(),
  tree: printTree(view.tree()),
  standIns: Object.fromEntries(view.tree().replacements),
});

describe("what events, agents and spans tell of the same", () => {
  law("order does not show, and twice is once", SEEDS, (seed) => {
    const random = new Random(seed);
    const sent = generateTold(random);
    const expected = saidBy(tableOf(sent));
    for (let round = 0; round < 4; round++) {
      const table = tableOf(random.shuffle(sent));
      expect(saidBy(table)).toEqual(expected);
      expect(saidBy(tableOf(random.shuffle(sent), table))).toEqual(expected);
    }
  });

  law("each span is of one query and stands once in the tree", SEEDS, (seed) => {
    const sent = generateTold(new Random(seed));
    const { summary, queries } = saidBy(tableOf(sent));
    expect(queries.reduce((sum, { spans }) => sum + spans, 0)).toBe(summary.spans);
    expect(queries.reduce((sum, { errors }) => sum + errors, 0)).toBe(summary.errors);
    const view = new SessionView(ABOUT.id);
    for (const item of sent) view.apply(eventOf(item));
    expect(view.tree().rows.filter(({ span }) => span !== undefined).length).toBe(summary.spans);
  });

  law("a session is as if a trace that is forgotten had never come", SEEDS, (seed) => {
    const random = new Random(seed);
    const sent = generateTold(random);
    const table = tableOf(sent);
    const forgotten = random.pick([...table.traces()]);
    table.evictTrace(forgotten);
    expect(saidBy(table)).toEqual(saidBy(tableOf(sent.filter((item) => homeOf(item) !== forgotten))));
  });

  law("a viewer is a fold too", SEEDS, (seed) => {
    const random = new Random(seed);
    const sent = generateTold(random);
    const shown = shownOf(sent);
    if (sent.length > 0) expect({ summary: shown.summary, queries: shown.queries }).toEqual(saidBy(tableOf(sent)));
    expect(shownOf(random.shuffle(sent), true)).toEqual(shown);
  });
});
