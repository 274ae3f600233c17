import { foldQueries } from "./queries.ts";
import type { Query } from "./queries.ts";
import { compareRows, isError } from "./table/annotated-rows.ts";
import { queriesOf } from "./summarise.ts";
import * as Row from "./table/span-rows.ts";
import type { SpanTable } from "./table/span-table.ts";
import type { QuerySummary } from "./summary.ts";

/** A query of a table and the rows of its spans, by start. */
export type QueryRows = { readonly query: Query; readonly summary: QuerySummary; readonly rows: readonly number[] };

/** More spans than these do not say anything new of what was asked. */
const MAX_TELLING = 20;
/** Calls after one answer of a model that are looked at: each is read whole. */
const MAX_CALLS = 200;

/** `undefined` where there is no query of this key. */
export function rowsOfQuery(table: SpanTable, key: string): QueryRows | undefined {
  const fold = foldQueries(table);
  const summaries = queriesOf(table, fold);
  const place = summaries.findIndex((summary) => summary.key === key);
  const query = fold.queries[place];
  const summary = summaries[place];
  if (query === undefined || summary === undefined) return undefined;
  const rows: number[] = [];
  fold.groups.queryOf.forEach((of, row) => {
    if (of === place) rows.push(row);
  });
  return { query, summary, rows: rows.toSorted((a, b) => compareRows(table, a, b)) };
}

/** The rows whose spans say what was asked, of whom and for whom: those that know best first. */
export function sourceRows(table: SpanTable, { query, rows }: QueryRows): readonly number[] {
  const own = rows.filter((row) => table.rows.kind(row) === "query");
  const known = [...(query.received ? [query.lead] : []), ...own, query.prompt, query.target, ...rows];
  return [...new Set(known)].filter((row) => row >= 0).slice(0, MAX_TELLING);
}

/** Where a query stands: the last answer of a model, and the calls that were made since or have no answer. */
export type QueryProgress = {
  readonly lastAnswer: number | undefined;
  readonly calls: readonly number[];
  /** Calls that are left out. */
  readonly omitted: number;
};

export function progressOf(table: SpanTable, { rows }: QueryRows): QueryProgress {
  const { rows: spans } = table;
  let step: number | undefined;
  for (const row of rows) {
    if (spans.kind(row) !== "llm" || spans.running(row) || isError(table, row)) continue;
    if (step === undefined || spans.order(row, Row.LAST, step, Row.LAST) >= 0) step = row;
  }
  const calls = rows.filter((row) => {
    const kind = spans.kind(row);
    if (row === step || (kind !== "tool" && kind !== "llm")) return false;
    if (step === undefined) return kind === "tool" || spans.running(row) || isError(table, row);
    if (kind === "tool") return spans.order(row, Row.START, step, Row.START) >= 0 || spans.running(row);
    return spans.running(row) || (isError(table, row) && spans.order(row, Row.LAST, step, Row.LAST) >= 0);
  });
  // The newest are what is still open.
  return { lastAnswer: step, calls: calls.slice(-MAX_CALLS), omitted: Math.max(0, calls.length - MAX_CALLS) };
}
