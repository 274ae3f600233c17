import { describe, expect, test } from "vitest";
import { TopK } from "../../src/lib/top-k.ts";
import { RowOrder } from "../../src/durable/directory/list/row-order.ts";
import { law, seedsFrom } from "../law.ts";
import { Random } from "../session/seeded-random.ts";

const SEEDS = seedsFrom(8500, 12);

/** Rows behind a place, by the rule. */
function ruled(
  values: readonly number[],
  sign: number,
  after?: { readonly value: number; readonly row: number },
): number[] {
  const compare = (a: number, b: number) => (values[a] ?? 0) - (values[b] ?? 0) || a - b;
  const isBehind = (row: number) =>
    after === undefined || sign * ((values[row] ?? 0) - after.value || row - after.row) > 0;
  return values
    .map((_, row) => row)
    .filter(isBehind)
    .toSorted((a, b) => sign * compare(a, b));
}

describe("rows in order", () => {
  law("stay in order while values change and rows are added, few or many", SEEDS, (seed) => {
    const random = new Random(seed);
    const values = Array.from({ length: random.below(400) }, () => random.below(40));
    const order = new RowOrder(values.length, (row) => values[row] ?? 0);
    for (let round = 0; round < 8; round++) {
      for (let moves = random.below(random.chance(0.5) ? 20 : 500); moves > 0; moves--) {
        const row = random.chance(0.4) ? values.length : random.below(values.length + 1);
        values[row] = random.below(40);
        order.move(row);
      }
      const place = { value: random.below(42) - 1, row: random.below(values.length + 1) - random.pick([0, 0.5]) };
      for (const after of [undefined, place]) {
        expect([...order.from(after, "asc")]).toEqual(ruled(values, 1, after));
        expect([...order.from(after, "desc")]).toEqual(ruled(values, -1, after));
      }
    }
  });

  test("include all rows that were added between two reads", () => {
    const order = new RowOrder(0, (row) => -row);
    for (let row = 0; row < 200_000; row++) order.move(row);
    expect(order.from(undefined, "asc").next().value).toBe(199_999);
    expect(order.from({ value: -5, row: 5 }, "asc").next().value).toBe(4);
  });

  law("the top k of any number are the first k of all", SEEDS, (seed) => {
    const random = new Random(seed);
    const values = Array.from({ length: random.below(300) }, () => random.below(30));
    const limit = 1 + random.below(40);
    for (const [order, sign] of [
      ["asc", 1],
      ["desc", -1],
    ] as const) {
      const foremost = new TopK(limit, order);
      for (const row of random.shuffle(values.map((_, at) => at))) foremost.offer(values[row] ?? 0, row);
      expect(foremost.ranked).toEqual(ruled(values, sign).slice(0, limit));
    }
  });
});
