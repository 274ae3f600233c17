/** Where rows of different heights lie. Heights are estimated until a row was drawn. */
export type RowLayout = {
  /** Pixels from the top; one more than there are rows. */
  readonly offsets: Float64Array;
  readonly height: number;
};

type Rows = readonly { readonly id: string }[];

export function layoutOf(
  rows: Rows,
  measured: ReadonlyMap<string, number>,
  estimate: (index: number) => number,
): RowLayout {
  const offsets = new Float64Array(rows.length + 1);
  for (let at = 0; at < rows.length; at++)
    offsets[at + 1] = (offsets[at] ?? 0) + (measured.get(rows[at]?.id ?? "") ?? estimate(at));
  return { offsets, height: offsets[rows.length] ?? 0 };
}

/** The row at this height: the last one that begins at it or above. 0 without rows. */
export function rowAt({ offsets }: RowLayout, top: number): number {
  let low = 0;
  let high = Math.max(0, offsets.length - 2);
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((offsets[middle] ?? 0) <= top) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The row that has to keep its place on the screen, and how far below the view's top it begins, pixels. */
export type Anchor = { readonly id: string; readonly index: number; readonly below: number };

/** The scroll position that keeps the anchor where it is; `undefined` if its row has gone. */
export function anchoredTop(anchor: Anchor, rows: Rows, { offsets }: RowLayout): number | undefined {
  const index = indexNear(rows, anchor);
  return index < 0 ? undefined : Math.max(0, (offsets[index] ?? 0) - anchor.below);
}

/** Rows move by few places at a time. */
function indexNear(rows: Rows, { id, index }: Anchor): number {
  for (let away = 0; away <= rows.length; away++) {
    if (rows[index + away]?.id === id) return index + away;
    if (rows[index - away]?.id === id) return index - away;
  }
  return -1;
}
