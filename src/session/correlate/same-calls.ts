import * as Row from "../table/span-rows.ts";
import { isOfRecords } from "../../facts/derivation.ts";
import type { Derivation } from "../../facts/derivation.ts";
import type { SpanKind } from "../../facts/facts.ts";
import { compareRows } from "../table/annotated-rows.ts";
import type { SpanTable } from "../table/span-table.ts";
import { isSameSubject } from "./call-rows.ts";
import type { CallRows } from "./call-rows.ts";
import { endOf, startOf } from "../table/row-times.ts";
import { SLACK } from "./pair-rows.ts";

/** The kinds of operations that coding agents both trace and log. */
const TRACED_AND_LOGGED: readonly SpanKind[] = ["llm", "tool", "agent"];

/** Whether a coding agent logged it. */
const isLogged = (derivation: Derivation): boolean => derivation !== "event" && isOfRecords(derivation);

/** Rows of one kind, one service and, for tools, one name, which may be the same operations. */
type Alike = { readonly derived: number[]; readonly spans: number[] };

/**
 * Finds the spans of the operations that log records report too. By row of a derived span: the row of the span, or of another
 * derived span, of the same operation; -1 without. The agent's own id decides; without one, the span in which the record was
 * written; without that, the times. Depends on the set of spans only.
 */
export function matchCalls(table: SpanTable, calls: CallRows): Int32Array {
  const { rows } = table;
  const matches = new Int32Array(rows.length).fill(-1);
  const isTaken = new Uint8Array(rows.length);
  const derived: number[] = [];
  /** Traces with spans. */
  const traced = new Set<number>();
  for (let row = 0; row < rows.length; row++) {
    const derivation = rows.derivation(row);
    if (derivation === undefined) traced.add(rows.word(row, Row.TRACE));
    else if (isLogged(derivation) && TRACED_AND_LOGGED.includes(rows.kind(row))) derived.push(row);
  }
  if (derived.length === 0) return matches;
  const match = (row: number, span: number): void => {
    matches[row] = span;
    isTaken[span] = 1;
  };
  matchById(table, derived, match);
  for (const row of derived) {
    const parent = table.parentRow(row);
    if (matches[row] === -1 && isSpanAround(table, parent, row)) match(row, parent);
  }
  const isOpen = (row: number): boolean => matches[row] === -1;
  const isTraced = (row: number): boolean => traced.has(rows.word(row, Row.TRACE));
  const spans = Array.from(calls.isCall.keys()).filter((row) => calls.isCall[row] === 1);
  const free = (): number[] => spans.filter((row) => isTaken[row] === 0);
  // A record of a trace reports an operation of that trace.
  matchByTime(
    table,
    derived.filter((row) => isOpen(row) && isTraced(row)),
    free(),
    true,
    match,
  );
  matchByTime(
    table,
    derived.filter((row) => isOpen(row) && !isTraced(row)),
    free(),
    false,
    match,
  );
  return matches;
}

type Match = (row: number, span: number) => void;

/**
 * Of several spans with one id the first counts, of several derived ones without a span too. An id that several prompts have
 * has none: Gemini CLI counts prompts anew when a session resumes.
 */
function matchById(table: SpanTable, derived: readonly number[], match: Match): void {
  const { rows } = table;
  const keyOf = (row: number): number =>
    rows.word(row, Row.CALL) * TRACED_AND_LOGGED.length + TRACED_AND_LOGGED.indexOf(rows.kind(row));
  const first = new Map<number, number>();
  const isBetter = (row: number, known: number): boolean => {
    const a = rows.derivation(row) === undefined;
    const b = rows.derivation(known) === undefined;
    return a === b ? compareRows(table, row, known) < 0 : a;
  };
  for (let row = 0; row < rows.length; row++) {
    const derivation = rows.derivation(row);
    const isOther = derivation !== undefined && !isLogged(derivation);
    if (rows.word(row, Row.CALL) === 0 || isOther || !TRACED_AND_LOGGED.includes(rows.kind(row))) continue;
    const key = keyOf(row);
    const known = first.get(key);
    if (known === undefined || isBetter(row, known)) first.set(key, row);
  }
  const prompts = new Map<number, number>();
  for (const row of derived) {
    if (rows.derivation(row) === "prompt") prompts.set(keyOf(row), (prompts.get(keyOf(row)) ?? 0) + 1);
  }
  for (const row of derived) {
    if (rows.word(row, Row.CALL) === 0 || (prompts.get(keyOf(row)) ?? 0) > 1) continue;
    const best = first.get(keyOf(row)) ?? row;
    if (best !== row) match(row, best);
  }
}

