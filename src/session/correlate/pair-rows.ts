import * as Row from "../table/span-rows.ts";
import type { SpanTable } from "../table/span-table.ts";

/** Events may be stamped in whole seconds. */
export const SLACK = 1_000_000_000n;

/** While it runs it may go on for as long as it likes. */
const NEVER = 1n << 64n;

/**
 * Pairs what is told with what tells it better, each with at most one, in order of their starts: pairs of rows that may have
 * happened at one time. What is left over on either side was lost, or has not come. Both lists: by start.
 */
export function pairRows(
  table: SpanTable,
  told: readonly number[],
  better: readonly number[],
): readonly (readonly [told: number, better: number])[] {
  const pairs: [number, number][] = [];
  let at = 0;
  for (let place = 0; place < told.length && at < better.length;) {
    const [row, other] = [told[place] ?? 0, better[at] ?? 0];
    const next = told[place + 1];
    if (endOf(table, other) + SLACK < startOf(table, row)) at++;
    else if (endOf(table, row) + SLACK < startOf(table, other)) place++;
    // The one that starts with it is its other end, though the one before is open too.
    else if (next !== undefined && distance(table, next, other) < distance(table, row, other)) place++;
    else {
      pairs.push([row, other]);
      place++;
      at++;
    }
  }
  return pairs;
}

export function startOf({ rows }: SpanTable, row: number): bigint {
  return rows.long(row, Row.START);
}

export function endOf({ rows }: SpanTable, row: number): bigint {
  return rows.running(row) ? NEVER : rows.long(row, Row.LAST);
}

/** Of a moment, whose start nobody knows, nothing can be said. */
function distance(table: SpanTable, a: number, b: number): bigint {
  const start = startOf(table, b);
  if (endOf(table, b) === start) return 0n;
  const apart = startOf(table, a) - start;
  return apart < 0n ? -apart : apart;
}
