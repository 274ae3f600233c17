import { cutToJsonBytes } from "../../lib/json-bytes.ts";
import { errorsOf } from "../errors.ts";
import { foldParts } from "../part-fold.ts";
import type { PartFold } from "../part-fold.ts";
import type { QueryGroups } from "../query-groups.ts";
import type { Cause } from "../summary.ts";
import { failureAt } from "../table/annotated-rows.ts";
import { ROOT } from "../table/parent-links.ts";
import type { SpanTable } from "../table/span-table.ts";
import { isPlumbingRow, stepName } from "./step-names.ts";

export const MAX_CAUSES = 3;
/** Bytes of JSON text. */
const MAX_NAME = 40;
const MAX_REASON = 84;

type Count = { readonly name: string; readonly reason: string; count: number };

/** By name and reason. */
const countsIn = foldParts(({ table, fold: { groups } }): ReadonlyMap<string, Count> => {
  const { causes } = errorsOf(table, groups);
  const counts = new Map<string, Count>();
  for (let row = causes.indexOf(1); row >= 0; row = causes.indexOf(1, row + 1)) {
    const name = stepName(table, groups, stepAround(table, groups, row));
    const reason = failureAt(table, row) ?? "";
    add(counts, `${name}\n${reason}`, { name, reason, count: 1 });
  }
  return counts;
});

/** The causes of a session's failures, the most frequent first. A failed request is the failure of the step that sent it. */
export function errorCauses(parts: readonly PartFold[]): Cause[] {
  const counts = new Map<string, Count>();
  for (const part of countsIn(parts)) for (const [id, count] of part) add(counts, id, count);
  return [...counts.values()]
    .toSorted((a, b) => b.count - a.count || compare(a.name, b.name) || compare(a.reason, b.reason))
    .slice(0, MAX_CAUSES)
    .map(({ name, reason, count }) => ({
      name: cutToJsonBytes(name, MAX_NAME),
      ...(reason === "" ? {} : { reason: cutToJsonBytes(reason, MAX_REASON) }),
      count,
    }));
}

function add(counts: Map<string, Count>, id: string, { name, reason, count }: Count): void {
  const known = counts.get(id);
  if (known === undefined) counts.set(id, { name, reason, count });
  else known.count += count;
}

/** The row itself, or the step around it if it is none. */
function stepAround(table: SpanTable, { parents }: QueryGroups, row: number): number {
  let at = row;
  while (at >= 0 && isPlumbingRow(table, at)) at = parents[at] ?? ROOT;
  return at >= 0 ? at : row;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
