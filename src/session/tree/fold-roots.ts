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

/** A row and all below it, depth first. */
export function rowsFrom(top: TreeNode): readonly TreeNode[] {
  const known = knownRows.get(top);
  if (known !== undefined) return known;
  const rows: TreeNode[] = [];
  const ahead = [top];
  for (let row = ahead.pop(); row !== undefined; row = ahead.pop()) {
    rows.push(row);
    const { children } = row;
    for (let at = children.length - 1; at >= 0; at--) {
      const child = children[at];
      if (child !== undefined) ahead.push(child);
    }
  }
  knownRows.set(top, rows);
  return rows;
}
