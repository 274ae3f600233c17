import { foldQueries, queriesOf, summarise } from "../../src/session/whole-session.ts";
import { LIST_PRICES } from "../../src/session/prices/prices.ts";
import { SpanTable } from "../../src/session/table/span-table.ts";
import type { SpanFacts } from "../../src/facts/facts.ts";
import { TRACE } from "../facts/facts-of.ts";
import type { Sent } from "./session-generator.ts";

export const ABOUT = { id: "s-1", lastArrival: "1790000100000000000", watchers: 0, prices: LIST_PRICES };

/** The session of these versions, delivered so, each as an object would admit it. */
export function foldOf(deliveries: readonly (readonly Sent[])[]) {
  const table = new SpanTable();
  deliveries.forEach((delivery, revision) => {
    const unknown = delivery.filter(({ traceId, facts }) => table.compare(traceId, facts) !== "known");
    unknown.forEach(({ traceId, facts }, position) => table.admit(traceId, facts, revision + 1, position));
  });
  const names = [...table.traces()].toSorted().map((traceId) => table.sessionNames(traceId));
  return { summary: summarise(table, ABOUT), queries: queriesOf(table, foldQueries(table, LIST_PRICES)), names };
}

/** As {@link foldOf}, of one delivery of one trace. */
export function foldTrace(spans: readonly SpanFacts[]) {
  return foldOf([spans.map((facts) => ({ traceId: TRACE, facts }))]);
}
