import { linkDerivedSpans } from "./correlate/derived-links.ts";
import { sessionDigest } from "./digest/session-digest.ts";
import type { Prices } from "./prices/prices.ts";
import { foldGroups } from "./queries.ts";
import type { QueryFold } from "./queries.ts";
import { groupByQuery } from "./query-groups.ts";
import { queriesOfParts, summariseParts } from "./summarise.ts";
import type { AboutSession } from "./summarise.ts";
import type { QuerySummary, SessionSummary } from "./summary.ts";
import type { SpanTable } from "./table/span-table.ts";

/*
 * A session that is folded at once, by a program that has all code. A page folds it in parts, and loads the code for derived spans and
 * for the digest of lists when it needs it, or never.
 */

/** `prices`: for tokens without a cost. */
export function foldQueries(table: SpanTable, prices?: Prices): QueryFold {
  return foldGroups(table, groupByQuery(table, linkDerivedSpans(table)), prices);
}

/** As `summariseParts`, with what only lists show. */
export function summarise(
  table: SpanTable,
  about: AboutSession,
  fold: QueryFold = foldQueries(table, about.prices),
): SessionSummary {
  return summariseParts(table, about, [{ table, fold }], sessionDigest);
}

/** As `queriesOfParts`. */
export function queriesOf(table: SpanTable, fold: QueryFold = foldQueries(table)): readonly QuerySummary[] {
  return queriesOfParts([{ table, fold }]);
}
