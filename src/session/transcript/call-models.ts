import { modelAt, modelRows } from "../merged-rows.ts";
import type { QueryGroups } from "../query-groups.ts";
import type { SpanTable } from "../table/span-table.ts";

const rowsOf = new WeakMap<QueryGroups, Int32Array>();

/** The model of the call at or around a row; `undefined` if none is named. */
export function callModels(table: SpanTable, groups: QueryGroups): (row: number) => string | undefined {
  return (row) => {
    let rows = rowsOf.get(groups);
    if (rows === undefined) rowsOf.set(groups, (rows = modelRows(table, groups)));
    const call = rows[row] ?? -1;
    return call < 0 ? undefined : modelAt(table, groups, call);
  };
}
