import type { QueryGroups } from "./query-groups.ts";
import { MISSING, ROOT, topsOf } from "./table/parent-links.ts";

/**
 * The lowest reporting rows: those without another reporting row below. Usage is repeated up the tree, and two
 * instrumentations may report one call. A subtree whose parent is missing counts as below its query's span.
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
    const tops = topsOf(parents, order);
    // A query's span may itself be below a stray, which then reports too: the list grows during the loop.
    for (const stray of strays) {
      const query = queries[queryOf[stray] ?? -1];
      if (!query?.received || tops[query.lead] === stray) continue;
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

/**
 * Rows that report tokens without a cost: no row above or below them has one. As with tokens, a subtree whose parent is
 * missing counts as below its query's span.
 */
export function withoutCost(groups: QueryGroups, tokens: Uint8Array, hasCost: (row: number) => boolean): Uint8Array {
  const { parents, order, queries, queryOf } = groups;
  const costed = new Uint8Array(parents.length);
  for (let row = 0; row < costed.length; row++) if (hasCost(row)) costed[row] = 1;
  const uncosted = new Uint8Array(parents.length);
  if (!costed.includes(1)) {
    uncosted.set(tokens);
    return uncosted;
  }
  const above = costed.slice();
  for (const row of order) {
    const parent = parents[row] ?? ROOT;
    if (parent >= 0 && above[parent] === 1) above[row] = 1;
  }
  const below = costed.slice();
  const tops = topsOf(parents, order);
  const leadOf = (row: number): number => {
    const query = queries[queryOf[row] ?? -1];
    return query?.received === true && tops[query.lead] !== row ? query.lead : -1;
  };
  for (let at = order.length - 1; at >= 0; at--) {
    const row = order[at] ?? 0;
    const parent = parents[row] ?? ROOT;
    if (below[row] === 1 && parent >= 0) below[parent] = 1;
  }
  for (const row of order) {
    if (below[row] !== 1 || parents[row] !== MISSING) continue;
    for (let up = leadOf(row); up >= 0; up = parents[up] ?? ROOT) below[up] = 1;
  }
  for (let row = 0; row < parents.length; row++) {
    if (tokens[row] !== 1 || above[row] === 1 || below[row] === 1) continue;
    const top = tops[row] ?? row;
    const lead = parents[top] === MISSING ? leadOf(top) : -1;
    if (lead < 0 || above[lead] !== 1) uncosted[row] = 1;
  }
  return uncosted;
}
