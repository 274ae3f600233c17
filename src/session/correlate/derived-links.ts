import { countBefore } from "../../lib/binary-search.ts";
import * as Row from "../table/span-rows.ts";
import { compareRows } from "../table/annotated-rows.ts";
import { ROOT } from "../table/parent-links.ts";
import type { SpanTable } from "../table/span-table.ts";
import { linkEvents } from "./event-links.ts";
import type { DraftLinks } from "./event-links.ts";

/**
 * How derived spans relate to other spans where their ids do not say. The only source of these relations, for tables and
 * trees. Depends on the set of spans only.
 */
export type DerivedLinks = {
  /** By row: 1 if another row describes the same operation better. A duplicate is neither counted nor shown. */
  readonly duplicates: Uint8Array;
  /** By row: its parent row, or {@link ROOT}. */
  readonly parents: ReadonlyMap<number, number>;
  /** By duplicate row: the row that is shown in its place, if there is one. */
  readonly replacements: ReadonlyMap<number, number>;
  /** By row of a derived query: a row of the traced query that it is the same as. */
  readonly sameQuery: ReadonlyMap<number, number>;
};

/** `undefined` if no span is derived. */
export function linkDerivedSpans(table: SpanTable): DerivedLinks | undefined {
  if (!table.rows.anyDerived) return undefined;
  const links: DraftLinks = {
    duplicates: new Uint8Array(table.rows.length),
    parents: new Map(),
    replacements: new Map(),
    sameQuery: new Map(),
  };
  linkByTime(table, links);
  linkEvents(table, links);
  return links;
}

/**
 * Parents of calls whose prompt is not named, or not known: the last prompt of the trace that starts before the call, or
 * the first prompt if none does (clocks may differ). Without any prompt the call is a root, and no parent is awaited.
 * Codex traces some operations and logs the others without a trace id. Then the prompt is in a trace, and a logged call
 * without a prompt is a duplicate as soon as a traced span of its kind is known.
 */
export function linkByTime(table: SpanTable, { duplicates, parents }: DraftLinks): void {
  const { rows } = table;
  const traces = new Map<number, { prompts: number[]; calls: number[] }>();
  const traced = new Set<string>();
  for (let row = 0; row < rows.length; row++) {
    const derivation = rows.derivation(row);
    if (derivation === undefined) traced.add(rows.kind(row));
    if (derivation === undefined || derivation === "event") continue;
    if (derivation === "call" && table.parentRow(row) >= 0) continue;
    const trace = rows.word(row, Row.TRACE);
    let known = traces.get(trace);
    if (known === undefined) traces.set(trace, (known = { prompts: [], calls: [] }));
    (derivation === "prompt" ? known.prompts : known.calls).push(row);
  }
  for (const { prompts, calls } of traces.values()) {
    const ordered = prompts.toSorted((a, b) => compareRows(table, a, b));
    for (const call of calls) {
      const prompt = ordered[Math.max(0, promptsBefore(table, ordered, call) - 1)];
      if (prompt === undefined && rows.derivation(call) === "by-time" && traced.has(rows.kind(call)))
        duplicates[call] = 1;
      else parents.set(call, prompt ?? ROOT);
    }
  }
}

/** How many of the prompts, sorted by start, start no later than the call. */
function promptsBefore({ rows }: SpanTable, prompts: readonly number[], call: number): number {
  return countBefore(prompts.length, (at) => rows.order(prompts[at] ?? 0, Row.START, call, Row.START) <= 0);
}
