import * as Row from "../table/span-rows.ts";
import type { SpanKind } from "../../facts/facts.ts";
import type { SpanTable } from "../table/span-table.ts";
import { DISPATCH_SUFFIX } from "../../otel/semconv/attributes.ts";
import { NONE } from "../table/texts.ts";
import { compareRows } from "../table/annotated-rows.ts";
import { endOf, pairRows, SLACK, startOf } from "./pair-rows.ts";

/** While the links are made. */
export type DraftLinks = {
  readonly duplicates: Uint8Array;
  readonly parents: Map<number, number>;
  readonly replacements: Map<number, number>;
  readonly sameQuery: Map<number, number>;
};

/** A query that events tell of, with its operations. */
type EventQuery = { readonly query: number; readonly operations: readonly number[] };

/** What spans tell of a query: those of one trace that name it. */
type Traced = { readonly rows: number[]; start: bigint; end: bigint };

/**
 * Ark's events carry no ids. A query that they tell of is the one that spans name alike at that time: it is then told by the
 * spans, and of its operations those stay that no span tells yet.
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

/** What spans tell of queries of one name, by start. Asked for by queries by start: each is looked at once, however many there are. */
class NamedAlike {
  readonly #traced: readonly Traced[];
  #next = 0;

  constructor(traced: readonly Traced[]) {
    this.#traced = traced;
  }

  /** The rows of the first that may have happened in this time and was not taken; it is taken then. */
  take(start: bigint, end: bigint): readonly number[] | undefined {
    for (let one = this.#traced[this.#next]; one !== undefined; one = this.#traced[this.#next]) {
      if (one.start > end + SLACK) return undefined;
      // Over before this query began, it is over before all that are still to come.
      this.#next++;
      if (start <= one.end + SLACK) return one.rows;
    }
    return undefined;
  }
}

function tracedQueries(table: SpanTable): Map<string, NamedAlike> {
  const { rows } = table;
  const traces = new Map<string, Traced>();
  const byName = new Map<string, Traced[]>();
  for (let row = 0; row < rows.length; row++) {
    if (rows.derivation(row) !== undefined || rows.string(row, Row.QUERY_NAME) === NONE) continue;
    const identity = identityOf(table, row);
    const key = `${rows.word(row, Row.TRACE)}:${identity}`;
    const [start, end] = [startOf(table, row), endOf(table, row)];
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
  return new Map(Array.from(byName, ([identity, named]) => [identity, new NamedAlike(named)]));
}

function identityOf({ rows }: SpanTable, row: number): string {
  return `${rows.string(row, Row.QUERY_NAMESPACE)}:${rows.string(row, Row.QUERY_NAME)}`;
}

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
function linkOperations(
  table: SpanTable,
  { query, operations }: EventQuery,
  traced: readonly number[] | undefined,
  links: DraftLinks,
): void {
  const { rows } = table;
  /** By row: the row that tells it instead. */
  const better = new Map<number, number>();
  for (const alike of groupByName(table, operations).values()) {
    const [starts, ends] = [alike.filter((row) => rows.running(row)), alike.filter((row) => !rows.running(row))];
    for (const [start, end] of pairRows(table, starts, ends)) better.set(start, end);
  }
  if (traced !== undefined) {
    const spans = groupByName(table, traced);
    const left = operations.filter((row) => !better.has(row));
    for (const [name, alike] of groupByName(table, left)) {
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
