import type { QueryFold } from "./queries.ts";
import { compareRows } from "./table/annotated-rows.ts";
import * as Row from "./table/span-rows.ts";
import type { SpanTable } from "./table/span-table.ts";

/**
 * The fold of a part of a session: of some trees of spans, which have a table of their own, or of all. Nothing relates spans of two parts,
 * so that a fold of the session is made of those of its parts, and a change folds one part anew.
 */
export type PartFold = { readonly table: SpanTable; readonly fold: QueryFold };

/** A row of one of several parts. */
export type PartRow = PartFold & { readonly row: number };

/** What each part gives to a fold of the session: found once for each. */
export function foldParts<Result>(fold: (part: PartFold) => Result): (parts: readonly PartFold[]) => Result[] {
  const known = new WeakMap<QueryFold, { readonly result: Result }>();
  return (parts) =>
    parts.map((part) => {
      let found = known.get(part.fold);
      if (found === undefined) known.set(part.fold, (found = { result: fold(part) }));
      return found.result;
    });
}

/** As `compareRows`, of rows of parts. */
export function comparePartRows(a: PartRow, b: PartRow): number {
  if (a.table === b.table) return compareRows(a.table, a.row, b.row);
  const rows = a.table.rows;
  const others = b.table.rows;
  const byStart =
    rows.word(a.row, Row.START) - others.word(b.row, Row.START) ||
    rows.word(a.row, Row.START + 1) - others.word(b.row, Row.START + 1);
  if (byStart !== 0) return byStart;
  const traceId = a.table.traceId(a.row);
  const otherTraceId = b.table.traceId(b.row);
  if (traceId !== otherTraceId) return traceId < otherTraceId ? -1 : 1;
  return (
    rows.word(a.row, Row.ID) - others.word(b.row, Row.ID) ||
    rows.word(a.row, Row.ID + 1) - others.word(b.row, Row.ID + 1) ||
    rows.word(a.row, Row.OTLP_KIND) - others.word(b.row, Row.OTLP_KIND)
  );
}

/** The row that comes first; `undefined` without any. */
export function firstRow(rows: readonly (PartRow | undefined)[]): PartRow | undefined {
  return rows.reduce(
    (first, row) => (row !== undefined && (first === undefined || comparePartRows(row, first) < 0) ? row : first),
    undefined,
  );
}
