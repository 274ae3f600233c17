import * as Row from "./table/span-rows.ts";
import type { SpanTable } from "./table/span-table.ts";
import { NONE } from "./table/texts.ts";
import { DISPATCH_SUFFIX } from "../otel/semconv/attributes.ts";

const OPERATIONS: ReadonlySet<string> = new Set(["team", "turn", "agent", "llm", "tool"]);

/** Number of a session's events: one for the start of each operation, and one for its end. */
export function countEvents(table: SpanTable): number {
  const { rows } = table;
  let count = 0;
  for (let row = 0; row < rows.length; row++) {
    const derivation = rows.derivation(row);
    if (derivation === "event") count++;
    if (derivation === undefined && isOperation(table, row)) count += rows.running(row) ? 1 : 2;
  }
  return count;
}

/**
 * Traces with spans of their own, in the order of their first delivery. Excludes trace ids that stand for a session of log
 * records: an Ark client would get empty traces.
 */
export function tracesWithSpans(table: SpanTable): string[] {
  const { rows } = table;
  const found = new Set<number>();
  const ids = new Set<string>();
  for (let row = 0; row < rows.length; row++) {
    const trace = rows.word(row, Row.TRACE);
    if (rows.derivation(row) !== undefined || found.has(trace)) continue;
    found.add(trace);
    ids.add(table.traceId(row));
  }
  return [...table.traces()].filter((id) => ids.has(id));
}

function isOperation(table: SpanTable, row: number): boolean {
  const { rows } = table;
  const kind = rows.kind(row);
  if (OPERATIONS.has(kind)) return true;
  if (kind === "query") return !(table.text(row, Row.NAME)?.endsWith(DISPATCH_SUFFIX) ?? false);
  return rows.isZero(row, Row.PARENT) && rows.string(row, Row.QUERY_NAME) === NONE;
}
