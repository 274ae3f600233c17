import { expect, test } from "vitest";
import { headOf } from "../../../src/dashboard/session/content/long-text.tsx";
import { jsonTokens } from "../../../src/dashboard/ui/markdown/coloured.tsx";

test("a short text is shown whole", () => {
  expect(headOf("line\n".repeat(30))).toBeUndefined();
  expect(headOf("x".repeat(2_900))).toBeUndefined();
});

test("of a megabyte only the beginning is shown", () => {
  expect(headOf("x".repeat(1_000_000))?.length).toBe(2_400);
});

test("many lines are cut at the end of a line", () => {
  const head = headOf(Array.from({ length: 500 }, (_, index) => `line ${index}`).join("\n"));
  expect(head?.split("\n").at(-1)).toBe("line 35");
});

test("the cut never leaves half a character", () => {
  expect(headOf(`${"x".repeat(2_399)}${"😀".repeat(1_000)}`)?.endsWith("\ufffd")).toBe(true);
});

test("coloured JSON is the same text, also if it is cut or not JSON", () => {
  for (const text of ['{"a": [1.5e3, true, null, "x\\"y"], "b":"', '"unclosed \\', "plain, 12 words", "", '{"":""}']) {
    expect(
      jsonTokens(text)
        .map((token) => token.text)
        .join(""),
    ).toBe(text);
  }
  expect(jsonTokens('{"k": "v", "n": -1}').map(({ type, text }) => `${type} ${text}`)).toEqual([
    "plain {",
    'key "k"',
    "plain :",
    "plain  ",
    'string "v"',
    "plain , ",
    'key "n"',
    "plain :",
    "plain  ",
    "literal -1",
    "plain }",
  ]);
});
