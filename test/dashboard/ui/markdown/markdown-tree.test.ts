import { describe, expect, test } from "vitest";
import { drawnOf } from "./print-markdown.ts";

describe("Markdown of spans", () => {
  test.each([
    ["**Cause:** v413 made `lower(code)` slow.", "p(strong(Cause:) v413 made code(lower(code)) slow.)"],
    ["one\ntwo", "p(onebrtwo)"],
    ["# Plan\n\n1. look\n2. fix", "h1(Plan) ol(li(look)li(fix))"],
    ["```sql\nSELECT 1;\n```", "code[sql](SELECT 1;)"],
    ["| a | b |\n|---|---|\n| 1 | 2 |", "table(thead(tr(th(a)th(b)))tbody(tr(td(1)td(2))))"],
    ["~~no~~ > not a quote", "p(s(no) > not a quote)"],
    ["see https://example.com/x.", "p(see link<https://example.com/x>(https://example.com/x).)"],
    ["read readme.md and a@b.example", "p(read readme.md and a@b.example)"],
  ])("%s", (text, drawn) => {
    expect(drawnOf(text)).toBe(drawn);
  });
});

describe("hostile Markdown", () => {
  test.each([
    ["a script", "<script>alert(1)</script>", "p(<script>alert(1)</script>)"],
    ["a handler", '<img src=x onerror="alert(1)">', 'p(<img src=x onerror="alert(1)">)'],
    [
      "an SVG",
      "<svg onload=alert(1)><a xlink:href='javascript:1'>x</a></svg>",
      "p(<svg onload=alert(1)><a xlink:href='javascript:1'>x</a></svg>)",
    ],
    ["a style", "<style>@import url(//evil.example)</style>", "p(<style>@import url(//evil.example)</style>)"],
    ["a script as a link", "[x](javascript:alert(1))", "p([x](javascript:alert(1)))"],
    ["an encoded script as a link", "[x](&#106;avascript:alert(1))", "p([x](javascript:alert(1)))"],
    ["a script with a tab", "<java\tscript:alert(1)>", "p(<java\tscript:alert(1)>)"],
    ["data as a link", "[x](data:text/html,hi)", "p([x](data:text/html,hi))"],
    ["an image as a link", "[x](data:image/png;base64,AAAA)", "p(x)"],
    ["a link into the page", "[x](/sessions/s?delete)", "p(x)"],
    ["a link without a protocol", "[x](//evil.example/y)", "p(x)"],
    ["a file", "[x](file:///etc/passwd)", "p([x](file:///etc/passwd))"],
    ["another protocol", "[x](ms-msdt:/id)", "p(x)"],
    [
      "an image of another host",
      "![cat](https://evil.example/c.png)",
      "p(image(cat; https://evil.example/c.png; not shown))",
    ],
    ["an SVG as an image", "![x](data:image/svg+xml;base64,AAAA)", "p(![x](data:image/svg+xml;base64,AAAA))"],
    ["an image within the text", "![dot](data:image/png;base64,AAAA)", "p(image(dot; image/png, 1 kB; on demand))"],
    ["directions", "safe \u202Etxt.exe", "p(safe ⟨RLO⟩txt.exe)"],
    ["a direction as a character reference", "safe &#x202E;txt.exe", "p(safe ⟨RLO⟩txt.exe)"],
    ["a hidden text", "hi\u{E0041}\u{E0042}", "p(hi⟨U+E0041⟩⟨U+E0042⟩)"],
    [
      "a host that looks like another",
      "<https://xn--pple-43d.com>",
      "p(link<https://xn--pple-43d.com>(https://xn--pple-43d.com))",
    ],
  ])("%s is text", (_, text, drawn) => {
    expect(drawnOf(text)).toBe(drawn);
  });

  test("an image of more than a megabyte is not shown", () => {
    const data = `data:image/png;base64,${"A".repeat(1_500_000)}`;
    expect(drawnOf(`![x](${data})`)).toBe("p(image(x; image/png, 1099 kB; not shown))");
  });

  test("quotes, lists and emphasis nest no deeper than the stack", () => {
    for (const text of [">".repeat(100_000), "- ".repeat(50_000), "*".repeat(100_000), "[".repeat(100_000)])
      expect(drawnOf(text).length).toBeGreaterThan(0);
  });
});
