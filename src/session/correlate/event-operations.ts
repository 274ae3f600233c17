import { compareRows } from "../table/annotated-rows.ts";
import type { SpanKind } from "../../facts/facts.ts";
import type { EventQuery } from "./links.ts";
import { endOf, pairRows, startOf } from "./pair-rows.ts";
import { DISPATCH_SUFFIX } from "../../otel/semconv/attributes.ts";
import * as Row from "../table/span-rows.ts";
import type { SpanTable } from "../table/span-table.ts";
import type { DraftLinks } from "./links.ts";

/** How deep in a query an operation stands: it hangs from the last one above it that is under way when it starts. */
const DEPTHS: ReadonlyMap<SpanKind, number> = new Map([
  ["team", 1],
  ["turn", 2],
  ["chain", 3],
  ["agent", 4],
]);
const DEEPEST = 5;

/**
 * The operations of one query: of the two ends of one of them the later tells it, and where spans of the query are there
 * (`traced`, by start), the span of that name does.
 */
export function linkOperations(
  table: SpanTable,
  { query, operations }: EventQuery,
  traced: readonly number[] | undefined,
  links: DraftLinks,
): void {
  const { rows } = table;
  /** By row: the row that tells it instead. */
  const better = new Map<number, number>();
  for (const alike of byName(table, operations).values()) {
    const [starts, ends] = [alike.filter((row) => rows.running(row)), alike.filter((row) => !rows.running(row))];
    for (const [start, end] of pairRows(table, starts, ends)) better.set(start, end);
  }
  if (traced !== undefined) {
    const spans = byName(table, traced);
    const left = operations.filter((row) => !better.has(row));
    for (const [name, alike] of byName(table, left)) {
      for (const [told, span] of pairRows(table, alike, spans.get(name) ?? [])) better.set(told, span);
      // What events tell of a member or a target, spans tell in other words.
      if (rows.kind(alike[0] ?? 0) === "chain") {
        for (const row of alike) if (!rows.running(row)) links.duplicates[row] = 1;
      }
    }
  }
  const above = nest(table, operations);
  const root = traced === undefined ? query : meet(table, query, traced, links);
  const isOver = hasEnded(table, query) || hasEnded(table, root);
  for (const row of operations) {
    // Events can be lost: what a query that is over leaves open is not going on.
    if (better.has(row) || (isOver && rows.running(row))) links.duplicates[row] = 1;
    const shown = visible(row, better, links);
    if (shown !== undefined && shown !== row) links.replacements.set(row, shown);
    if (links.duplicates[row] === 1) continue;
    links.parents.set(row, visible(above.get(row), better, links) ?? root);
  }
}

/** Handing a query over is not the end of it. */
function hasEnded(table: SpanTable, row: number): boolean {
  return !table.rows.running(row) && table.text(row, Row.NAME)?.endsWith(DISPATCH_SUFFIX) !== true;
}

function byName(table: SpanTable, rows: readonly number[]): Map<string, number[]> {
  const named = new Map<string, number[]>();
  for (const row of rows) {
    const name = nameOf(table, row);
    const known = named.get(name);
    if (known) known.push(row);
    else named.set(name, [row]);
  }
  return named;
}

/** Spans say agents and teams with their namespace before them. */
function nameOf(table: SpanTable, row: number): string {
  const kind = table.rows.kind(row);
  const field = kind === "turn" || kind === "chain" ? Row.NAME : Row.SUBJECT;
  return `${kind}:${(table.text(row, field) ?? "").replace(/^.*\//, "")}`;
}

function depthOf(table: SpanTable, row: number): number {
  return DEPTHS.get(table.rows.kind(row)) ?? DEEPEST;
}

/** By row: the operation that it hangs from, by time; absent where none is under way. */
function nest(table: SpanTable, operations: readonly number[]): Map<number, number> {
  const parents = new Map<number, number>();
  /** By depth: what has begun, the last one on top; what is over is taken off when it is seen. */
  const begun: number[][] = Array.from({ length: DEEPEST + 1 }, () => []);
  const ordered = operations.toSorted(
    (a, b) =>
      table.rows.order(a, Row.START, b, Row.START) || depthOf(table, a) - depthOf(table, b) || compareRows(table, a, b),
  );
  for (const row of ordered) {
    const depth = depthOf(table, row);
    const start = startOf(table, row);
    for (const open of begun.slice(0, depth).toReversed()) {
      while (open.length > 0 && endOf(table, open.at(-1) ?? 0) <= start) open.pop();
      const parent = open.at(-1);
      if (parent === undefined) continue;
      parents.set(row, parent);
      break;
    }
    begun[depth]?.push(row);
  }
  return parents;
}

/** The row that stands for it in the tree. */
function visible(row: number | undefined, better: ReadonlyMap<number, number>, links: DraftLinks): number | undefined {
  let at = row;
  while (at !== undefined && better.has(at)) at = better.get(at);
  return at === undefined || links.duplicates[at] === 1 ? undefined : at;
}

/**
 * Makes one query of what events and spans tell of it; answers the row that stands for it. Its own span comes last, so until
 * then the one that was told of stands above what has come.
 */
function meet(table: SpanTable, query: number, traced: readonly number[], links: DraftLinks): number {
  const { rows } = table;
  const own = traced.filter((row) => rows.kind(row) === "query");
  const span = own.find((row) => table.text(row, Row.NAME)?.endsWith(DISPATCH_SUFFIX) !== true) ?? own[0];
  if (span !== undefined) {
    links.duplicates[query] = 1;
    links.replacements.set(query, span);
    return span;
  }
  const [first] = traced;
  if (first !== undefined) links.sameQuery.set(query, first);
  for (const row of traced) if (table.parentRow(row) < 0) links.parents.set(row, query);
  return query;
}
