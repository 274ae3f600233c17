import * as Row from "../table/span-rows.ts";
import { isError, compareRows } from "../table/annotated-rows.ts";
import { ROOT } from "../table/parent-links.ts";
import type { SpanTable } from "../table/span-table.ts";
import { linkEvents } from "./event-links.ts";
import type { DraftLinks } from "./event-links.ts";

/**
 * How spans that were made of log records hang together with others, where their own ids do not say. Tables and trees ask
 * here, and nobody else decides it; it depends on the set of spans only.
 */
export type DerivedLinks = {
  /** By row: 1 where a better row tells the same. It is neither counted nor shown. */
  readonly duplicates: Uint8Array;
  /** By row: the row that it hangs from, or {@link ROOT}. */
  readonly parents: ReadonlyMap<number, number>;
  /** By hidden row: the row that tells the same, where there is one. */
  readonly replacements: ReadonlyMap<number, number>;
  /** By row of a query that was told of: a row of the query that it is. */
  readonly sameQuery: ReadonlyMap<number, number>;
};

/** `undefined` where no span was made of log records. */
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

/** What log records make of spans, by the keys under which a view knows these. */
export type DerivedKeys = {
  readonly duplicates: ReadonlySet<string>;
  /** "" of what hangs from nothing. */
  readonly parents: ReadonlyMap<string, string>;
  /** By `<trace id>:<span id>` of one that is hidden: the key of the one that tells the same. */
  readonly replacements: ReadonlyMap<string, string>;
  /** Those that count as errors because a record says so. */
  readonly errors: ReadonlySet<string>;
};

/** `undefined` where no log record makes anything of a span. */
export function derivedKeys(table: SpanTable, told: DerivedLinks | undefined): DerivedKeys | undefined {
  if (told === undefined && table.annotations.size === 0) return undefined;
  const [hidden, errors] = [new Set<string>(), new Set<string>()];
  const [parents, standIns] = [new Map<string, string>(), new Map<string, string>()];
  for (let row = 0; row < table.size; row++) {
    if (told?.duplicates[row] === 1) hidden.add(table.key(row));
    if (!table.rows.error(row) && isError(table, row)) errors.add(table.key(row));
  }
  for (const [row, parent] of told?.parents ?? [])
    parents.set(table.key(row), parent === ROOT ? "" : table.key(parent));
  for (const [row, other] of told?.replacements ?? [])
    standIns.set(`${table.traceId(row)}:${table.rows.hex(row, Row.ID)}`, table.key(other));
  return { duplicates: hidden, parents, replacements: standIns, errors };
}

/**
 * A call that names no prompt, or one that nothing tells of, belongs to the last prompt of its trace that comes before it (one
 * that comes before all of them, by a clock that counts otherwise, to the first), and to none where there is none: nothing
 * is awaited for it. Codex traces some of what it does, and logs the rest without a trace id: then the prompt is in a
 * trace, and what has none here repeats what spans tell, if these come.
 */
export function linkByTime(table: SpanTable, { duplicates: hidden, parents }: DraftLinks): void {
  const { rows } = table;
  const traces = new Map<number, { prompts: number[]; calls: number[] }>();
  const traced = new Set<string>();
  for (let row = 0; row < rows.length; row++) {
    const told = rows.derivation(row);
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
      if (prompt === undefined && rows.derivation(call) === "by-time" && traced.has(rows.kind(call))) hidden[call] = 1;
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
