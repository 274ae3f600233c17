import type { Tokens } from "./facts.ts";
import { outermostAbsent } from "./awaited-parents.ts";
import { compareRows, groupByQuery } from "./query-groups.ts";
import type { QueryGroup, QueryGroups } from "./query-groups.ts";
import * as Row from "./span-rows.ts";
import type { SpanTable } from "./span-table.ts";
import { reportingLeaves } from "./usage-leaves.ts";
import type { UsageSum } from "./usage-rows.ts";

/** A query with all that its spans add up to. */
export type Query = QueryGroup & {
  spans: number;
  errors: number;
  /** Its own span, or another query span of it, ended in error. */
  failed: boolean;
  /** The row that says what was asked; -1 if none does. */
  asked: number;
  readonly usage: UsageSum;
};

export type QueryFold = { readonly groups: QueryGroups; readonly queries: readonly Query[] };

export function foldQueries(table: SpanTable): QueryFold {
  const { rows, usage } = table;
  const groups = groupByQuery(table);
  const queries = groups.queries.map((group) => emptyQuery(table, group));
  const tokens = reportingLeaves(groups, (row) => rows.hasTokens(row));
  const costs = reportingLeaves(groups, (row) => rows.hasCost(row));
  for (let row = 0; row < rows.length; row++) {
    const query = queries[groups.queryOf[row] ?? -1];
    if (!query) continue;
    query.spans++;
    if (rows.error(row)) query.errors++;
    if (tokens[row] === 1) usage.addTokensTo(query.usage, rows.word(row, Row.USAGE));
    if (costs[row] === 1) usage.addCostTo(query.usage, rows.word(row, Row.USAGE));
    const isQuery = rows.kind(row) === "query" || (query.come && query.lead === row);
    if (isQuery && rows.error(row) && !rows.running(row)) query.failed = true;
    if (query.come && query.asked === query.lead) continue;
    if (table.text(row, Row.ASKED) === undefined) continue;
    if (query.asked < 0 || compareRows(table, row, query.asked) < 0) query.asked = row;
  }
  return { groups, queries };
}

function emptyQuery(table: SpanTable, group: QueryGroup): Query {
  const asked = group.come && table.text(group.lead, Row.ASKED) !== undefined ? group.lead : -1;
  const usage = { input: 0, output: 0, cached: 0, reasoning: 0 };
  return { ...group, spans: 0, errors: 0, failed: false, asked, usage };
}

/** Its outermost span runs, or has not come. */
export function isQueryOpen({ rows }: SpanTable, { come, lead }: QueryGroup): boolean {
  return !come || rows.running(lead);
}

/** "" where nothing names it. */
export function queryName(table: SpanTable, { named, lead, come }: QueryGroup): string {
  const own = named ? table.text(lead, Row.QUERY_NAME) : undefined;
  if (own !== undefined) return own;
  const awaited = come ? "" : outermostAbsent(table, lead).name;
  return awaited || (table.text(lead, Row.NAME) ?? table.text(lead, Row.SUBJECT) ?? "");
}

export function tokensOf({ input, output, cached, reasoning }: UsageSum): Tokens {
  return { input, output, cached, reasoning };
}
