import type { SessionTree, TreeNode } from "./tree.ts";

/**
 * The row of a URL's key: `<trace id>:<span id>`, with or without the suffix that distinguishes spans of one id. So a
 * link to a placeholder leads to its span once received, and a link to a trace's placeholder to its root.
 */
export function findRow(tree: SessionTree, key: string): TreeNode | undefined {
  const row = tree.byKey.get(key);
  if (row !== undefined) return row;
  const [traceId, spanId] = key.split(":");
  const standIn = tree.replacements.get(`${traceId}:${spanId}`);
  if (standIn !== undefined) return tree.byKey.get(standIn);
  if (spanId === "") return tree.roots.find((root) => root.traceId === traceId);
  return tree.bySpan.get(`${traceId}:${spanId}`);
}
