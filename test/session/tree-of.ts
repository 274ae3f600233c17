import { linkDerivedSpans } from "../../src/session/correlate/derived-links.ts";
import { groupByQuery } from "../../src/session/query-groups.ts";
import { SpanTable } from "../../src/session/table/span-table.ts";
import { buildTree } from "../../src/session/tree/tree.ts";
import type { SessionTree, ViewSpan } from "../../src/session/tree/tree.ts";

/** The tree of a table that holds these spans. `isAwaited`: whether missing parents may still be received. `last`: the tree before some of them came. */
export function treeOf(spans: readonly ViewSpan[], isAwaited = true, last?: SessionTree): SessionTree {
  const table = new SpanTable();
  const byRow: ViewSpan[] = [];
  spans.forEach((span, position) => {
    byRow[table.admit(span.traceId, span.facts, 1, position)] = span;
  });
  const groups = groupByQuery(table, linkDerivedSpans(table));
  return buildTree(table, groups, byRow, () => isAwaited, undefined, last === undefined ? {} : { last });
}
