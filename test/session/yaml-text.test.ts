import { expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { yamlText } from "../../src/ark/manifest.ts";
import { law, seedsFrom } from "../law.ts";
import { Random } from "./seeded-random.ts";

const HOSTILE = [
  "",
  " ",
  "no",
  "null",
  "1e3",
  "0x10",
  "2026-11-21",
  "~",
  "- a",
  "a: b",
  "a #b",
  "---\nkind: Pod",
  "...\n",
  "!!python/object x",
  "&a *a",
  "{{.question}}",
  'say "hi" \\ back\\slash',
  "tab\tline\nline\r\nend ",
  "next\u0085line\u2028para\u2029",
  "\u0000\u0007\u001b[31m\u007f\u009f\ufeff",
  "🎭 ünï",
];

test.each(HOSTILE)("%j is read as it was written, by YAML 1.1 and 1.2", (text) => {
  const value = { a: text, list: [text, { b: text }], under: { c: { d: text } } };
  for (const version of ["1.1", "1.2"] as const) {
    expect(parseAllDocuments(yamlText(value).trimStart(), { version })).toHaveLength(1);
    expect(parse(yamlText(value).trimStart(), { version })).toEqual(value);
  }
});

test("what breaks lines for some readers is escaped", () => {
  expect(yamlText({ text: "a\u2028b\u2029c\u0085d\ufeff" })).toBe('\ntext: "a\\u2028b\\u2029c\\u0085d\\ufeff"');
});

test("half a surrogate pair, which no encoding can carry, is replaced", () => {
  expect(parse(yamlText({ a: "x\ud83cy" }).trimStart())).toEqual({ a: "x\ufffdy" });
});

law("any text is read as it was written", seedsFrom(900, 20), (seed) => {
  const random = new Random(seed);
  const units = Array.from({ length: 200 }, () => String.fromCodePoint(random.below(0xd800)));
  const text = units.join("");
  expect(parse(yamlText({ text }).trimStart())).toEqual({ text });
});
