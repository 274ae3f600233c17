import { describe, expect, test } from "vitest";

import { textHash } from "../../src/lib/text-hash.ts";

describe("the hash that orders versions of a span", () => {
  test("is equal on every machine: objects compare hashes written by other versions of the program", () => {
    expect(["", "a", "ab", '{"spanId":"00f067aa0ba902b7"}', "日本 🚀"].map((text) => textHash(text)))
      .toMatchInlineSnapshot(`
        [
          "ebb6c228cb72770f",
          "05e4ffcddcde96bb",
          "0026dca2166a6442",
          "c862440372d56524",
          "499965133e5f1aeb",
        ]
      `);
  });

  test("differs for 200,000 texts that differ in one UTF-16 unit", () => {
    const seen = new Set<string>();
    const base = "x".repeat(64);
    // No lone surrogates: canonical text is well-formed.
    const units = Array.from({ length: 3_276 }, (_, unit) => unit * 20 + 1).filter(
      (unit) => unit < 0xd800 || unit > 0xdfff,
    );
    for (let at = 0; at < 64; at++) {
      for (const unit of units) seen.add(textHash(base.slice(0, at) + String.fromCharCode(unit) + base.slice(at + 1)));
    }
    expect(units.length * 64).toBeGreaterThan(200_000 * 0.98);
    expect(seen.size).toBe(64 * units.length);
  });

  test("differs for texts that differ in the top bit of two units", () => {
    expect(textHash("aAbbbbbbbA")).not.toBe(textHash("a\u8041bbbbbbb\u8041"));
    expect(textHash("ab")).not.toBe(textHash("ba"));
    expect(textHash("")).not.toBe(textHash("\u0000"));
  });
});

test("the hash covers a text longer than the encoder's buffer", () => {
  const long = "日本 ".repeat(50_000);
  expect(textHash(`${long}a`)).not.toBe(textHash(`${long}b`));
  expect(textHash(`a${long}`)).not.toBe(textHash(`b${long}`));
});
