import { foldQueries, queriesOf } from "./whole-session.ts";
import type { Query } from "./queries.ts";
import { compareRows, isError } from "./table/annotated-rows.ts";
import * as Row from "./table/span-rows.ts";
import type { SpanTable } from "./table/span-table.ts";
import type { QuerySummary } from "./summary.ts";

/** A query and the rows of its spans, by start. */
export type QueryRows = { readonly query: Query; readonly summary: QuerySummary; readonly rows: readonly number[] };

/** More spans add nothing about the request. */
const MAX_SOURCES = 20;
/** Limit of calls after one answer of a model: each is read whole. */
const MAX_CALLS = 200;

/** `undefined` for an unknown key. */
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

/** Rows whose spans describe the request (input, target, user), best first. */
export function sourceRows(table: SpanTable, { query, rows }: QueryRows): readonly number[] {
  const own = rows.filter((row) => table.rows.kind(row) === "query");
  const known = [...(query.received ? [query.lead] : []), ...own, query.prompt, query.target, ...rows];
  return [...new Set(known)].filter((row) => row >= 0).slice(0, MAX_SOURCES);
}

/** Progress of a query: the last answer of a model, and the calls that came later or have no result. */
export type QueryProgress = {
  readonly lastAnswer: number | undefined;
  readonly calls: readonly number[];
  /** Number of calls over the limit. */
  readonly omitted: number;
};

export function progressOf(table: SpanTable, { rows }: QueryRows): QueryProgress {
  const { rows: spans } = table;
  let lastAnswer: number | undefined;
  for (const row of rows) {
    if (spans.kind(row) !== "llm" || spans.running(row) || isError(table, row)) continue;
    if (lastAnswer === undefined || spans.order(row, Row.LAST, lastAnswer, Row.LAST) >= 0) lastAnswer = row;
  }
  const calls = rows.filter((row) => {
    const kind = spans.kind(row);
    if (row === lastAnswer || (kind !== "tool" && kind !== "llm")) return false;
    if (lastAnswer === undefined) return kind === "tool" || spans.running(row) || isError(table, row);
    if (kind === "tool") return spans.order(row, Row.START, lastAnswer, Row.START) >= 0 || spans.running(row);
    return spans.running(row) || (isError(table, row) && spans.order(row, Row.LAST, lastAnswer, Row.LAST) >= 0);
  });
  // The newest calls are the open ones.
  return { lastAnswer, calls: calls.slice(-MAX_CALLS), omitted: Math.max(0, calls.length - MAX_CALLS) };
}
