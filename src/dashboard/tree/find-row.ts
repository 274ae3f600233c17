import type { SessionTree, TreeNode } from "../../trace/view/tree.ts";

/**
 * The row of a key as URLs carry it: `<trace id>:<span id>`, with or without what distinguishes spans of one id. So a
 * link to a span that had not arrived leads to the span once it has, and one to what stood for a trace to its root.
 */
export function findRow(tree: SessionTree, key: string): TreeNode | undefined {
  const row = tree.byKey.get(key);
  if (row !== undefined) return row;
  const [traceId, spanId] = key.split(":");
  const standIn = tree.standIns.get(`${traceId}:${spanId}`);
  if (standIn !== undefined) return tree.byKey.get(standIn);
  if (spanId === "") return tree.roots.find((root) => root.traceId === traceId);
  return tree.rows.find((candidate) => candidate.spanId === spanId && candidate.traceId === traceId);
}
