import type { QuerySummary } from "../../../session/summary.ts";
import type { TreeNode } from "../../../session/tree/tree.ts";

/** The query of a row: its own, or that of the nearest row above, or the only one of its trace. */
export function queryOf(node: TreeNode, queries: readonly QuerySummary[]): QuerySummary | undefined {
  const inTrace = queries.filter(({ traceId }) => traceId === node.traceId);
  const bySpan = new Map(inTrace.map((query) => [query.spanId, query]));
  for (let row: TreeNode | undefined = node; row !== undefined; row = row.parent) {
    const own = bySpan.get(row.spanId);
    if (own !== undefined) return own;
  }
  return inTrace.length === 1 ? inTrace[0] : undefined;
}

/** Whether the row is its query's own. There the query can be run again. */
export const isQueryRow = (node: TreeNode, query: QuerySummary): boolean =>
  node.spanId === query.spanId || node.parent === undefined || node.span?.facts.kind === "query";
