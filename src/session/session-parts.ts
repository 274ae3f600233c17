import { repeatedCalls } from "./counted-rows.ts";
import type { PartFold } from "./part-fold.ts";
import type { Prices } from "./prices/prices.ts";
import { foldQueries } from "./queries.ts";
import { namesQuery } from "./query-groups.ts";
import { CYCLE, cutCycles, MISSING, namedParents, ROOT } from "./table/parent-links.ts";
import * as Row from "./table/span-rows.ts";
import type { SpanTable } from "./table/span-table.ts";

/** A part takes new units until it has so many rows. A report then folds a part or two, of some hundred in a large session. */
const MOST_ROWS = 512;
/** A part of several units that has grown to so many times this is divided. */
const TOO_LARGE = 4;

const NONE = -1;

type Part = PartFold & { readonly prices: Prices | undefined };

/**
 * A session's table in parts that nothing relates: each is folded by itself, and again only when one of its rows was written since.
 * For tables whose rows stay, and whose revisions rise as those of a log do.
 */
export class SessionParts {
  readonly #whole: SpanTable;
  readonly #mostRows: number;
  /** By row of the table: the number of its part. */
  #partOf = new Int32Array(0);
  #parts: (Part | undefined)[] = [];
  /** The part that takes new units. */
  #open = NONE;
  /** The last revision that was folded. */
  #revision = 0;
  readonly #annotated = new Set<string>();

  constructor(whole: SpanTable, mostRows = MOST_ROWS) {
    this.#whole = whole;
    this.#mostRows = mostRows;
  }

  /** Log records say more of the trace's spans than before. */
  annotate(traceId: string): void {
    this.#annotated.add(traceId);
  }

  folds(prices: Prices | undefined): readonly PartFold[] {
    const { rows } = this.#whole;
    // Derived spans may belong to spans of any trace.
    if (rows.length <= this.#mostRows || rows.anyDerived) return [this.#fold(this.#whole, prices)];
    for (const [at, own] of this.#divide(prices)) {
      if (own.length === 0) this.#parts[at] = undefined;
      else this.#parts[at] = this.#fold(own.length === rows.length ? this.#whole : this.#whole.slice(own), prices);
    }
    return this.#parts.filter((part) => part !== undefined);
  }

  #fold(table: SpanTable, prices: Prices | undefined): Part {
    return { table, fold: foldQueries(table, prices), prices };
  }

