import { expect, test } from "vitest";
import { firstLine } from "../../src/lib/one-line.ts";

const LINES: readonly [text: string, line: string | undefined][] = [
  ["Book a table for two", "Book a table for two"],
  ["Book a table\nfor two", "Book a table"],
  ["\n\n  Book a table  \nfor two", "Book a table"],
  ["Book  a\ttable", "Book a table"],
  ["Book a table \nfor two", "Book a table"],
  ["Book a table\r\nfor two", "Book a table"],
  ["Réserve une table\nfor two", "Réserve une table"],
  ["right\u202Eto left", "right to left"],
  ["", undefined],
  ["   ", undefined],
  ["\n", undefined],
];

test.each(LINES)("the first line of %j is %j", (text, line) => {
  expect(firstLine(text, 160)).toBe(line);
});

test("a line is cut at its length, between characters", () => {
  expect(firstLine("a".repeat(200), 160)).toBe("a".repeat(160));
  expect(firstLine(`${"a".repeat(160)}\nnext`, 160)).toBe("a".repeat(160));
  expect(firstLine(`${"a".repeat(159)}😀`, 160)).toBe("a".repeat(159));
  expect(firstLine(`${"a".repeat(158)} b c`, 160)).toBe(`${"a".repeat(158)} b`);
});

test("a text that begins with more blanks than are searched has no first line", () => {
  expect(firstLine(`${" ".repeat(5_000)}late`, 160)).toBeUndefined();
});
