import type { SessionTree, TreeNode } from "./tree-node.ts";

/** A fold of each root with all rows below it, done once for each root: a session grows in few of its traces at a time. */
export function foldRoots<Part>(fold: (rows: readonly TreeNode[]) => Part): (tree: SessionTree) => readonly Part[] {
  const ofRoots = new WeakMap<TreeNode, Part>();
  const ofTrees = new WeakMap<SessionTree, readonly Part[]>();
  const partOf = (root: TreeNode): Part => {
    let part = ofRoots.get(root);
    if (part === undefined) ofRoots.set(root, (part = fold(rowsFrom(root))));
    return part;
  };
  return (tree) => {
    let parts = ofTrees.get(tree);
    if (parts === undefined) ofTrees.set(tree, (parts = tree.roots.map(partOf)));
    return parts;
  };
}

const knownRows = new WeakMap<TreeNode, readonly TreeNode[]>();

/** A root and all below it, depth first. */
export function rowsFrom(root: TreeNode): readonly TreeNode[] {
  const known = knownRows.get(root);
  if (known !== undefined) return known;
  const rows: TreeNode[] = [];
  const ahead = [root];
  for (let row = ahead.pop(); row !== undefined; row = ahead.pop()) {
    rows.push(row);
    for (const child of row.children.toReversed()) ahead.push(child);
  }
  knownRows.set(root, rows);
  return rows;
}
