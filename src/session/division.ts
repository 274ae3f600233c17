import { grown } from "../lib/grown.ts";
import { repeatedCalls } from "./counted-rows.ts";
import { namesQuery } from "./query-groups.ts";
import { CYCLE, cutCycles, MISSING, namedParent, ROOT } from "./table/parent-links.ts";
import * as Row from "./table/span-rows.ts";
import type { SpanTable } from "./table/span-table.ts";

/** A part of several units that has grown to so many times its size is divided. */
const TOO_LARGE = 4;

const NONE = -1;

/**
 * Which rows of a table are a part: some units, which nothing relates to others. It follows the table, whose rows stay and whose
 * revisions rise: only traces with rows that were written since are divided again.
 */
export class Division {
  readonly #table: SpanTable;
  readonly #mostRows: number;
  /** By row: the number of its part, and a row that stands for its unit. */
  #partOf = new Int32Array(0);
  #unitOf = new Int32Array(0);
  #length = 0;
  /** By part: its rows, and its units. */
  readonly #sizes: number[] = [];
  readonly #units: number[] = [];
  /** The part that takes new units. */
  #open = NONE;
  /** The last revision that was divided. */
  #revision = 0;

  /** `mostRows`: a part takes new units until it has so many rows. */
  constructor(table: SpanTable, mostRows: number) {
    this.#table = table;
    this.#mostRows = mostRows;
  }

