import * as Row from "../table/span-rows.ts";
import type { SpanKind } from "../../facts/facts.ts";
import type { SpanTable } from "../table/span-table.ts";
import { DISPATCH_SUFFIX } from "../../otel/semconv/attributes.ts";
import { NONE } from "../table/texts.ts";
import { compareRows } from "../table/annotated-rows.ts";
import { endOf, startOf } from "../table/row-times.ts";
import { pairRows, SLACK } from "./pair-rows.ts";

/** `DerivedLinks` under construction. */
export type DraftLinks = {
  readonly duplicates: Uint8Array;
  readonly parents: Map<number, number>;
  readonly replacements: Map<number, number>;
  readonly sources: Map<number, number[]>;
  readonly open: Set<number>;
  readonly sameQuery: Map<number, number>;
};

/** A query derived from events, and the operations derived from events of it. */
type EventQuery = { readonly query: number; readonly operations: readonly number[] };

/** The spans of one trace that name a query. */
type TracedQuery = { readonly rows: number[]; start: bigint; end: bigint };

/**
 * Ark's events carry no ids. A query derived from events is the traced query of the same name at the same time. The spans
 * then replace it, and of its operations only those stay that no span describes yet.
 */
export function linkEvents(table: SpanTable, links: DraftLinks): void {
  const queries = eventQueries(table);
  if (queries.length === 0) return;
  const traced = tracedQueries(table);
  for (const query of queries) {
    const spans = traced
      .get(identityOf(table, query.query))
      ?.take(startOf(table, query.query), endOf(table, query.query));
    linkOperations(table, query, spans, links);
  }
}

/** By start. */
function eventQueries(table: SpanTable): EventQuery[] {
  const { rows } = table;
  const queries = new Map<number, number[]>();
  const operations: number[] = [];
  for (let row = 0; row < rows.length; row++) {
    if (rows.derivation(row) !== "event") continue;
    if (rows.kind(row) === "query") queries.set(row, []);
    else operations.push(row);
  }
  for (const row of operations) queries.get(table.parentRow(row))?.push(row);
  return Array.from(queries, ([query, own]) => ({
    query,
    operations: own.toSorted((a, b) => compareRows(table, a, b)),
  })).toSorted((a, b) => compareRows(table, a.query, b.query));
}

/** Traced queries of one name, by start. Callers match derived queries by start, so that each traced query is visited once. */
class TracedQueries {
  readonly #queries: readonly TracedQuery[];
  #next = 0;

  constructor(queries: readonly TracedQuery[]) {
    this.#queries = queries;
  }

  /** Takes the first remaining query that may overlap this time; returns its rows. */
  take(start: bigint, end: bigint): readonly number[] | undefined {
    for (let one = this.#queries[this.#next]; one !== undefined; one = this.#queries[this.#next]) {
      if (one.start > end + SLACK) return undefined;
      // If it ended before this query started, it ended before all later ones.
      this.#next++;
      if (start <= one.end + SLACK) return one.rows;
    }
    return undefined;
  }
}

function tracedQueries(table: SpanTable): Map<string, TracedQueries> {
  const { rows } = table;
  const traces = new Map<string, TracedQuery>();
  const byName = new Map<string, TracedQuery[]>();
  for (let row = 0; row < rows.length; row++) {
    if (rows.derivation(row) !== undefined || rows.string(row, Row.QUERY_NAME) === NONE) continue;
    const identity = identityOf(table, row);
    const key = `${rows.word(row, Row.TRACE)}:${identity}`;
    const start = startOf(table, row);
    const end = endOf(table, row);
    const known = traces.get(key);
    if (known === undefined) {
      const added = { rows: [row], start, end };
      traces.set(key, added);
      const named = byName.get(identity);
      if (named) named.push(added);
      else byName.set(identity, [added]);
      continue;
    }
    known.rows.push(row);
    if (start < known.start) known.start = start;
    if (end > known.end) known.end = end;
  }
  const order = (a: number, b: number) => compareRows(table, a, b);
  for (const named of byName.values()) {
    for (const { rows: own } of named) own.sort(order);
    named.sort((a, b) => order(a.rows[0] ?? 0, b.rows[0] ?? 0));
  }
  return new Map(Array.from(byName, ([identity, named]) => [identity, new TracedQueries(named)]));
}

function identityOf({ rows }: SpanTable, row: number): string {
  return `${rows.string(row, Row.QUERY_NAMESPACE)}:${rows.string(row, Row.QUERY_NAME)}`;
}

/** Depth of an operation in a query. Its parent is the last operation of smaller depth that runs when it starts. */
const DEPTHS: ReadonlyMap<SpanKind, number> = new Map([
  ["team", 1],
  ["turn", 2],
  ["chain", 3],
  ["agent", 4],
]);
const DEEPEST = 5;

