import * as Row from "./span-rows.ts";
import type { SpanTable } from "./span-table.ts";

/** End of a running row: after all others. */
const NEVER = 1n << 64n;

/** Unix nanoseconds. */
export function startOf({ rows }: SpanTable, row: number): bigint {
  return rows.long(row, Row.START);
}

export function endOf({ rows }: SpanTable, row: number): bigint {
  return rows.running(row) ? NEVER : rows.long(row, Row.LAST);
}
