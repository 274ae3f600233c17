import type { Badge, TreeNode } from "../../../session/tree/tree.ts";

/** What stands for the name of a span that others name and that has not come. */
export const placeholderWord = (node: TreeNode): string => {
  // A query is itself there, as far as its spans are: only its first span is not.
  if (standsForTrace(node)) return node.name === "" ? `Trace ${node.traceId.slice(0, 8)}` : node.name;
  const word = node.awaited ? "Running, details follow" : "Parent not received";
  return node.name === "" ? word : `${node.name}: ${node.awaited ? "running, details follow" : "not received"}`;
};

/** It holds what is known of a trace whose root has not come. */
export const standsForTrace = (node: TreeNode): boolean => node.badges.includes("trace");

/** What goes on with a node that has not ended; "" when it has. */
export const openWord = (node: TreeNode): string => {
  if (node.running) return "running";
  if (node.span !== undefined) return "";
  return node.awaited ? "running, details follow" : "not received";
};

/** Whether the node lasts on: it runs, or it may come yet. `counted`: see `openEnd`. */
export const lastsOn = (node: TreeNode, counted: number | undefined): counted is number =>
  counted !== undefined && (node.running || node.awaited);

/** What is odd about a span, in words; a placeholder says so itself. */
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
