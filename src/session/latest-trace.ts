import type { SpanKind } from "../facts/facts.ts";
import { bucketOf, isExtreme } from "./clock-outliers.ts";
import { errorsOf } from "./errors.ts";
import { modelAt } from "./merged-rows.ts";
import { comparePartRows } from "./part-fold.ts";
import type { PartRow } from "./part-fold.ts";
import type { SessionPart } from "./session-parts.ts";
import { compareRows } from "./table/annotated-rows.ts";
import { ROOT } from "./table/parent-links.ts";
import type { RecentSpans } from "./table/recent-spans.ts";
import * as Row from "./table/span-rows.ts";
import type { SpanTable } from "./table/span-table.ts";

/** A span as a row of a waterfall. */
export type WaterfallBar = {
  readonly name: string;
  readonly kind: SpanKind;
  readonly state: "ended" | "failed" | "running";
  /** 0 for a span without a received parent. */
  readonly depth: number;
  /** Nanoseconds since the start of the trace. */
  readonly start: number;
  /** Nanoseconds; of a running span the time until the last one that is known. */
  readonly duration: number;
};

export type LatestTrace = {
  readonly traceId: string;
  /** Unix nanoseconds, decimal. */
  readonly start: string;
  /** Nanoseconds until the last known time of its spans. */
  readonly duration: number;
  /** Parents come before their children, and siblings by start. */
  readonly bars: readonly WaterfallBar[];
  /** Spans that are left out. */
  readonly omitted: number;
};

/** More rows than a person reads. */
export const MAX_BARS = 500;

/** The trace of the session that began last; `undefined` without spans. `recent`: of the table whose parts these are. */
export function latestTrace(recent: RecentSpans, parts: readonly SessionPart[]): LatestTrace | undefined {
  let last: PartRow | undefined;
  for (const part of parts) {
    for (const { lead } of part.fold.queries) {
      const row = { ...part, row: lead };
      if (isDated(part.table, lead) && (last === undefined || comparePartRows(row, last) > 0)) last = row;
    }
  }
  if (last === undefined) return undefined;
  const traceId = last.table.traceId(last.row);
  const rows = parts.flatMap((part) => rowsOf(part, traceId));
  let [start, end] = [last.table.rows.long(last.row, Row.START), 0n];
  for (const { part, row } of rows) {
    if (!isDated(part.table, row)) continue;
    const [from, to] = timesOf(part.table, row);
    if (from < start) start = from;
    if (to > end) end = to;
  }
  const bars = rows.slice(0, MAX_BARS).map(({ part, row, depth }): WaterfallBar => {
    const { table, fold } = part;
    const [from, to] = timesOf(table, row);
    const running = table.rows.running(row);
    return {
      name: nameOf(part, recent, row),
      kind: table.rows.kind(row),
      state: running ? "running" : errorsOf(table, fold.groups).failed[row] === 1 ? "failed" : "ended",
      depth,
      start: Number(from - start),
      duration: Math.max(0, Number((running ? end : to) - from)),
    };
  });
  return { traceId, start: String(start), duration: Number(end - start), bars, omitted: rows.length - bars.length };
}

/** Start and end, Unix nanoseconds; of a running span its start alone is known. */
function timesOf({ rows }: SpanTable, row: number): readonly [bigint, bigint] {
  const from = rows.long(row, Row.START);
  const to = rows.running(row) ? from : rows.long(row, Row.LAST);
  return [from, to > from ? to : from];
}

/** Whether a clock that was set gave the times of a row. */
function isDated({ rows }: SpanTable, row: number): boolean {
  const [start, end] = [bucketOf(rows.word(row, Row.START)), bucketOf(rows.word(row, Row.LAST))];
  return !isExtreme(start) && (rows.running(row) || !isExtreme(end));
}

type PlacedRow = { readonly part: SessionPart; readonly row: number; readonly depth: number };

/** The rows of a trace in a part, parents first. Duplicates are left out. */
function rowsOf(part: SessionPart, traceId: string): PlacedRow[] {
  const { table, fold } = part;
  const { parents, derived } = fold.groups;
  const trace = table.traceNumber(traceId);
  const children = new Map<number, number[]>();
  for (let row = 0; row < parents.length; row++) {
    if (table.rows.word(row, Row.TRACE) !== trace || derived?.duplicates[row] === 1) continue;
    const own = parents[row] ?? ROOT;
    const parent = own < 0 || derived?.duplicates[own] === 1 ? ROOT : own;
    const known = children.get(parent);
    if (known === undefined) children.set(parent, [row]);
    else known.push(row);
  }
  // The last one is drawn next.
  const below = (parent: number): number[] => (children.get(parent) ?? []).sort((a, b) => compareRows(table, b, a));
  const placed: PlacedRow[] = [];
  const open = below(ROOT).map((row) => ({ row, depth: 0 }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { row, depth } = next;
    placed.push({ part, row, depth });
    for (const child of below(row)) open.push({ row: child, depth: depth + 1 });
  }
  return placed;
}

function nameOf({ table, fold, rows }: SessionPart, recent: RecentSpans, row: number): string {
  const known = table.text(row, Row.NAME) ?? recent.at(rows?.[row] ?? row)?.name;
  return known ?? modelAt(table, fold.groups, row) ?? table.text(row, Row.SUBJECT) ?? table.rows.kind(row);
}
