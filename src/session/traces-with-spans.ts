import { isOfRecords } from "../facts/derivation.ts";
import * as Row from "./table/span-rows.ts";
import type { SpanTable } from "./table/span-table.ts";

/**
 * Traces with spans of their own, in the order of their first delivery. Excludes trace ids that stand for a session of log
 * records.
 */
export function tracesWithSpans(table: SpanTable): string[] {
  const { rows } = table;
  const found = new Set<number>();
  const ids = new Set<string>();
  for (let row = 0; row < rows.length; row++) {
    const trace = rows.word(row, Row.TRACE);
    if (isOfRecords(rows.derivation(row)) || found.has(trace)) continue;
    found.add(trace);
    ids.add(table.traceId(row));
  }
  return [...table.traces()].filter((id) => ids.has(id));
}
