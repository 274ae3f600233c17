import { expect, test } from "vitest";

import { countBefore } from "../../src/lib/binary-search.ts";

test("the count is that of a walk, for every length and every bound", () => {
  for (let length = 0; length <= 9; length++) {
    for (let bound = 0; bound <= length; bound++) expect(countBefore(length, (index) => index < bound)).toBe(bound);
  }
});

test("a million items take twenty looks", () => {
  let looks = 0;
  expect(countBefore(1_000_000, (index) => ++looks > 0 && index < 765_432)).toBe(765_432);
  expect(looks).toBeLessThanOrEqual(20);
});
