import { bucketOf, isExtreme, isPlausible, plausibleTimes } from "./clock-outliers.ts";
import type { ClockRange } from "./clock-outliers.ts";
import type { QueryGroups } from "./query-groups.ts";
import { NO_PATH } from "./table/ancestor-paths.ts";
import * as Row from "./table/span-rows.ts";
import type { SpanTable } from "./table/span-table.ts";

/** Extent of a session, Unix nanoseconds: of its summary and of the page's axis. */
export type SessionTimes = {
  readonly start: bigint;
  readonly end: bigint;
  /** Plausible starts of its spans. */
  readonly clocks: ClockRange;
};

/**
 * From the earliest start to the latest time of the spans, without clock outliers: one span with a time in 1970 does not
 * make a session start then. A duplicate moves nothing: the row that is shown in its place has the better times.
 */
export function sessionTimes(table: SpanTable, { derived }: QueryGroups): SessionTimes {
  const { rows } = table;
  const isCounted = (row: number): boolean => derived?.duplicates[row] !== 1;
  const clocks = plausibleTimes({
    length: rows.length,
    bucket: (row) => (isCounted(row) ? bucketOf(rows.word(row, Row.START)) : -1),
    clock: (row) => rows.string(row, Row.SERVICE),
  });
  let first = -1;
  let last = -1;
  let lastField: number = Row.START;
  const extend = (row: number, field: number): void => {
    if (last >= 0 && rows.order(row, field, last, lastField) <= 0) return;
    last = row;
    lastField = field;
  };
  for (let row = 0; row < rows.length; row++) {
    if (!isCounted(row)) continue;
    if (isPlausible(clocks, bucketOf(rows.word(row, Row.START)))) {
      if (first < 0 || rows.order(row, Row.START, first, Row.START) < 0) first = row;
      extend(row, Row.START);
    }
    if (!rows.running(row) && isPlausible(clocks, bucketOf(rows.word(row, Row.LAST)), "end")) extend(row, Row.LAST);
  }
  if (first < 0) return { ...timesOfRecords(table), clocks };
  const [start, stated] = [rows.long(first, Row.START), earliestInPaths(table, isCounted, clocks)];
  return { start: stated < start ? stated : start, end: rows.long(last, lastField), clocks };
}

const NEVER = 2n ** 64n;

/** The earliest start of an ancestor, as the paths of spans tell it: the ancestor itself may not have been received. */
function earliestInPaths({ rows, paths }: SpanTable, isCounted: (row: number) => boolean, clocks: ClockRange): bigint {
  let earliest = NEVER;
  if (paths.length === 0) return earliest;
  const walked = new Uint8Array(paths.length + 1);
  for (let row = 0; row < rows.length; row++) {
    if (!isCounted(row)) continue;
    for (let path = rows.path(row); path !== NO_PATH && walked[path] === 0; path = paths.above(path)) {
      walked[path] = 1;
      const start = paths.start(path);
      if (start !== 0n && start < earliest && isPlausible(clocks, bucketOf(Number(start >> 32n)))) earliest = start;
    }
  }
  return earliest;
}

/** Log records may be received before any span, or without spans. */
function timesOfRecords({ records }: SpanTable): { readonly start: bigint; readonly end: bigint } {
  const times = records.times();
  return { start: times?.first ?? 0n, end: times?.last ?? 0n };
}

/** Whether a span has a clock outlier, or a time that only a clock has that was never set. */
export function hasAbsurdTime({ rows }: SpanTable, row: number, clocks: ClockRange): boolean {
  const start = bucketOf(rows.word(row, Row.START));
  const end = rows.running(row) ? start : bucketOf(rows.word(row, Row.LAST));
  return !isPlausible(clocks, start) || !isPlausible(clocks, end, "end") || isExtreme(start) || isExtreme(end);
}
