import * as Row from "./span-rows.ts";
import type { SpanTable } from "../span-table.ts";

/** Negative if the first row comes first: by start, then by trace, span id and kind, so that no two are equal. */
export function compareRows(table: SpanTable, a: number, b: number): number {
  const { rows } = table;
  const byStart = rows.order(a, Row.START, b, Row.START);
  if (byStart !== 0) return byStart;
  const traceA = table.traceId(a);
  const traceB = table.traceId(b);
  if (traceA !== traceB) return traceA < traceB ? -1 : 1;
  return rows.order(a, Row.ID, b, Row.ID) || rows.word(a, Row.OTLP_KIND) - rows.word(b, Row.OTLP_KIND);
}
