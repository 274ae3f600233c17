import { countBefore } from "../../lib/binary-search.ts";
import * as Row from "../table/span-rows.ts";
import { compareRows } from "../table/annotated-rows.ts";
import { MISSING, ROOT } from "../table/parent-links.ts";
import type { SpanTable } from "../table/span-table.ts";
import { callRows } from "./call-rows.ts";
import type { CallRows } from "./call-rows.ts";
import type { DraftLinks } from "./event-links.ts";
import { matchCalls } from "./same-calls.ts";

/**
 * Coding agents log prompts, model calls and tool calls, and may trace them too. Where both describe one operation, the span
 * counts and is shown, with what only the record says of it. The other derived spans hang below their prompts.
 */
export function linkAgentRecords(table: SpanTable, links: DraftLinks): void {
  const { rows } = table;
  const prompts: number[] = [];
  const calls: number[] = [];
  for (let row = 0; row < rows.length; row++) {
    const derivation = rows.derivation(row);
    if (derivation === "prompt") prompts.push(row);
    else if (derivation === "call" || derivation === "by-time") calls.push(row);
  }
  if (prompts.length + calls.length === 0) return;
  const spans = callRows(table);
  const matches = matchCalls(table, spans);
  for (const row of [...prompts, ...calls]) {
    const around = rows.derivation(row) === "prompt" ? table.parentRow(row) : -1;
    if (matches[row] !== -1) links.replacements.set(row, matches[row] ?? 0);
    // The span in which the prompt was logged has its text.
    else if (around >= 0 && rows.derivation(around) === undefined) links.replacements.set(row, around);
  }
  for (const [row, match] of links.replacements) {
    // It may be derived from a record of the same call, and itself have a span.
    const shown = links.replacements.get(match) ?? match;
    links.duplicates[row] = 1;
    links.replacements.set(row, shown);
    append(links.sources, shown, row);
  }
  for (const sources of links.sources.values()) sources.sort((a, b) => compareRows(table, a, b));
  const runs = new Runs(table, spans, prompts, links);
  for (const row of prompts) if (links.duplicates[row] !== 1) links.parents.set(row, ROOT);
  for (const row of calls) if (links.duplicates[row] !== 1) links.parents.set(row, runs.parentOf(row));
  runs.adopt(links, adoptingRuns(table, spans, calls, matches, runs));
}

/**
 * By trace without a run of its own: the run to which its calls belong, by the record of a call, else by time. An agent may
 * start a trace for each call, and exports the span around the calls last.
 */
function adoptingRuns(
  table: SpanTable,
  { isCall }: CallRows,
  calls: readonly number[],
  matches: Int32Array,
  runs: Runs,
) {
  const { rows } = table;
  const adopting = new Map<number, number>();
  const adopt = (span: number, run: number): void => {
    const trace = rows.word(span, Row.TRACE);
    if (run >= 0 && !adopting.has(trace) && !runs.traces.has(trace)) adopting.set(trace, run);
  };
  const byStart = (a: number, b: number): number => compareRows(table, a, b);
  for (const row of calls.toSorted(byStart)) {
    const match = matches[row] ?? -1;
    if (match >= 0 && rows.derivation(match) === undefined) adopt(match, runs.runOf(row));
  }
  const others = Array.from(isCall.keys()).filter((row) => isCall[row] === 1 && rows.kind(row) !== "agent");
  for (const row of others.toSorted(byStart)) adopt(row, runs.before(row));
  return adopting;
}

/** The runs of agents, one for each prompt: their spans, or else spans derived from the prompts. */
class Runs {
  /** Traces with a run. */
  readonly traces = new Set<number>();
  readonly #table: SpanTable;
  readonly #spans: CallRows;
  readonly #links: DraftLinks;
  readonly #byTrace = new Map<number, number[]>();
  readonly #byService = new Map<number, number[]>();
  /** Services that log prompts. */
  readonly #logging: ReadonlySet<number>;
  /** Runs of prompts by the parent that the prompts name: the span in which they were logged, or an id that prompts share. By start. */
  readonly #byParent = new Map<string, number[]>();

