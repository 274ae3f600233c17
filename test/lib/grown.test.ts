import { expect, test } from "vitest";

import { grown } from "../../src/lib/grown.ts";

test("a grown array is of the same kind, has the same numbers, and room for a whole row more", () => {
  const signed = grown(Int32Array.of(-1, 2, 3, 4), 5);
  expect([signed, signed.constructor]).toEqual([Int32Array.of(-1, 2, 3, 4, 0), Int32Array]);
  expect(grown(Uint8Array.of(1), 9)).toHaveLength(9);
  expect(grown(new Uint32Array(64 * 22), 65 * 22, 22).length / 22).toBe(80);
});
