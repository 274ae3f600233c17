import { compareRows } from "../table/annotated-rows.ts";
import * as Row from "../table/span-rows.ts";
import type { SpanTable } from "../table/span-table.ts";
import type { DraftLinks } from "./event-links.ts";

/**
 * OpenClaw writes the usage of a run's model calls as a span beside theirs, which have it since late 2026. Where a call of the
 * trace and service has tokens, the sum is no other call: the first such call is shown in its place. Else it counts itself.
 */
export function linkUsageSums(table: SpanTable, links: DraftLinks): void {
  const { rows } = table;
  const sums: number[] = [];
  for (let row = 0; row < rows.length; row++) if (rows.derivation(row) === "usage-sum") sums.push(row);
  if (sums.length === 0) return;
  const keyOf = (row: number): string => `${rows.word(row, Row.TRACE)}:${rows.string(row, Row.SERVICE)}`;
  const calls = new Map<string, number | undefined>(sums.map((row) => [keyOf(row), undefined]));
  for (let row = 0; row < rows.length; row++) {
    if (rows.kind(row) !== "llm" || rows.derivation(row) !== undefined || !rows.hasTokens(row)) continue;
    const key = keyOf(row);
    if (!calls.has(key)) continue;
    const known = calls.get(key);
    if (known === undefined || compareRows(table, row, known) < 0) calls.set(key, row);
  }
  for (const row of sums) {
    const call = calls.get(keyOf(row));
    if (call === undefined) continue;
    links.duplicates[row] = 1;
    links.replacements.set(row, call);
  }
}
