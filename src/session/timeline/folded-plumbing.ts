import { isPlumbing } from "../kind-filter.ts";
import type { KindFilter } from "../kind-filter.ts";
import type { TreeNode } from "../tree/tree-node.ts";

/** The rows of a timeline, with runs of plumbing in one row each. */
export type FoldedRows = {
  /** The first row of a folded run stands for the run. */
  readonly rows: readonly TreeNode[];
  /** By the key of the row that stands for them: the rows of a folded run, itself included. */
  readonly runs: ReadonlyMap<string, readonly TreeNode[]>;
  /** By key of a row in a run that is not shown: the key of the row that stands for it. */
  readonly hidden: ReadonlyMap<string, string>;
  /** How deep a row is shown: as deep as in the tree without the levels that are folded. */
  readonly depthOf: (row: TreeNode) => number;
};

/** A single row takes no more room than its fold. */
const LEAST_RUN = 2;

/** `rows`: depth first, without the rows below closed ones. `opened`: keys of the rows whose runs the reader opened. */
export function foldPlumbing(
  rows: readonly TreeNode[],
  opened: ReadonlySet<string>,
  plumbing: KindFilter["plumbing"] = "folded",
): FoldedRows {
  if (plumbing === "shown") return { rows, runs: new Map(), hidden: new Map(), depthOf: ({ depth }) => depth };
  const shown: TreeNode[] = [];
  const runs = new Map<string, readonly TreeNode[]>();
  const hidden = new Map<string, string>();
  const depths = new Map<TreeNode, number>();
  const below = (row: TreeNode): number =>
    row.parent === undefined ? 0 : (depths.get(row.parent) ?? row.depth - 1) + 1;
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at];
    if (row === undefined) break;
    depths.set(row, below(row));
    shown.push(row);
    if (!isFoldable(row, rows[at + 1])) continue;
    let end = at + 1;
    // A run stays below the parent of its first row, so that its place in the tree is clear.
    for (
      let next = rows[end];
      next !== undefined && next.depth >= row.depth && isFoldable(next, rows[end + 1]);
      next = rows[end]
    )
      end++;
    const run = rows.slice(at, end);
    if (run.length < LEAST_RUN || opened.has(row.key)) {
      for (const one of run.slice(1)) {
        depths.set(one, below(one));
        shown.push(one);
      }
    } else {
      runs.set(row.key, run);
      const depth = depths.get(row) ?? row.depth;
      for (const one of run.slice(1)) {
        depths.set(one, depth);
        hidden.set(one.key, row.key);
      }
    }
    at = end - 1;
  }
  return { rows: shown, runs, hidden, depthOf: (row) => depths.get(row) ?? row.depth };
}

/** Roots show the shape of their trace, and a closed row hides more than plumbing. */
function isFoldable(row: TreeNode, next: TreeNode | undefined): boolean {
  const isClosed = row.children.length > 0 && next?.parent !== row;
  return row.parent !== undefined && !isClosed && isPlumbing(row);
}
