import type { SessionTree, TreeNode } from "./tree-node.ts";

/** A fold of each root with all rows below it, done once for each root: a session grows in few of its traces at a time. */
export function foldRoots<Part>(fold: (rows: readonly TreeNode[]) => Part): (tree: SessionTree) => readonly Part[] {
  const ofRoots = new WeakMap<TreeNode, Part>();
  const ofTrees = new WeakMap<SessionTree, readonly Part[]>();
  const partsOf = ({ rows, roots }: SessionTree): readonly Part[] => {
    let at = 0;
    return roots.map((root) => {
      const end = at + root.descendants + 1;
      let part = ofRoots.get(root);
      if (part === undefined) ofRoots.set(root, (part = fold(rows.slice(at, end))));
      at = end;
      return part;
    });
  };
  return (tree) => {
    const parts = ofTrees.get(tree) ?? partsOf(tree);
    ofTrees.set(tree, parts);
    return parts;
  };
}
