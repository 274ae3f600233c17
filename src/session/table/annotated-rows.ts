import * as Row from "./span-rows.ts";
import type { Annotated } from "./annotations.ts";
import type { SpanTable } from "./span-table.ts";

/** Facts of a row's span combined with annotations from log records. Folds read errors and prompts here. */

export function isError(table: SpanTable, row: number): boolean {
  return table.rows.error(row) || annotationAt(table, row)?.error === true;
}

/** Whether an error is only a cancellation. Any other error outweighs it. */
export function isCanceled(table: SpanTable, row: number): boolean {
  const { rows } = table;
  const annotation = annotationAt(table, row);
  if (annotation?.error !== true) return rows.canceled(row);
  return annotation.canceled && (!rows.error(row) || rows.canceled(row));
}

/** Whether an exception states the row's error, and not a status alone. */
export function statesException(table: SpanTable, row: number): boolean {
  return table.rows.exception(row) || annotationAt(table, row)?.error === true;
}

/** The span's own failure, else that of an annotation. */
export function failureAt(table: SpanTable, row: number): string | undefined {
  return table.text(row, Row.FAILURE) ?? annotationAt(table, row)?.failure;
}

/** The span's own prompt, else that of an annotation; a guess of the span counts less. */
export function promptAt(table: SpanTable, row: number): string | undefined {
  const own = table.text(row, Row.PROMPT);
  if (own !== undefined && !table.rows.promptGuessed(row)) return own;
  return annotationAt(table, row)?.prompt ?? own;
}

/** Whether no user said the prompt of the row. */
export function isPromptGuessed(table: SpanTable, row: number): boolean {
  return table.rows.promptGuessed(row) && annotationAt(table, row)?.prompt === undefined;
}

function annotationAt({ annotations, rows }: SpanTable, row: number): Annotated | undefined {
  if (annotations.size === 0) return undefined;
  const trace = rows.word(row, Row.TRACE);
  return annotations.has(trace) ? annotations.at(trace, rows.hex(row, Row.ID)) : undefined;
}

/** Negative if the first row comes first: by start, then by trace, span id and kind, so that no two are equal. */
export function compareRows(table: SpanTable, a: number, b: number): number {
  const { rows } = table;
  const byStart = rows.order(a, Row.START, b, Row.START);
  if (byStart !== 0) return byStart;
  const traceA = table.traceId(a);
  const traceB = table.traceId(b);
  if (traceA !== traceB) return traceA < traceB ? -1 : 1;
  return rows.order(a, Row.ID, b, Row.ID) || rows.word(a, Row.OTLP_KIND) - rows.word(b, Row.OTLP_KIND);
}
