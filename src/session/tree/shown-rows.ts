import { isFiltering, passes } from "../kind-filter.ts";
import type { KindFilter } from "../kind-filter.ts";
import { isClosed } from "./closed-rows.ts";
import type { ClosedRows } from "./closed-rows.ts";
import { rowsFrom } from "./fold-roots.ts";
import { visibleRows } from "./tree.ts";
import type { SessionTree, TreeNode } from "./tree-node.ts";

export type ShownRows = {
  readonly closed: ClosedRows;
  readonly filter: Pick<KindFilter, "kinds" | "errors">;
  /** The row that is read alone, with all below it. */
  readonly turn?: TreeNode | undefined;
};

/** The rows that the reader asked for, and those above them, without what closed rows hide. */
export function shownRows(tree: SessionTree, { closed, filter, turn }: ShownRows): readonly TreeNode[] {
  if (!isFiltering(filter) && turn === undefined) return visibleRows(tree, closed);
  const all = turn === undefined ? tree.rows : rowsFrom(turn);
  const wanted = new Set<TreeNode>();
  for (const row of all) {
    if (!passes(filter, row)) continue;
    // Whatever is above a wanted row is wanted too.
    for (let at: TreeNode | undefined = row; at !== undefined && !wanted.has(at); at = at.parent) wanted.add(at);
  }
  const shown: TreeNode[] = [];
  for (let at = 0; at < all.length; at++) {
    const row = all[at];
    if (row === undefined || !wanted.has(row)) continue;
    shown.push(row);
    if (isClosed(closed, row)) at += row.descendants;
  }
  return shown;
}
