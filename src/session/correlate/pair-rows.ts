import { endOf, startOf } from "../table/row-times.ts";
import type { SpanTable } from "../table/span-table.ts";

/** Events may have timestamps in whole seconds. */
export const SLACK = 1_000_000_000n;

/**
 * Pairs derived rows with better ones, in order of their starts: each row with at most one that may overlap it. The
 * counterpart of a row without a pair was lost, or was not received yet. Both lists are sorted by start.
 */
export function pairRows(
  table: SpanTable,
  derived: readonly number[],
  better: readonly number[],
): readonly (readonly [derived: number, better: number])[] {
  const pairs: [number, number][] = [];
  let at = 0;
  for (let place = 0; place < derived.length && at < better.length;) {
    const row = derived[place] ?? 0;
    const other = better[at] ?? 0;
    const next = derived[place + 1];
    if (endOf(table, other) + SLACK < startOf(table, row)) at++;
    else if (endOf(table, row) + SLACK < startOf(table, other)) place++;
    // The row that starts nearer is the other end, though the one before is open too.
    else if (next !== undefined && distance(table, next, other) < distance(table, row, other)) place++;
    else {
      pairs.push([row, other]);
      place++;
      at++;
    }
  }
  return pairs;
}

/** Distance of two starts; zero if `b` is an instant, whose start is unknown. */
function distance(table: SpanTable, a: number, b: number): bigint {
  const start = startOf(table, b);
  if (endOf(table, b) === start) return 0n;
  const apart = startOf(table, a) - start;
  return apart < 0n ? -apart : apart;
}
