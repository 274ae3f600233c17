import type { EventQuery } from "./links.ts";
import { compareRows } from "../table/annotated-rows.ts";
import { linkOperations } from "./event-operations.ts";
import { endOf, SLACK, startOf } from "./pair-rows.ts";
import * as Row from "../table/span-rows.ts";
import type { SpanTable } from "../table/span-table.ts";
import { NONE } from "../table/texts.ts";
import type { DraftLinks } from "./links.ts";

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
