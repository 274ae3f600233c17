import { describe, expect, test } from "vitest";

import { textHash } from "../../src/trace/text-hash.ts";

describe("the hash that orders encodings of one span", () => {
  test("is the same on every machine: objects compare what other versions of the program wrote", () => {
    expect(["", "a", "ab", '{"spanId":"00f067aa0ba902b7"}', "日本 🚀"].map((text) => textHash(text))).toMatchInlineSnapshot(`
      [
        "ebb6c228cb72770f",
        "05e4ffcddcde96bb",
        "6fd2457c9f130dfb",
        "8ffbc2e570b2e8ae",
        "d633713cc8c20bb5",
      ]
    `);
  });

  test("tells 200,000 texts apart that differ in one place", () => {
    const seen = new Set<string>();
    const base = "x".repeat(64);
    for (let at = 0; at < 64; at++) {
      for (let unit = 0; unit < 3_125; unit++)
        seen.add(textHash(base.slice(0, at) + String.fromCharCode(unit * 20 + 1) + base.slice(at + 1)));
    }
    expect(seen.size).toBe(64 * 3_125);
  });

  test("tells texts apart that differ in the top bit of two units", () => {
    expect(textHash("aAbbbbbbbA")).not.toBe(textHash("a\u8041bbbbbbb\u8041"));
    expect(textHash("ab")).not.toBe(textHash("ba"));
    expect(textHash("")).not.toBe(textHash("\u0000"));
  });
});
