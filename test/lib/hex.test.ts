import { expect, test } from "vitest";

import { highWord, longInHex, lowWord, wordInHex } from "../../src/lib/hex.ts";

test("two words are read from 16 digits, and written back", () => {
  for (const id of ["00f067aa0ba902b7", "ffffffffffffffff", "0000000000000001"]) {
    expect(wordInHex(highWord(id)) + wordInHex(lowWord(id))).toBe(id);
    expect(longInHex(BigInt(`0x${id}`))).toBe(id);
  }
  expect([highWord(""), lowWord("")]).toEqual([0, 0]);
  expect(wordInHex(-1)).toBe("ffffffff");
});
