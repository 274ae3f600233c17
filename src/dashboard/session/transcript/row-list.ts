import { countBefore } from "../../../lib/binary-search.ts";
import type { ReadingRow, RowBlock } from "../../../session/transcript/reading-rows.ts";

/** The shown rows of a transcript in blocks, one for each turn. A block that did not change is the same array. */
export class RowList {
  readonly blocks: readonly RowBlock[];
  /** By block: the place of its first row. */
  readonly starts: readonly number[];
  readonly length: number;

  constructor(blocks: readonly RowBlock[]) {
    this.blocks = blocks;
    let length = 0;
    this.starts = blocks.map((block) => (length += block.length) - block.length);
    this.length = length;
  }

  at(place: number): ReadingRow | undefined {
    const block = this.blockAt(place);
    return this.blocks[block]?.[place - (this.starts[block] ?? 0)];
  }

  /** Number of the block with this place; 0 without rows. */
  blockAt(place: number): number {
    return Math.max(0, countBefore(this.starts.length, (at) => (this.starts[at] ?? 0) <= place) - 1);
  }

  slice(from: number, to: number): ReadingRow[] {
    const rows: ReadingRow[] = [];
    for (let block = this.blockAt(from); (this.starts[block] ?? to) < to; block++) {
      const start = this.starts[block] ?? 0;
      rows.push(...(this.blocks[block] ?? []).slice(Math.max(0, from - start), to - start));
    }
    return rows;
  }

  /** -1 if there is none. */
  findIndex(wanted: (row: ReadingRow) => boolean): number {
    for (const [at, block] of this.blocks.entries()) {
      const place = block.findIndex(wanted);
      if (place >= 0) return (this.starts[at] ?? 0) + place;
    }
    return -1;
  }

  find(wanted: (row: ReadingRow) => boolean): ReadingRow | undefined {
    return this.at(this.findIndex(wanted));
  }
}
