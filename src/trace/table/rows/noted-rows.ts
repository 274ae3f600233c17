import type { Noted } from "../span-notes.ts";
import * as Row from "./span-rows.ts";
import type { SpanTable } from "../span-table.ts";

/** What the row's span says together with what log records say of it: whoever folds errors and questions asks here. */

export function isError(table: SpanTable, row: number): boolean {
  return table.rows.error(row) || notedAt(table, row)?.error === true;
}

/** Of an error: nobody wanted the answer any more. Anything else that went wrong outweighs it. */
export function isCanceled(table: SpanTable, row: number): boolean {
  const { rows } = table;
  const noted = notedAt(table, row);
  if (noted?.error !== true) return rows.canceled(row);
  return noted.canceled && (!rows.error(row) || rows.canceled(row));
}

/** The span's own word first. */
export function failureAt(table: SpanTable, row: number): string | undefined {
  return table.text(row, Row.FAILURE) ?? notedAt(table, row)?.failure;
}

/** The span's own word first. */
export function askedAt(table: SpanTable, row: number): string | undefined {
  return table.text(row, Row.ASKED) ?? notedAt(table, row)?.asked;
}

function notedAt({ notes, rows }: SpanTable, row: number): Noted | undefined {
  if (notes.size === 0) return undefined;
  const trace = rows.word(row, Row.TRACE);
  return notes.has(trace) ? notes.at(trace, rows.hex(row, Row.ID)) : undefined;
}
