import type { SessionTree, TreeNode } from "./tree-node.ts";

/** A fold of each root with all rows below it, done once for each root: a session grows in few of its traces at a time. */
export function foldRoots<Part>(fold: (rows: readonly TreeNode[]) => Part): (tree: SessionTree) => readonly Part[] {
  const known = new WeakMap<TreeNode, Part>();
  return ({ rows, roots }) => {
    let at = 0;
    return roots.map((root) => {
      const end = at + root.descendants + 1;
      let part = known.get(root);
      if (part === undefined) known.set(root, (part = fold(rows.slice(at, end))));
      at = end;
      return part;
    });
  };
}
