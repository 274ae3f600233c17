import stringWidth from "string-width";
import { expect, test } from "vitest";
import { COLOURED, fit, plain, PLAIN, styleFor, widthOf } from "../../src/cli/terminal/style.ts";

test.each([
  ["a terminal", { isTTY: true }, {}, COLOURED],
  ["a pipe", {}, {}, PLAIN],
  ["a terminal without colours", { isTTY: true }, { TERM: "dumb" }, PLAIN],
  ["NO_COLOR in a terminal", { isTTY: true }, { NO_COLOR: "1" }, PLAIN],
  ["an empty NO_COLOR, which counts as unset", { isTTY: true }, { NO_COLOR: "" }, COLOURED],
  ["FORCE_COLOR in a pipe", {}, { FORCE_COLOR: "1" }, COLOURED],
  ["FORCE_COLOR=0 in a terminal", { isTTY: true }, { FORCE_COLOR: "0" }, PLAIN],
])("colours for %s", (_what, stream, environment, style) => {
  expect(styleFor(stream, environment)).toBe(style);
});

test.each([
  ["short", 10, "short"],
  ["exactly ten", 11, "exactly ten"],
  ["one too many", 11, "one too ma…"],
  ["会議を要約してください", 9, "会議を要…"],
  ["👩‍👩‍👧 family", 5, "👩‍👩‍👧 f…"],
  ["anything", 0, ""],
])("%s in %i columns", (text, columns, expected) => {
  expect(fit(text, columns)).toBe(expected);
  expect(widthOf(fit(text, columns))).toBeLessThanOrEqual(columns);
});

test("text of a span cannot act on the terminal", () => {
  expect(plain("red \u001b[31mhere\u001b]0;title\u0007 \u009b2J\r\nnext\tend \u202eabc")).toBe(
    "red ␛[31mhere␛]0;title␇ ⟨U+009B⟩2J next end ⟨RLO⟩abc",
  );
});

test("texts of narrow characters are measured and cut as all others are", () => {
  const narrow = Array.from({ length: 0x7e - 0x20 + 1 }, (_, at) => String.fromCharCode(0x20 + at));
  for (const character of [...narrow, "\u00a0", "\u202f", "·", "≈", "…", "→", "●", "○", "✓", "✗"])
    expect([character, widthOf(character)]).toEqual([character, stringWidth(character)]);
  expect(fit("Book a seat for two", 12)).toBe("Book a seat…");
  expect(fit("Book a  seat", 8)).toBe("Book a…");
});
