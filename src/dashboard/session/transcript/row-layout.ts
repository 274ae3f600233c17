import { countBefore } from "../../../lib/binary-search.ts";
import type { ReadingRow, RowBlock } from "../../../session/transcript/reading-rows.ts";
import type { RowList } from "./row-list.ts";

/** What finds a row's height. */
export type RowId = Pick<ReadingRow, "id" | "spanId" | "turn">;

/** Heights of rows, pixels: estimated until a row was drawn. A change concerns the row's turn alone. */
export class RowHeights {
  /** By span, then by row: most spans were never drawn, and the ids of their rows need not be made. */
  readonly #measured = new Map<string, Map<string, number>>();
  readonly #estimate: (row: ReadingRow) => number;
  /** By turn: how often a height changed. */
  readonly #changes = new Map<number, number>();
  readonly #blocks = new WeakMap<RowBlock, { readonly changes: number; readonly offsets: Float64Array }>();

  constructor(estimate: (row: ReadingRow) => number) {
    this.#estimate = estimate;
  }

  /** Whether this is another height than before. */
  measure({ id, spanId, turn }: RowId, height: number): boolean {
    let ofSpan = this.#measured.get(spanId);
    if (ofSpan === undefined) this.#measured.set(spanId, (ofSpan = new Map()));
    if (Math.abs((ofSpan.get(id) ?? -1) - height) < 0.5) return false;
    ofSpan.set(id, height);
    this.#changes.set(turn, (this.#changes.get(turn) ?? 0) + 1);
    return true;
  }

  /** By row of a block: pixels from the block's top; one more than there are rows. */
  offsetsIn(block: RowBlock): Float64Array {
    const changes = this.#changes.get(block[0]?.turn ?? 0) ?? 0;
    let known = this.#blocks.get(block);
    if (known?.changes !== changes) this.#blocks.set(block, (known = { changes, offsets: this.#offsets(block) }));
    return known.offsets;
  }

  #offsets(block: RowBlock): Float64Array {
    const offsets = new Float64Array(block.length + 1);
    let top = 0;
    for (const [at, row] of block.entries()) {
      top += this.#measured.get(row.spanId)?.get(row.id) ?? this.#estimate(row);
      offsets[at + 1] = top;
    }
    return offsets;
  }
}

/** Where rows of different heights lie. */
export class RowLayout {
  /** Of all rows, pixels. */
  readonly height: number;
  readonly #rows: RowList;
  /** By block. */
  readonly #tops: Float64Array;
  readonly #offsets: readonly Float64Array[];

  constructor(rows: RowList, heights: RowHeights) {
    this.#rows = rows;
    this.#offsets = rows.blocks.map((block) => heights.offsetsIn(block));
    this.#tops = new Float64Array(rows.blocks.length + 1);
    let top = 0;
    for (const [at, offsets] of this.#offsets.entries()) {
      top += offsets.at(-1) ?? 0;
      this.#tops[at + 1] = top;
    }
    this.height = top;
  }

  /** Pixels from the top of all rows. `place`: of a row, or one after the last. */
  topOf(place: number): number {
    if (place >= this.#rows.length) return this.height;
    const block = this.#rows.blockAt(place);
    return (this.#tops[block] ?? 0) + (this.#offsets[block]?.[place - (this.#rows.starts[block] ?? 0)] ?? 0);
  }

  /** The row at this height: the last one that begins at it or above. 0 without rows. */
  rowAt(top: number): number {
    const { blocks, starts } = this.#rows;
    const block = Math.max(0, countBefore(blocks.length, (at) => (this.#tops[at] ?? 0) <= top) - 1);
    const [above, offsets] = [this.#tops[block] ?? 0, this.#offsets[block]];
    if (offsets === undefined) return 0;
    const rows = offsets.length - 1;
    return (starts[block] ?? 0) + Math.max(0, countBefore(rows, (at) => above + (offsets[at] ?? 0) <= top) - 1);
  }
}

/** The row that has to keep its place on the screen, and how far below the view's top it begins, pixels. */
export type Anchor = { readonly id: string; readonly index: number; readonly below: number };

/** The scroll position that keeps the anchor where it is; `undefined` if its row has gone. */
export function anchoredTop(anchor: Anchor, rows: RowList, layout: RowLayout): number | undefined {
  const index = indexNear(rows, anchor);
  return index < 0 ? undefined : Math.max(0, layout.topOf(index) - anchor.below);
}

/** Rows move by few places at a time. */
function indexNear(rows: RowList, { id, index }: Anchor): number {
  for (let away = 0; away <= NEAR; away++) {
    if (rows.at(index + away)?.id === id) return index + away;
    if (rows.at(index - away)?.id === id) return index - away;
  }
  return rows.findIndex((row) => row.id === id);
}

const NEAR = 100;
