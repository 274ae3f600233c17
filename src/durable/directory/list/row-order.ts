/** Rows that moved since are merged into the order when they are so many: until then each read sorts them. */
const MOST_MOVED = 256;

/** Rows by value, then by row. */
type Sorted = { readonly rows: Int32Array; readonly values: Float64Array };

/** Between rows, where `row` is not whole. */
export type Place = { readonly value: number; readonly row: number };

/** All rows in the order of a value, kept while values change: a page from anywhere costs what the page is long. */
export class RowOrder {
  readonly #value: (row: number) => number;
  /** Each row once, with its value when the order was made. */
  #sorted: Sorted;
  /** Rows that are new, or have another value now. */
  readonly #moved = new Set<number>();

  constructor(length: number, value: (row: number) => number) {
    this.#value = value;
    this.#sorted = sort(new Int32Array(length).keys(), value);
  }

  move(row: number): void {
    this.#moved.add(row);
  }

  /** The rows behind a place, in this direction. */
  *from(place: Place | undefined, order: "asc" | "desc"): Generator<number> {
    let moved = sort(this.#moved, this.#value);
    if (moved.rows.length > MOST_MOVED) {
      this.#merge(moved);
      moved = sort([], this.#value);
    }
    const sorted = this.#sorted;
    const step = order === "asc" ? 1 : -1;
    let at = behind(sorted, place, step);
    let movedAt = behind(moved, place, step);
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

  #merge(moved: Sorted): void {
    const { rows, values } = this.#sorted;
    const length = moved.rows.reduce((most, row) => Math.max(most, row + 1), rows.length);
    const merged = { rows: new Int32Array(length), values: new Float64Array(length) };
    let filled = 0;
    let next = 0;
    const take = (from: Sorted, at: number): void => {
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

function sort(given: Iterable<number>, value: (row: number) => number): Sorted {
  const rows = Int32Array.from(given);
  const values = Float64Array.from(rows, (row) => value(row));
  const places = Int32Array.from(rows.keys()).sort(
    (a, b) => (values[a] ?? 0) - (values[b] ?? 0) || (rows[a] ?? 0) - (rows[b] ?? 0),
  );
  return {
    rows: Int32Array.from(places, (place) => rows[place] ?? 0),
    values: Float64Array.from(places, (place) => values[place] ?? 0),
  };
}

/** The first index behind the place: before or after it, as the direction is. */
function behind({ rows, values }: Sorted, place: Place | undefined, step: number): number {
  if (place === undefined) return step > 0 ? 0 : rows.length - 1;
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const order = (values[middle] ?? 0) - place.value || (rows[middle] ?? 0) - place.row;
    if (order < 0 || (step > 0 && order === 0)) low = middle + 1;
    else high = middle;
  }
  return step > 0 ? low : low - 1;
}

function compare(a: Sorted, at: number, b: Sorted, other: number): number {
  return (a.values[at] ?? 0) - (b.values[other] ?? 0) || (a.rows[at] ?? 0) - (b.rows[other] ?? 0);
}
