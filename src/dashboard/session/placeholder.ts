import type { Mark, TreeNode } from "../../trace/tree.ts";

/** What stands for the name of a span that others name and that has not come. */
export const placeholderWord = (node: TreeNode): string => {
  const what = node.name === "" ? `Parent ${node.spanId.slice(0, 8)}` : node.name;
  return `${what} ${node.awaited ? "has not arrived" : "never came"}`;
};

/** What goes on with a node that has not ended; "" when it has. */
export const openWord = (node: TreeNode): string => {
  if (node.running) return "running";
  if (node.span !== undefined) return "";
  return node.awaited ? "not arrived" : "never came";
};

/**
 * Whether the node lasts on: it runs, or it may come yet. `open`: to where open nodes are drawn, Unix nanoseconds, which
 * stands still once nobody expects what has not come; `now`: Unix milliseconds.
 */
export const lastsOn = (node: TreeNode, open: bigint, now: number): boolean =>
  node.running || (node.awaited && BigInt(Math.floor(now)) * 1_000_000n <= open);

/** What is odd about a span, in words; a placeholder says so itself. */
export const MARK_WORDS: Readonly<Record<Mark, string | undefined>> = {
  placeholder: undefined,
  "self-parent": "names itself as its parent",
  cycle: "its parents form a circle",
  "end-before-start": "ends before it starts",
  "duplicate-id": "shares its span id with another span",
};

export const markWords = (node: TreeNode): string => node.marks.flatMap((mark) => MARK_WORDS[mark] ?? []).join(", ");
