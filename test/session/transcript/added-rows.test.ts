import { expect } from "vitest";
import { addedRows } from "../../../src/session/transcript/added-rows.ts";
import { ReadingRow } from "../../../src/session/transcript/reading-rows.ts";
import type { RowBlock } from "../../../src/session/transcript/reading-rows.ts";
import { law, seedsFrom } from "../../law.ts";
import { Random } from "../seeded-random.ts";

law("the added rows of a turn are those whose ids it had not, wherever they come", seedsFrom(700, 300), (seed) => {
  const random = new Random(seed);
  const before = blocksOf(random);
  const blocks = before.map((block, turn) => (random.chance(0.3) ? block : changed(block, turn, random)));
  if (random.chance(0.3)) blocks.push(...blocksOf(random));
  const wanted = blocks.flatMap((block, turn) => {
    const known = new Set(before[turn]?.map(({ id }) => id));
    return block.map(({ id }) => id).filter((id) => !known.has(id));
  });
  expect([...addedRows(before, blocks)].toSorted()).toEqual([...new Set(wanted)].toSorted());
});

const rowOf = (turn: number, span: number, count: number): ReadingRow =>
  new ReadingRow({ kind: "earlier", steps: count }, undefined, { traceId: "t", spanId: String(span) }, { turn, count });

function blocksOf(random: Random): RowBlock[] {
  return Array.from({ length: random.below(4) }, (_, turn) =>
    Array.from({ length: random.below(9) }, (__, span) => rowOf(turn, span, random.below(2))),
  );
}

/** Rows are made anew, go, come, and change places. */
function changed(block: RowBlock, turn: number, random: Random): RowBlock {
  const rows = block.flatMap((row, span) => (random.chance(0.1) ? [] : rowOf(turn, span, random.chance(0.9) ? 0 : 1)));
  for (let come = random.below(3); come > 0; come--)
    rows.splice(random.below(rows.length + 1), 0, rowOf(turn, 10 + random.below(3), 0));
  return random.chance(0.2) ? random.shuffle(rows) : rows;
}
