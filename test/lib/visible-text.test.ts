import { describe, expect, test } from "vitest";
import { visibleText } from "../../src/lib/visible-text.ts";

describe("hidden characters of a span's text are made visible", () => {
  test.each([
    ["terminal escapes", "\u001b[31mred\u001b[0m", "␛[31mred␛[0m"],
    ["the bell, backspace and null", "\u0007\b\0", "␇␈␀"],
    ["delete and C1 controls", "\u007f\u009b", "␡⟨U+009B⟩"],
    ["direction overrides", "user\u202egnp.exe", "user⟨RLO⟩gnp.exe"],
    ["isolates", "\u2066a\u2069", "⟨LRI⟩a⟨PDI⟩"],
    ["zero-width spaces and byte order marks", "a\u200bb\ufeff", "a⟨ZWSP⟩b⟨BOM⟩"],
    ["tag characters, which carry hidden prompts", "hi\u{e0041}\u{e007f}", "hi⟨U+E0041⟩⟨U+E007F⟩"],
    ["lone surrogates", "a\ud800b", "a\ufffdb"],
    ["a carriage return that would overprint", "safe\revil", "safe␍evil"],
  ])("%s", (_, text, shown) => {
    expect(visibleText(text)).toBe(shown);
  });

  test("ordinary text is unchanged: HTML as text, tabs, line ends, emoji with joiners, Arabic, Hebrew", () => {
    const text = "<script>alert(1)</script>\t👩‍🚀\nمرحبا שלום é";
    expect(visibleText(text)).toBe(text);
  });

  test("Windows line ends become plain ones", () => {
    expect(visibleText("a\r\nb")).toBe("a\nb");
  });
});
