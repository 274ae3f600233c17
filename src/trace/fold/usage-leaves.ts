import { MISSING, ROOT } from "../table/parent-links.ts";
import type { QueryGroups } from "./query-groups.ts";

/**
 * Of the rows that report something, those below which nobody reports it again: usage is repeated up the tree, and two
 * instrumentations may report one call. A subtree whose parent has not come counts as lying below its query's span.
 */
export function reportingLeaves(groups: QueryGroups, reports: (row: number) => boolean): Uint8Array {
  const { parents, order, queries, queryOf } = groups;
  const reporting = new Uint8Array(parents.length);
  const below = new Uint8Array(parents.length);
  const strays: number[] = [];
  for (let at = order.length - 1; at >= 0; at--) {
    const row = order[at] ?? 0;
    if (reports(row)) reporting[row] = 1;
    if (reporting[row] !== 1 && below[row] !== 1) continue;
    const parent = parents[row] ?? ROOT;
    if (parent >= 0) below[parent] = 1;
    if (parent === MISSING) strays.push(row);
  }
  if (strays.length > 0) {
    const tops = topsOf(groups);
    // A query's span may itself lie below a stray, which then reports too: the list grows while it is read.
    for (const stray of strays) {
      const query = queries[queryOf[stray] ?? -1];
      if (!query?.come || tops[query.lead] === stray) continue;
      let row = query.lead;
      while (row >= 0 && below[row] !== 1) {
        below[row] = 1;
        const parent = parents[row] ?? ROOT;
        if (parent === MISSING && reporting[row] !== 1) strays.push(row);
        row = parent;
      }
    }
  }
  for (let row = 0; row < below.length; row++) if (below[row] === 1) reporting[row] = 0;
  return reporting;
}

/** By row: its outermost ancestor, itself if it has no parent. */
export function topsOf({ parents, order }: Pick<QueryGroups, "parents" | "order">): Int32Array {
  const tops = new Int32Array(parents.length);
  for (const row of order) {
    const parent = parents[row] ?? ROOT;
    tops[row] = parent < 0 ? row : (tops[parent] ?? row);
  }
  return tops;
}
