import * as Row from "./span-rows.ts";
import type { SpanTable } from "./span-table.ts";

/** Values in a list of parents (positions in the same list) for spans without one. ROOT: it names no parent. */
export const ROOT = -1;
/** It names a parent that was not received. */
export const MISSING = -2;
/** It names itself. */
export const SELF = -3;
/** It was its own ancestor; the cycle is cut. */
export const CYCLE = -4;

/** By row: the parent that the span names, or why it has none. The list may have cycles: see {@link cutCycles}. */
export function namedParents(table: SpanTable): Int32Array {
  const parents = new Int32Array(table.size);
  for (let row = 0; row < parents.length; row++) parents[row] = namedParent(table, row);
  return parents;
}

/** The parent that the row's span names, or why it has none. */
export function namedParent(table: SpanTable, row: number): number {
  const { rows, knownParents } = table;
  if (rows.isZero(row, Row.PARENT)) return ROOT;
  if (rows.order(row, Row.PARENT, row, Row.ID) === 0) return SELF;
  const known = knownParents.of(row);
  if (known >= 0) return known;
  const parent = table.parentRow(row);
  if (parent < 0) return MISSING;
  knownParents.set(row, parent);
  return parent;
}

/** Sets the parent of each member of a cycle to CYCLE. Spans below a cycle keep their parents. */
export function cutCycles(parents: Int32Array): void {
  const walkOf = new Uint32Array(parents.length);
  for (let start = 0; start < parents.length; start++) {
    const walk = start + 1;
    let at = start;
    while (at >= 0 && walkOf[at] === 0) {
      walkOf[at] = walk;
      at = parents[at] ?? ROOT;
    }
    if (at < 0 || walkOf[at] !== walk) continue;
    while (at >= 0) {
      const next: number = parents[at] ?? ROOT;
      parents[at] = CYCLE;
      at = next;
    }
  }
}

/** All positions, each parent before its children; reversed, children come first. The list must have no cycle. */
export function parentsFirst(parents: Int32Array): Int32Array {
  const pending = new Uint32Array(parents.length);
  for (const parent of parents) if (parent >= 0) pending[parent] = (pending[parent] ?? 0) + 1;
  const order = new Int32Array(parents.length);
  let back = parents.length;
  for (let at = 0; at < parents.length; at++) if (pending[at] === 0) order[--back] = at;
  for (let read = parents.length - 1; read >= back; read--) {
    const parent = parents[order[read] ?? 0] ?? ROOT;
    if (parent < 0) continue;
    const left = (pending[parent] ?? 0) - 1;
    pending[parent] = left;
    if (left === 0) order[--back] = parent;
  }
  return order;
}

/** By row: its outermost ancestor, itself if it has no parent. */
export function topsOf(parents: Int32Array, order: Int32Array): Int32Array {
  const tops = new Int32Array(parents.length);
  for (const row of order) {
    const parent = parents[row] ?? ROOT;
    tops[row] = parent < 0 ? row : (tops[parent] ?? row);
  }
  return tops;
}