/** Whether the record was written in the span of its own operation. */
function isSpanAround(table: SpanTable, span: number, row: number): boolean {
  const { rows } = table;
  if (span < 0 || rows.derivation(span) !== undefined || rows.kind(span) !== rows.kind(row)) return false;
  return rows.kind(row) !== "tool" || isSameSubject(table, span, row);
}

function matchByTime(
  table: SpanTable,
  derived: readonly number[],
  spans: readonly number[],
  inTrace: boolean,
  match: Match,
): void {
  if (derived.length === 0 || spans.length === 0) return;
  const { rows } = table;
  const groups = new Map<string, Alike>();
  const keyOf = (row: number): string => {
    const kind = rows.kind(row);
    const subject = kind === "tool" ? rows.string(row, Row.SUBJECT) : "";
    return `${inTrace ? rows.word(row, Row.TRACE) : ""}:${rows.string(row, Row.SERVICE)}:${kind}:${subject}`;
  };
  for (const row of derived) {
    const key = keyOf(row);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, { derived: [row], spans: [] });
    else known.derived.push(row);
  }
  for (const row of spans) groups.get(keyOf(row))?.spans.push(row);
  for (const alike of groups.values()) pairAlike(table, alike, match);
}

/**
 * Pairs the rows in the order of their ends, because records are written at the ends of operations: each with at most one that
 * may overlap it. Then each call that is left takes the last span that is left and had started: an agent may log a call
 * long after its end. A prompt takes no other run.
 */
function pairAlike(table: SpanTable, { derived, spans }: Alike, match: Match): void {
  const byEnd = (a: number, b: number): number => compareEnds(table, a, b);
  derived.sort(byEnd);
  spans.sort(byEnd);
  const leftDerived: number[] = [];
  const leftSpans: number[] = [];
  let at = 0;
  let place = 0;
  while (place < derived.length && at < spans.length) {
    const row = derived[place] ?? 0;
    const span = spans[at] ?? 0;
    const next = derived[place + 1];
    if (endOf(table, span) + SLACK < startOf(table, row)) leftSpans.push(spans[at++] ?? 0);
    else if (
      endOf(table, row) + SLACK < startOf(table, span) ||
      (next !== undefined && isNearer(table, next, row, span))
    )
      leftDerived.push(derived[place++] ?? 0);
    else {
      match(row, span);
      place++;
      at++;
    }
  }
  leftDerived.push(...derived.slice(place));
  leftSpans.push(...spans.slice(at));
  const [first] = leftDerived;
  if (first === undefined || table.rows.kind(first) === "agent") return;
  leftSpans.sort((a, b) => compareRows(table, a, b));
  const started: number[] = [];
  let next = 0;
  for (const row of leftDerived) {
    while (next < leftSpans.length && startOf(table, leftSpans[next] ?? 0) <= endOf(table, row) + SLACK)
      started.push(leftSpans[next++] ?? 0);
    const span = started.pop();
    if (span !== undefined) match(row, span);
  }
}

/** Whether `a`, which overlaps the span, is nearer to it than `b`, by start or end. */
function isNearer(table: SpanTable, a: number, b: number, span: number): boolean {
  if (startOf(table, a) > endOf(table, span) + SLACK || endOf(table, a) + SLACK < startOf(table, span)) return false;
  return distance(table, a, span) < distance(table, b, span);
}

function distance(table: SpanTable, row: number, span: number): bigint {
  const starts = apart(startOf(table, row), startOf(table, span));
  const ends = apart(endOf(table, row), endOf(table, span));
  return starts < ends ? starts : ends;
}

function apart(a: bigint, b: bigint): bigint {
  return a < b ? b - a : a - b;
}

function compareEnds(table: SpanTable, a: number, b: number): number {
  const { rows } = table;
  if (rows.running(a) !== rows.running(b)) return rows.running(a) ? 1 : -1;
  return rows.order(a, Row.LAST, b, Row.LAST) || compareRows(table, a, b);
}
