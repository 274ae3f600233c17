import { MISSING, ROOT } from "../table/parent-links.ts";
import type { QueryGroups } from "../query-groups.ts";
import { topsOf } from "../roll-up.ts";

/**
 * Of the rows that report tokens, those that no cost covers: nothing above them says one, nor anything below. As with
 * tokens, a subtree whose parent has not come counts as lying below its query's span.
 */
export function withoutCost(groups: QueryGroups, tokens: Uint8Array, hasCost: (row: number) => boolean): Uint8Array {
  const { parents, order, queries, queryOf } = groups;
  const said = new Uint8Array(parents.length);
  for (let row = 0; row < said.length; row++) if (hasCost(row)) said[row] = 1;
  const uncosted = new Uint8Array(parents.length);
  if (!said.includes(1)) {
    uncosted.set(tokens);
    return uncosted;
  }
  const above = said.slice();
  for (const row of order) {
    const parent = parents[row] ?? ROOT;
    if (parent >= 0 && above[parent] === 1) above[row] = 1;
  }
  const below = said.slice();
  const tops = topsOf(groups);
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
