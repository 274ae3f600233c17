import type { Badge, TreeNode } from "./tree.ts";

/** The title of a placeholder: a parent that was not received. */
export const placeholderWord = (node: TreeNode): string => {
  // The trace itself was received in part. Only its root span is missing.
  if (standsForTrace(node)) return node.name === "" ? `Trace ${node.traceId.slice(0, 8)}` : node.name;
  const word = node.awaited ? "Running, details follow" : "Parent not received";
  return node.name === "" ? word : `${node.name}: ${node.awaited ? "running, details follow" : "not received"}`;
};

/** Whether the row stands for a trace whose root span was not received. */
export const standsForTrace = (node: TreeNode): boolean => node.badges.includes("trace");

/** The state of a node that has not ended; "" if it has. */
export const openWord = (node: TreeNode): string => {
  if (node.running) return "running";
  if (node.span !== undefined) return "";
  return node.awaited ? "running, details follow" : "not received";
};

/** Whether the node is still open: it runs, or may still arrive. `counted`: see `openEnd`. */
export const lastsOn = (node: TreeNode, counted: number | undefined): counted is number =>
  counted !== undefined && (node.running || node.awaited);

/** Warnings of a span, in words. A placeholder's title says it already. */
export const BADGE_WORDS: Readonly<Record<Badge, string | undefined>> = {
  placeholder: undefined,
  trace: undefined,
  "self-parent": "names itself as its parent",
  cycle: "its parents form a cycle",
  "end-before-start": "ends before it starts",
  "absurd-time": "its clock differs from the others by more than a year, or was never set",
  "duplicate-id": "shares its span id with another span",
};

export const badgeWords = (node: TreeNode): string =>
  node.badges.flatMap((badge) => BADGE_WORDS[badge] ?? []).join(", ");
