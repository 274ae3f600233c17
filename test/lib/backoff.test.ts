import { expect, test } from "vitest";

import { backoff, fullJitter } from "../../src/lib/backoff.ts";

test("the delay doubles up to the ceiling, and the random part is its upper half", () => {
  expect([1, 2, 3, 6, 7, 40].map((attempt) => backoff(attempt, 1_000, 1))).toEqual([
    1_000, 2_000, 4_000, 30_000, 30_000, 30_000,
  ]);
  expect(backoff(3, 1_000, 0)).toBe(2_000);
  expect(backoff(3, 1_000, 0.5)).toBe(3_000);
  expect([1, 7, 8].map((attempt) => backoff(attempt, 250, 1, 16_000))).toEqual([250, 16_000, 16_000]);
});

test("full jitter spreads the delay from the first one up to the doubled one", () => {
  expect([0, 0.5, 1].map((random) => fullJitter(4, 1_000, random, 600_000))).toEqual([1_000, 4_000, 8_000]);
  expect(fullJitter(40, 1_000, 1, 600_000)).toBe(600_000);
});
