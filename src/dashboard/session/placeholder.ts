import type { Mark, TreeNode } from "../../trace/tree.ts";

/** What stands for the name of a span that its children name and that has not come. */
export const placeholderWord = (node: TreeNode): string => `Parent ${node.spanId.slice(0, 8)} has not arrived`;

/** What is odd about a span, in words; a placeholder says so itself. */
export const MARK_WORDS: Readonly<Record<Mark, string | undefined>> = {
  placeholder: undefined,
  "self-parent": "names itself as its parent",
  cycle: "its parents form a circle",
  "end-before-start": "ends before it starts",
  "duplicate-id": "shares its span id with another span",
};

export const markWords = (node: TreeNode): string => node.marks.flatMap((mark) => MARK_WORDS[mark] ?? []).join(", ");
