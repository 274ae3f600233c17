/** Rows from `first` up to `last`, without it. */
export type RowRange = { readonly first: number; readonly last: number };

/** The part of all rows in view, pixels. */
export type RowsView = { readonly top: number; readonly height: number };

/** Rows mounted beyond each end of the view. */
const OVERSCAN = 10;
/** The mounted rows change by this many at once: most frames of a scroll then render nothing. */
const BLOCK = 8;
/** Mounted before the height of the view is known. */
export const FIRST_RANGE: RowRange = { first: 0, last: 40 };

/** The rows to mount for a view. Both ends change at once. */
export function rangeInView({ top, height }: RowsView, rowHeight: number): RowRange {
  const block = Math.floor(top / rowHeight / BLOCK);
  const blocks = Math.ceil(height / rowHeight / BLOCK) + 1;
  const last = (block + blocks) * BLOCK + OVERSCAN;
  return { first: Math.max(0, block * BLOCK - OVERSCAN), last: Math.max(FIRST_RANGE.last, last) };
}

/** The scroll position that shows a row. */
export function scrolledTo(
  index: number,
  align: "auto" | "center",
  { top, height }: RowsView,
  rowHeight: number,
): number {
  const start = index * rowHeight;
  if (align === "center") return Math.max(0, start - (height - rowHeight) / 2);
  if (start < top) return start;
  return start + rowHeight > top + height ? start + rowHeight - height : top;
}

/** Of `count` rows. When rows go, the browser scrolls back only with the next frame: until then the last rows are mounted. */
export function clipped({ first, last }: RowRange, count: number): RowRange {
  if (first < count) return { first, last: Math.min(last, count) };
  return { first: Math.max(0, count - (last - first)), last: count };
}
