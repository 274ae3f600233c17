import { expect, test } from "vitest";

import { HashSet, idHash } from "../../src/lib/id-hash.ts";

test("a set knows exactly the hashes that were added, also zeroes and equal low words", () => {
  const set = new HashSet();
  const hashes = Array.from({ length: 3_000 }, (_, at) => [at % 7, (at * 8) >>> 0] as const);
  for (const [high, low] of hashes) expect(set.add(high, low)).toBe(true);
  for (const [high, low] of hashes) {
    expect(set.has(high, low)).toBe(true);
    expect(set.add(high, low)).toBe(false);
    expect(set.has(high + 7, low)).toBe(false);
  }
  expect(set.size).toBe(3_000);
  expect(set.bytes / set.size).toBeLessThan(22);
});

test("ids that count up fill the buckets of a table evenly, whatever the seed", () => {
  for (const seed of [0, 1, 0xdead_beef]) {
    const buckets = new Uint32Array(256);
    for (let id = 0; id < 25_600; id++) {
      const bucket = idHash(seed, 3, 0x00f0_67aa, id) & 255;
      buckets[bucket] = (buckets[bucket] ?? 0) + 1;
    }
    expect(Math.max(...buckets)).toBeLessThan(160);
    expect(Math.min(...buckets)).toBeGreaterThan(55);
  }
});
