import { countBefore } from "../../../lib/binary-search.ts";

/** So many moved rows are merged into the order; fewer are sorted by each read. */
const MOST_MOVED = 256;

/** Rows by value, then by row. */
type SortedRows = { readonly rows: Int32Array; readonly values: Float64Array };

/** Between two rows, if `row` is not whole. */
export type OrderPosition = { readonly value: number; readonly row: number };

/** All rows in the order of a value, kept up to date: the cost of a page from anywhere is proportional to its length. */
export class RowOrder {
  readonly #value: (row: number) => number;
  /** Each row once, with its value when the order was made. */
  #sorted: SortedRows;
  /** Rows that are new, or have another value now. */
  readonly #moved = new Set<number>();

  constructor(length: number, value: (row: number) => number) {
    this.#value = value;
    this.#sorted = sort(new Int32Array(length).keys(), value);
  }

  move(row: number): void {
    this.#moved.add(row);
  }

  /** The rows behind a position, in this direction. */
  *from(position: OrderPosition | undefined, order: "asc" | "desc"): Generator<number> {
    let moved = sort(this.#moved, this.#value);
    if (moved.rows.length > MOST_MOVED) {
      this.#merge(moved);
      moved = sort([], this.#value);
    }
    const sorted = this.#sorted;
    const step = order === "asc" ? 1 : -1;
    let at = behind(sorted, position, step);
    let movedAt = behind(moved, position, step);
    for (;;) {
      while (this.#moved.has(sorted.rows[at] ?? -1)) at += step;
      const row = sorted.rows[at];
      const other = moved.rows[movedAt];
      if (row === undefined && other === undefined) return;
      if (other === undefined || (row !== undefined && compare(sorted, at, moved, movedAt) * step < 0)) {
        yield row ?? 0;
        at += step;
      } else {
        yield other;
        movedAt += step;
      }
    }
  }

  #merge(moved: SortedRows): void {
    const { rows, values } = this.#sorted;
    const length = moved.rows.reduce((most, row) => Math.max(most, row + 1), rows.length);
    const merged = { rows: new Int32Array(length), values: new Float64Array(length) };
    let filled = 0;
    let next = 0;
    const take = (from: SortedRows, at: number): void => {
      merged.rows[filled] = from.rows[at] ?? 0;
      merged.values[filled++] = from.values[at] ?? 0;
    };
    for (let at = 0; at < rows.length; at++) {
      if (this.#moved.has(rows[at] ?? -1)) continue;
      while (next < moved.rows.length && compare(moved, next, this.#sorted, at) < 0) take(moved, next++);
      merged.rows[filled] = rows[at] ?? 0;
      merged.values[filled++] = values[at] ?? 0;
    }
    while (next < moved.rows.length) take(moved, next++);
    this.#sorted = merged;
    this.#moved.clear();
  }
}

function sort(given: Iterable<number>, value: (row: number) => number): SortedRows {
  const rows = Int32Array.from(given);
  const values = Float64Array.from(rows, (row) => value(row));
  const order = Int32Array.from(rows.keys()).sort(
    (a, b) => (values[a] ?? 0) - (values[b] ?? 0) || (rows[a] ?? 0) - (rows[b] ?? 0),
  );
  return {
    rows: Int32Array.from(order, (at) => rows[at] ?? 0),
    values: Float64Array.from(order, (at) => values[at] ?? 0),
  };
}

/** The first index behind the position, in this direction. */
function behind({ rows, values }: SortedRows, position: OrderPosition | undefined, step: number): number {
  if (position === undefined) return step > 0 ? 0 : rows.length - 1;
  const next = countBefore(rows.length, (index) => {
    const order = (values[index] ?? 0) - position.value || (rows[index] ?? 0) - position.row;
    return order < 0 || (step > 0 && order === 0);
  });
  return step > 0 ? next : next - 1;
}

function compare(a: SortedRows, at: number, b: SortedRows, other: number): number {
  return (a.values[at] ?? 0) - (b.values[other] ?? 0) || (a.rows[at] ?? 0) - (b.rows[other] ?? 0);
}