  /** Gives each row its part; returns the rows of the parts that changed since the last time. */
  #divide(prices: Prices | undefined): Map<number, number[]> {
    const { rows } = this.#whole;
    const known = this.#partOf;
    const units = unitsOf(this.#whole);
    const sizes = new Int32Array(rows.length);
    for (const unit of units) sizes[unit] = (sizes[unit] ?? 0) + 1;
    const tooLarge = this.#grownParts(units);
    const annotated = new Set(Array.from(this.#annotated, (traceId) => this.#whole.traceNumber(traceId)));
    this.#annotated.clear();

    const changed = new Map<number, number[]>();
    this.#parts.forEach((part, at) => {
      // The whole table has grown since.
      if (part !== undefined && (part.prices !== prices || part.table === this.#whole)) changed.set(at, []);
    });
    const partOf = new Int32Array(rows.length);
    /** By part: its rows. */
    const filled: number[] = [];
    /** By the unit's number. */
    const partOfUnit = new Int32Array(rows.length).fill(NONE);
    const place = (unit: number, before: number): number => {
      const size = sizes[unit] ?? 0;
      let part = before;
      if (part === NONE || tooLarge.has(part)) {
        const isFull = (filled[this.#open] ?? 0) + size > this.#mostRows;
        if (this.#open === NONE || tooLarge.has(this.#open) || isFull) this.#open = this.#parts.push(undefined) - 1;
        part = this.#open;
      }
      filled[part] = (filled[part] ?? 0) + size;
      return part;
    };
    let revision = this.#revision;
    for (let row = 0; row < rows.length; row++) {
      const unit = units[row] ?? row;
      const before = row < known.length ? (known[row] ?? NONE) : NONE;
      let part = partOfUnit[unit] ?? NONE;
      if (part === NONE) partOfUnit[unit] = part = place(unit, before);
      partOf[row] = part;
      const written = rows.word(row, Row.REVISION);
      if (written > revision) revision = written;
      if (before === part && written <= this.#revision && !annotated.has(rows.word(row, Row.TRACE))) continue;
      if (!changed.has(part)) changed.set(part, []);
      if (before !== NONE && !changed.has(before)) changed.set(before, []);
    }
    for (let row = 0; row < rows.length; row++) changed.get(partOf[row] ?? NONE)?.push(row);
    this.#partOf = partOf;
    this.#revision = revision;
    return changed;
  }

  /** Parts that hold too many rows of several units: they grew, or were one unit until now. */
  #grownParts(units: Int32Array): ReadonlySet<number> {
    const rowsIn = new Int32Array(this.#parts.length);
    const unitsIn = new Int32Array(this.#parts.length);
    this.#partOf.forEach((part, row) => {
      rowsIn[part] = (rowsIn[part] ?? 0) + 1;
      if (units[row] === row) unitsIn[part] = (unitsIn[part] ?? 0) + 1;
    });
    const isGrown = (part: number): boolean =>
      (unitsIn[part] ?? 0) > 1 && (rowsIn[part] ?? 0) > TOO_LARGE * this.#mostRows;
    return new Set([...this.#parts.keys()].filter(isGrown));
  }
}

/**
 * By row: the number of its unit, a row of it. A unit is a tree of spans; but all of a trace is one if a span's parent was not
 * received, a span names its query, two spans have one id, or two trees have one call of a tool: each relates trees.
 */
function unitsOf(table: SpanTable): Int32Array {
  const { rows } = table;
  const parents = namedParents(table);
  cutCycles(parents);
  const undivided = new Set(table.sharingTraces);
  const units = new Int32Array(rows.length).fill(NONE);
  for (let row = 0; row < rows.length; row++) {
    const parent = parents[row] ?? ROOT;
    if (parent === MISSING || parent === CYCLE || namesQuery(table, row)) undivided.add(rows.word(row, Row.TRACE));
    let top = row;
    while (units[top] === NONE && (parents[top] ?? ROOT) >= 0) top = parents[top] ?? ROOT;
    if (units[top] !== NONE) top = units[top] ?? top;
    for (let at = row; at >= 0 && units[at] === NONE; at = parents[at] ?? ROOT) units[at] = top;
  }
  for (const trace of tracesWithSharedCalls(table, units)) undivided.add(trace);
  if (undivided.size === 0) return units;
  const first = new Map<number, number>();
  for (let row = 0; row < rows.length; row++) {
    const trace = rows.word(row, Row.TRACE);
    if (!undivided.has(trace)) continue;
    if (!first.has(trace)) first.set(trace, row);
    units[row] = first.get(trace) ?? row;
  }
  return units;
}

/** Traces in which spans of several units are of one tool's call. */
function tracesWithSharedCalls(table: SpanTable, units: Int32Array): Set<number> {
  const traces = new Set<number>();
  const { rows } = table;
  const repeated = repeatedCalls(table, () => true);
  if (repeated === undefined) return traces;
  const unitOfCall = new Map<number, number>();
  for (let row = 0; row < rows.length; row++) {
    const call = rows.word(row, Row.CALL);
    if (call === 0 || rows.kind(row) !== "tool" || !repeated.has(call)) continue;
    const trace = rows.word(row, Row.TRACE);
    const key = trace * 2 ** 32 + call;
    const unit = units[row] ?? row;
    if ((unitOfCall.get(key) ?? unit) !== unit) traces.add(trace);
    unitOfCall.set(key, unit);
  }
  return traces;
}
