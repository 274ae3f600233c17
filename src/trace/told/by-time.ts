import { compareRows } from "../table/rows/compare-rows.ts";
import { ROOT } from "../table/parent-links.ts";
import * as Row from "../table/rows/span-rows.ts";
import type { SpanTable } from "../table/span-table.ts";
import type { DraftLinks } from "./told-links.ts";

/**
 * A call that names no prompt, or one that nothing tells of, belongs to the last prompt of its trace that comes before it (one
 * that comes before all of them, by a clock that counts otherwise, to the first), and to none where there is none: nothing
 * is awaited for it. Codex traces some of what it does, and logs the rest without a trace id: then the prompt is in a
 * trace, and what has none here repeats what spans tell, if these come.
 */
export function linkByTime(table: SpanTable, { hidden, parents }: DraftLinks): void {
  const { rows } = table;
  const traces = new Map<number, { prompts: number[]; calls: number[] }>();
  const traced = new Set<string>();
  for (let row = 0; row < rows.length; row++) {
    const told = rows.told(row);
    if (told === undefined) traced.add(rows.kind(row));
    if (told === undefined || told === "event") continue;
    if (told === "call" && table.parentRow(row) >= 0) continue;
    const trace = rows.word(row, Row.TRACE);
    let known = traces.get(trace);
    if (known === undefined) traces.set(trace, (known = { prompts: [], calls: [] }));
    (told === "prompt" ? known.prompts : known.calls).push(row);
  }
  for (const { prompts, calls } of traces.values()) {
    const ordered = prompts.toSorted((a, b) => compareRows(table, a, b));
    for (const call of calls) {
      const prompt = ordered[Math.max(0, promptsBefore(table, ordered, call) - 1)];
      if (prompt === undefined && rows.told(call) === "by-time" && traced.has(rows.kind(call))) hidden[call] = 1;
      else parents.set(call, prompt ?? ROOT);
    }
  }
}

/** How many of the prompts, which are in order, start before the call or with it. */
function promptsBefore({ rows }: SpanTable, prompts: readonly number[], call: number): number {
  let from = 0;
  let to = prompts.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (rows.order(prompts[middle] ?? 0, Row.START, call, Row.START) <= 0) from = middle + 1;
    else to = middle;
  }
  return from;
}