/**
 * Links the operations of one query. The event that ends an operation replaces the event that starts it, and a span of the
 * same name replaces both. `traced`: spans of the query, by start.
 */
function linkOperations(
  table: SpanTable,
  { query, operations }: EventQuery,
  traced: readonly number[] | undefined,
  links: DraftLinks,
): void {
  const { rows } = table;
  /** By row: the row that replaces it. */
  const replacedBy = new Map<number, number>();
  for (const alike of groupByName(table, operations).values()) {
    const starts = alike.filter((row) => rows.running(row));
    const ends = alike.filter((row) => !rows.running(row));
    for (const [start, end] of pairRows(table, starts, ends)) replacedBy.set(start, end);
  }
  if (traced !== undefined) {
    const spans = groupByName(table, traced);
    const open = operations.filter((row) => !replacedBy.has(row));
    for (const [name, alike] of groupByName(table, open)) {
      for (const [row, span] of pairRows(table, alike, spans.get(name) ?? [])) replacedBy.set(row, span);
      // Spans describe a member or a target under other names, so events of them never pair.
      if (rows.kind(alike[0] ?? 0) === "chain") {
        for (const row of alike) if (!rows.running(row)) links.duplicates[row] = 1;
      }
    }
  }
  const above = nest(table, operations);
  const root = traced === undefined ? query : mergeQuery(table, query, traced, links);
  const isOver = hasEnded(table, query) || hasEnded(table, root);
  // Events can be lost: an operation that is still open when its query ends does not run.
  for (const row of operations) if (replacedBy.has(row) || (isOver && rows.running(row))) links.duplicates[row] = 1;
  for (const row of operations) {
    const shown = visible(row, replacedBy, links);
    if (shown !== undefined && shown !== row) links.replacements.set(row, shown);
    if (links.duplicates[row] === 1) continue;
    links.parents.set(row, visible(above.get(row), replacedBy, links) ?? root);
  }
}

/** The end of a dispatch span is not the end of its query. */
function hasEnded(table: SpanTable, row: number): boolean {
  return !table.rows.running(row) && table.text(row, Row.NAME)?.endsWith(DISPATCH_SUFFIX) !== true;
}

function groupByName(table: SpanTable, rows: readonly number[]): Map<string, number[]> {
  const named = new Map<string, number[]>();
  for (const row of rows) {
    const name = nameOf(table, row);
    const known = named.get(name);
    if (known) known.push(row);
    else named.set(name, [row]);
  }
  return named;
}

/** Spans prefix agents and teams with their namespace. */
function nameOf(table: SpanTable, row: number): string {
  const kind = table.rows.kind(row);
  const field = kind === "turn" || kind === "chain" ? Row.NAME : Row.SUBJECT;
  return `${kind}:${(table.text(row, field) ?? "").replace(/^.*\//, "")}`;
}

function depthOf(table: SpanTable, row: number): number {
  return DEPTHS.get(table.rows.kind(row)) ?? DEEPEST;
}

/** By row: its parent operation, by time; absent if none runs. */
function nest(table: SpanTable, operations: readonly number[]): Map<number, number> {
  const parents = new Map<number, number>();
  /** By depth: a stack of started operations. Ended ones are removed when they are met. */
  const started: number[][] = Array.from({ length: DEEPEST + 1 }, () => []);
  const ordered = operations.toSorted(
    (a, b) =>
      table.rows.order(a, Row.START, b, Row.START) || depthOf(table, a) - depthOf(table, b) || compareRows(table, a, b),
  );
  for (const row of ordered) {
    const depth = depthOf(table, row);
    const start = startOf(table, row);
    for (const open of started.slice(0, depth).toReversed()) {
      while (open.length > 0 && endOf(table, open.at(-1) ?? 0) <= start) open.pop();
      const parent = open.at(-1);
      if (parent === undefined) continue;
      parents.set(row, parent);
      break;
    }
    started[depth]?.push(row);
  }
  return parents;
}

/** The row that is shown for it in the tree. */
function visible(
  row: number | undefined,
  replacedBy: ReadonlyMap<number, number>,
  links: DraftLinks,
): number | undefined {
  let at = row;
  while (at !== undefined && replacedBy.has(at)) at = replacedBy.get(at);
  return at === undefined || links.duplicates[at] === 1 ? undefined : at;
}

/**
 * Merges a derived query with its spans; returns the row that represents it. Its own span is exported last, so until then
 * the derived query is the parent of the spans that were received.
 */
function mergeQuery(table: SpanTable, query: number, traced: readonly number[], links: DraftLinks): number {
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
