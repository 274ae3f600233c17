import {
  bucketOf,
  countTimes,
  isExtreme,
  isPlausible,
  isSameRange,
  plausibleTimes,
  TimeCounts,
} from "./clock-outliers.ts";
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

/** A table, or a part of one, and how its spans relate. */
type TimedRows = { readonly table: SpanTable; readonly fold: { readonly groups: QueryGroups } };

/**
 * From the earliest start to the latest time of the spans, without clock outliers: one span with a time in 1970 does not
 * make a session start then. A duplicate moves nothing: the row that is shown in its place has the better times.
 */
export function sessionTimes(table: SpanTable, groups: QueryGroups): SessionTimes {
  return timesOfParts(table, [{ table, fold: { groups } }]);
}

/** Of a session that is folded in parts. `whole`: its whole table. */
export function timesOfParts(whole: SpanTable, parts: readonly TimedRows[]): SessionTimes {
  const counts = new TimeCounts();
  for (const part of parts) for (const { clock, bucket, count } of countsIn(part)) counts.add(clock, bucket, count);
  const clocks = plausibleTimes(counts);
  let start: bigint | undefined;
  let stated = NEVER;
  let end = 0n;
  for (const part of parts) {
    const own = extentIn(part, clocks);
    if (own.start !== undefined && (start === undefined || own.start < start)) start = own.start;
    if (own.stated < stated) stated = own.stated;
    if (own.end > end) end = own.end;
  }
  if (start === undefined) return { ...timesOfRecords(whole), clocks };
  return { start: stated < start ? stated : start, end, clocks };
}

/** Plausible times: the earliest start, the earliest one that paths state, and the latest start or end. */
type Extent = { readonly start: bigint | undefined; readonly stated: bigint; readonly end: bigint };

const knownCounts = new WeakMap<QueryGroups, TimeCounts>();
const knownExtents = new WeakMap<QueryGroups, { readonly of: ClockRange; readonly extent: Extent }>();

function countsIn({ table: { rows }, fold: { groups } }: TimedRows): TimeCounts {
  let counts = knownCounts.get(groups);
  if (counts === undefined) {
    counts = countTimes({
      length: rows.length,
      bucket: (row) => (groups.derived?.duplicates[row] === 1 ? -1 : bucketOf(rows.word(row, Row.START))),
      clock: (row) => rows.string(row, Row.SERVICE),
    });
    knownCounts.set(groups, counts);
  }
  return counts;
}

function extentIn(part: TimedRows, clocks: ClockRange): Extent {
  const { groups } = part.fold;
  const known = knownExtents.get(groups);
  if (known !== undefined && isSameRange(known.of, clocks)) return known.extent;
  const extent = findExtent(part, clocks);
  knownExtents.set(groups, { of: clocks, extent });
  return extent;
}

function findExtent(part: TimedRows, clocks: ClockRange): Extent {
  const { rows } = part.table;
  const { derived } = part.fold.groups;
  let first = -1;
  let last = -1;
  let lastField: number = Row.START;
  const extend = (row: number, field: number): void => {
    if (last >= 0 && rows.order(row, field, last, lastField) <= 0) return;
    last = row;
    lastField = field;
  };
  for (let row = 0; row < rows.length; row++) {
    if (derived?.duplicates[row] === 1) continue;
    if (isPlausible(clocks, bucketOf(rows.word(row, Row.START)))) {
      if (first < 0 || rows.order(row, Row.START, first, Row.START) < 0) first = row;
      extend(row, Row.START);
    }
    if (!rows.running(row) && isPlausible(clocks, bucketOf(rows.word(row, Row.LAST)), "end")) extend(row, Row.LAST);
  }
  return {
    start: first < 0 ? undefined : rows.long(first, Row.START),
    stated: earliestInPaths(part, clocks),
    end: last < 0 ? 0n : rows.long(last, lastField),
  };
}

const NEVER = 2n ** 64n;

/** The earliest start of an ancestor, as the paths of spans give it: the ancestor itself may not have been received. */
function earliestInPaths(
  {
    table: { rows, paths },
    fold: {
      groups: { derived },
    },
  }: TimedRows,
  clocks: ClockRange,
): bigint {
  let earliest = NEVER;
  if (paths.length === 0) return earliest;
  const walked = new Uint8Array(paths.length + 1);
  for (let row = 0; row < rows.length; row++) {
    if (derived?.duplicates[row] === 1) continue;
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
