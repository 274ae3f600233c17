import * as Row from "../table/span-rows.ts";
import { compareRows } from "../table/annotated-rows.ts";
import type { SpanTable } from "../table/span-table.ts";
import type { DraftLinks } from "./event-links.ts";

/**
 * Logfire ends the span of a streamed call with its request, and writes the answer and the tokens as a span beside it at the
 * stream's end. Of the calls that ask the same of the same model below the same span, each end belongs to the last that has
 * none and started before it. Without such a call it counts itself.
 */
export function linkStreamEnds(table: SpanTable, links: DraftLinks): void {
  const { rows } = table;
  const ends = new Map<string, number[]>();
  for (let row = 0; row < rows.length; row++) {
    if (rows.derivation(row) !== "stream-end") continue;
    const key = keyOf(table, row);
    const known = ends.get(key);
    if (known === undefined) ends.set(key, [row]);
    else known.push(row);
  }
  if (ends.size === 0) return;
  const calls = new Map<string, number[]>(Array.from(ends.keys(), (key) => [key, []]));
  for (let row = 0; row < rows.length; row++) {
    // A call with tokens had its answer when it ended.
    if (rows.kind(row) !== "llm" || rows.derivation(row) !== undefined || rows.hasTokens(row)) continue;
    calls.get(keyOf(table, row))?.push(row);
  }
  for (const [key, alike] of ends) pair(table, alike, calls.get(key) ?? [], links);
}

function pair(table: SpanTable, ends: readonly number[], calls: readonly number[], links: DraftLinks): void {
  const byStart = (a: number, b: number): number => compareRows(table, a, b);
  const ordered = calls.toSorted(byStart);
  const started: number[] = [];
  let next = 0;
  for (const end of ends.toSorted(byStart)) {
    while (next < ordered.length && table.rows.order(ordered[next] ?? 0, Row.START, end, Row.START) <= 0)
      started.push(ordered[next++] ?? 0);
    const call = started.pop();
    if (call === undefined) continue;
    links.duplicates[end] = 1;
    links.replacements.set(end, call);
    links.sources.set(call, [...(links.sources.get(call) ?? []), end]);
  }
}

function keyOf({ rows }: SpanTable, row: number): string {
  const asked = [Row.SERVICE, Row.SUBJECT, Row.PROMPT].map((field) => rows.string(row, field));
  return [rows.word(row, Row.TRACE), rows.hex(row, Row.PARENT), ...asked].join(":");
}
