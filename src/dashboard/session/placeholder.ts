import type { TreeNode } from "../../trace/tree.ts";

/** What stands for the name of a span that its children name and that has not come. */
export const placeholderWord = (node: TreeNode): string => `span ${node.spanId.slice(0, 8)} has not arrived`;