  /** The parts that changed since the last call, by number, with their rows, ascending. `annotated`: traces of which log records say more. */
  update(annotated: ReadonlySet<string>): ReadonlyMap<number, readonly number[]> {
    const rows = this.#writtenTraces(annotated);
    const units = unitsOf(this.#table, rows);
    const changed = this.#place(rows, units, annotated);
    this.#length = this.#table.size;
    return this.#rowsOf(changed);
  }

  /** All rows of the traces that were written since. */
  #writtenTraces(annotated: ReadonlySet<string>): Int32Array {
    const { rows } = this.#table;
    const written = new Set(Array.from(annotated, (traceId) => this.#table.traceNumber(traceId)));
    for (let row = 0; row < rows.length; row++) {
      if (rows.word(row, Row.REVISION) > this.#revision) written.add(rows.word(row, Row.TRACE));
    }
    const found: number[] = [];
    let last = NONE;
    let isWritten = false;
    for (let row = 0; row < rows.length; row++) {
      const trace = rows.word(row, Row.TRACE);
      // Neighbours mostly share it.
      if (trace !== last) isWritten = written.has(trace);
      last = trace;
      if (isWritten) found.push(row);
    }
    return Int32Array.from(found);
  }

  /** Gives rows their parts; returns the parts that changed. `units`: by place in `rows`. */
  #place(rows: Int32Array, units: Int32Array, annotated: ReadonlySet<string>): ReadonlySet<number> {
    const table = this.#table;
    this.#takeOut(rows);
    this.#grow(table.size);
    const sizes = new Int32Array(rows.length);
    for (const unit of units) sizes[unit] = (sizes[unit] ?? 0) + 1;
    const tooLarge = this.#grownParts(rows, units, sizes);
    const changed = new Set<number>();
    /** By the unit's number. */
    const parts = new Int32Array(rows.length).fill(NONE);
    let revision = this.#revision;
    // Loops without iterators: all rows of a trace come here whenever it grows.
    for (let at = 0; at < rows.length; at++) {
      const row = rows[at] ?? 0;
      const unit = units[at] ?? at;
      const before = this.#partBefore(row);
      let part = parts[unit] ?? NONE;
      if (part === NONE) {
        part = before === NONE || tooLarge.has(before) ? this.#openFor(sizes[unit] ?? 0) : before;
        parts[unit] = part;
        this.#sizes[part] = (this.#sizes[part] ?? 0) + (sizes[unit] ?? 0);
        this.#units[part] = (this.#units[part] ?? 0) + 1;
      }
      const written = table.rows.word(row, Row.REVISION);
      if (written > revision) revision = written;
      const isAnnotated = annotated.size > 0 && annotated.has(table.traceId(row));
      if (before !== part || written > this.#revision || isAnnotated) {
        changed.add(part);
        if (before !== NONE) changed.add(before);
      }
    }
    for (let at = 0; at < rows.length; at++) {
      const row = rows[at] ?? 0;
      const unit = units[at] ?? at;
      this.#partOf[row] = parts[unit] ?? NONE;
      this.#unitOf[row] = rows[unit] ?? row;
    }
    this.#revision = revision;
    return changed;
  }

  #takeOut(rows: Int32Array): void {
    for (const row of rows) {
      const part = this.#partBefore(row);
      if (part === NONE) continue;
      this.#sizes[part] = (this.#sizes[part] ?? 0) - 1;
      if (this.#unitOf[row] === row) this.#units[part] = (this.#units[part] ?? 0) - 1;
    }
  }

  #partBefore(row: number): number {
    return row < this.#length ? (this.#partOf[row] ?? NONE) : NONE;
  }

  /** Parts that would hold too many rows of several units: they grew, or were one unit until now. */
  #grownParts(rows: Int32Array, units: Int32Array, sizes: Int32Array): ReadonlySet<number> {
    const ofRows = new Map<number, number>();
    const ofUnits = new Map<number, number>();
    for (let at = 0; at < rows.length; at++) {
      const part = this.#partBefore(rows[at] ?? 0);
      if (units[at] !== at || part === NONE) continue;
      ofRows.set(part, (ofRows.get(part) ?? this.#sizes[part] ?? 0) + (sizes[at] ?? 0));
      ofUnits.set(part, (ofUnits.get(part) ?? this.#units[part] ?? 0) + 1);
    }
    const isGrown = (part: number): boolean =>
      (ofUnits.get(part) ?? 0) > 1 && (ofRows.get(part) ?? 0) > TOO_LARGE * this.#mostRows;
    return new Set([...ofRows.keys()].filter(isGrown));
  }

  /** The part that a new unit of so many rows goes to. */
  #openFor(size: number): number {
    const isFree = this.#open !== NONE && (this.#sizes[this.#open] ?? 0) + size <= this.#mostRows;
    if (isFree) return this.#open;
    const empty = this.#sizes.indexOf(0);
    this.#open = empty === NONE ? this.#sizes.length : empty;
    return this.#open;
  }

  #grow(length: number): void {
    if (length <= this.#partOf.length) return;
    this.#partOf = grown(this.#partOf, length);
    this.#unitOf = grown(this.#unitOf, length);
  }

  #rowsOf(parts: ReadonlySet<number>): ReadonlyMap<number, readonly number[]> {
    const rowsOf = Array.from(this.#sizes, (_, part): number[] | undefined => (parts.has(part) ? [] : undefined));
    for (let row = 0; row < this.#length; row++) rowsOf[this.#partOf[row] ?? NONE]?.push(row);
    return new Map(Array.from(parts, (part) => [part, rowsOf[part] ?? []]));
  }
}

/**
 * By place in `rows`, which are all rows of some traces, ascending: the place of a row that stands for its unit. A unit is a tree of
 * spans; but all of a trace is one if a span's parent was not received, a span names its query, two spans have one id, two trees have
 * one call of a tool, or it has log records: each relates trees.
 */
function unitsOf(table: SpanTable, rows: Int32Array): Int32Array {
  // A trace has its parents.
  const first = rows[0] ?? 0;
  const placeOf = new Int32Array(table.size - first);
  for (let at = 0; at < rows.length; at++) placeOf[(rows[at] ?? 0) - first] = at;
  const parents = new Int32Array(rows.length);
  for (let at = 0; at < rows.length; at++) {
    const parent = namedParent(table, rows[at] ?? 0);
    parents[at] = parent < 0 ? parent : (placeOf[parent - first] ?? ROOT);
  }
  cutCycles(parents);
  const traceAt = (at: number): number => table.rows.word(rows[at] ?? 0, Row.TRACE);
  const undivided = new Set(table.sharingTraces);
  const units = new Int32Array(rows.length).fill(NONE);
  for (let at = 0; at < rows.length; at++) {
    const parent = parents[at] ?? ROOT;
    if (parent === MISSING || parent === CYCLE || namesQuery(table, rows[at] ?? 0)) undivided.add(traceAt(at));
    let top = at;
    while (units[top] === NONE && (parents[top] ?? ROOT) >= 0) top = parents[top] ?? ROOT;
    if (units[top] !== NONE) top = units[top] ?? top;
    for (let below = at; below >= 0 && units[below] === NONE; below = parents[below] ?? ROOT) units[below] = top;
    if (top === at && table.records.size > 0 && table.records.hasAny(traceAt(at))) undivided.add(traceAt(at));
  }
  for (const trace of tracesWithSharedCalls(table, rows, units)) undivided.add(trace);
  if (undivided.size === 0) return units;
  const tops = new Map<number, number>();
  for (let at = 0; at < rows.length; at++) {
    const trace = traceAt(at);
    if (!undivided.has(trace)) continue;
    if (!tops.has(trace)) tops.set(trace, at);
    units[at] = tops.get(trace) ?? at;
  }
  return units;
}

/** Traces in which spans of several units are of one tool's call. */
function tracesWithSharedCalls(table: SpanTable, among: Int32Array, units: Int32Array): Set<number> {
  const traces = new Set<number>();
  const { rows } = table;
  const repeated = repeatedCalls(table, among);
  if (repeated === undefined) return traces;
  const unitOfCall = new Map<number, number>();
  for (let at = 0; at < among.length; at++) {
    const row = among[at] ?? 0;
    const call = rows.word(row, Row.CALL);
    if (call === 0 || rows.kind(row) !== "tool" || !repeated.has(call)) continue;
    const trace = rows.word(row, Row.TRACE);
    const key = trace * 2 ** 32 + call;
    const unit = units[at] ?? at;
    if ((unitOfCall.get(key) ?? unit) !== unit) traces.add(trace);
    unitOfCall.set(key, unit);
  }
  return traces;
}
