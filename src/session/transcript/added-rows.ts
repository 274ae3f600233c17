import type { ReadingRow, RowBlock } from "./reading-rows.ts";

/** Ids of the rows that were in no block before. A block is compared with the one in its place: turns are numbered. */
export function addedRows(before: readonly RowBlock[], blocks: readonly RowBlock[]): Set<string> {
  const added = new Set<string>();
  for (const [at, block] of blocks.entries()) {
    const last = before[at] ?? [];
    if (last === block) continue;
    // What grows mostly grows at one place: ids of the rows around it need not be made.
    const start = countAlike(last, block, (rows, offset) => rows[offset]);
    const ends = [last.slice(start), block.slice(start)] as const;
    const end = countAlike(...ends, (rows, offset) => rows.at(-1 - offset));
    const [gone, come] = ends.map((rows) => rows.slice(0, rows.length - end));
    const known = new Set(gone?.map(({ id }) => id));
    for (const { id } of come ?? []) if (!known.has(id)) added.add(id);
  }
  return added;
}

function countAlike(
  a: RowBlock,
  b: RowBlock,
  rowAt: (rows: RowBlock, offset: number) => ReadingRow | undefined,
): number {
  for (let offset = 0; ; offset++) {
    const one = rowAt(a, offset);
    const other = rowAt(b, offset);
    if (one === undefined || other === undefined || !one.isSame(other)) return offset;
  }
}