  constructor(table: SpanTable, spans: CallRows, prompts: readonly number[], links: DraftLinks) {
    const { rows } = table;
    this.#table = table;
    this.#spans = spans;
    this.#links = links;
    this.#logging = new Set(prompts.map((row) => rows.string(row, Row.SERVICE)));
    const all = new Set(prompts.map((row) => links.replacements.get(row) ?? row));
    spans.isCall.forEach((isCall, row) => {
      if (isCall === 1 && rows.kind(row) === "agent") all.add(row);
    });
    for (const row of [...all].toSorted((a, b) => compareRows(table, a, b))) {
      const trace = rows.word(row, Row.TRACE);
      this.traces.add(trace);
      append(this.#byTrace, trace, row);
      append(this.#byService, rows.string(row, Row.SERVICE), row);
    }
    for (const prompt of prompts) {
      const key = parentKey(table, prompt);
      if (key !== undefined) append(this.#byParent, key, links.replacements.get(prompt) ?? prompt);
    }
    for (const runs of this.#byParent.values()) runs.sort((a, b) => compareRows(table, a, b));
  }

  /** The parent of a derived call: the span that it names, else its run. Without any run the call is a root, and no parent is awaited. */
  parentOf(call: number): number {
    const named = this.#table.parentRow(call);
    return named >= 0 && this.#table.rows.derivation(named) === undefined ? named : this.runOf(call);
  }

  /**
   * The run to which a derived call belongs: that of the prompt that it names. Of several prompts with that name, else of the
   * runs of its trace, else of those of its agent, it is the last that starts before the call, or the first if none does
   * (clocks may differ). -1 without.
   */
  runOf(call: number): number {
    const { rows } = this.#table;
    const named = this.#table.parentRow(call);
    if (named >= 0 && rows.derivation(named) === "prompt") return this.#links.replacements.get(named) ?? named;
    const runs =
      this.#byParent.get(parentKey(this.#table, call) ?? "") ??
      this.#byTrace.get(rows.word(call, Row.TRACE)) ??
      this.#byService.get(rows.string(call, Row.SERVICE));
    return runs === undefined ? ROOT : (runs[Math.max(0, this.#startedBefore(runs, call) - 1)] ?? ROOT);
  }

  /** The last run that starts before a call of an agent that logs its prompts; -1 without. */
  before(call: number): number {
    const service = this.#table.rows.string(call, Row.SERVICE);
    const runs = this.#logging.has(service) ? (this.#byService.get(service) ?? []) : [];
    return runs[this.#startedBefore(runs, call) - 1] ?? -1;
  }

  /** The derived run that stands for the parent of a span, which was not received. */
  #standingFor(span: number): number | undefined {
    const runs = this.#byParent.get(parentKey(this.#table, span) ?? "") ?? [];
    return runs.find((run) => this.#table.rows.derivation(run) !== undefined);
  }

  #startedBefore(runs: readonly number[], call: number): number {
    const { rows } = this.#table;
    return countBefore(runs.length, (at) => rows.order(runs[at] ?? 0, Row.START, call, Row.START) <= 0);
  }

  /** Hangs the outermost spans of a trace below its adopting run, and spans whose parent was not received below the run that stands for it. */
  adopt(links: DraftLinks, adopting: ReadonlyMap<number, number>): void {
    if (adopting.size === 0 && this.#byParent.size === 0) return;
    const { rows } = this.#table;
    this.#spans.parents.forEach((parent, row) => {
      if ((parent !== ROOT && parent !== MISSING) || rows.derivation(row) !== undefined) return;
      const run = (parent === MISSING ? this.#standingFor(row) : undefined) ?? adopting.get(rows.word(row, Row.TRACE));
      if (run === undefined || run === row || rows.string(run, Row.SERVICE) !== rows.string(row, Row.SERVICE)) return;
      links.parents.set(row, run);
      if (parent === MISSING && rows.derivation(run) !== undefined) links.open.add(run);
    });
  }
}

/** `undefined` if the row names no parent. */
function parentKey({ rows }: SpanTable, row: number): string | undefined {
  return rows.isZero(row, Row.PARENT) ? undefined : `${rows.word(row, Row.TRACE)}:${rows.hex(row, Row.PARENT)}`;
}

function append<Key>(lists: Map<Key, number[]>, key: Key, value: number): void {
  const known = lists.get(key);
  if (known === undefined) lists.set(key, [value]);
  else known.push(value);
}
