import { describe, expect, test } from "vitest";
import { code, fenced, prose } from "../../../src/session/transcript/markdown-text.ts";
import { law, seedsFrom } from "../../law.ts";
import { Random } from "../seeded-random.ts";
import { assistant, calls, captured, llm, markdownOf, result, sketched, system, user } from "./session-of.ts";
import type { Sketch } from "./session-of.ts";

/** What a hostile text may try, alone or with others. */
const FORGERIES = [
  "# Turn 9",
  "## Turn 9: `x` · done",
  "Setext\n===",
  "Setext\n---",
  "```\ncode\n```",
  "``````",
  "~~~",
  "> quoted",
  "- item\n* item\n+ item",
  "1. one\n2) two",
  "***",
  "___",
  "</details><script>alert(1)</script>",
  "<!-- gone",
  "<details open>",
  "[click](javascript:alert(1))",
  "![picture](http://example.com/p.png)",
  "[ref]: javascript:alert(1)",
  "<javascript:alert(1)>",
  "| a | b |\n|---|---|",
  "a\n-:",
  "&lt;b&gt; &#35;",
  "**Tool** `rm` → `ok`",
  "__bold__ ~~gone~~ *it* _it_",
  "\\# \\",
  "    indented",
  "\ttab",
  "user\u202egnp.exe",
  "safe\revil",
  "line\u2028separator",
  "\u0000\u001b[31mred",
  "`",
  "``",
  "x".repeat(5_000),
  "\n\n# h\n\n",
] as const;

/**
 * What a reader of CommonMark and of GitHub's tables takes for structure, quotes of ours apart: headings, lists, rules, tables, HTML, links
 * and emphasis outside of code; and the number of code blocks.
 */
function structureOf(markdown: string): readonly string[] {
  const found: string[] = [];
  let fence = "";
  for (const whole of markdown.split(/\r\n|[\n\r]/)) {
    const line = whole.replace(/^> ?/, "");
    const [, marks = ""] = /^ {0,3}(`{3,}|~{3,})[^`]*$/.exec(line) ?? [];
    if (fence !== "") {
      if (marks.startsWith(fence) && line.trim() === marks) fence = "";
      continue;
    }
    if (marks !== "") {
      fence = marks;
      found.push("code block");
      continue;
    }
    const text = withoutCode(line).replaceAll(/\\[!-/:-@[-`{-~]/g, "x");
    const [, block] =
      /^ {0,3}(#{1,6}(?=\s|$)|>|[-+*](?=\s|$)|\d{1,9}[.)](?=\s|$)|=+(?=\s*$)|-+(?=\s*$))/.exec(text) ?? [];
    if (block !== undefined) found.push(block);
    if (/^(?: {4}|\t)\S/.test(line)) found.push("indented code");
    if (/^[\s|:-]*-[\s|:-]*$/.test(text) && text !== "") found.push("table");
    if (/<[a-z/!?]|\[[^\]]*\]\(|^\[|&(?:[a-z]+|#\d+);/i.test(text)) found.push(`link or HTML: ${text}`);
    for (const mark of text.matchAll(/\*\*|(?<![\p{L}\p{N}])_|~~|`/gu)) found.push(mark[0]);
    // oxlint-disable-next-line no-control-regex -- the pattern matches control characters on purpose
    if (/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/.test(line))
      found.push("control character");
  }
  if (fence !== "") found.push("an open code block");
  return found;
}

/** A line without its spans of code. */
function withoutCode(line: string): string {
  return line.replaceAll(/(?<![`\\])(`+)(?!`)(.*?[^`])\1(?!`)/g, "");
}

/** A session in which this text is said, called, returned, thought and named everywhere. */
function saying(text: string): Sketch[] {
  const name = text.slice(0, 100);
  return [
    {
      id: 1,
      name: "query",
      with: { "query.name": name, "query.namespace": "n", "input.value": `u ${text}`, "session.id": "s" },
      end: 9,
      error: `e ${text}`,
    },
    { id: 2, parent: 1, name: "agent", end: 8, with: { "openinference.span.kind": "AGENT", "agent.name": name } },
    llm(
      { id: 3, parent: 2, with: { "gen_ai.request.model": name } },
      [system(text), { ...user(`other ${text}`), name }],
      [
        {
          role: "assistant",
          parts: [
            { type: "reasoning", content: text },
            { type: "text", content: `said ${text}` },
          ],
        },
        calls("c", name, text),
      ],
    ),
    llm({ id: 4, parent: 2, start: 1 }, [calls("c", name, text), result("c", `r ${text}`)], [assistant(`a ${text}`)]),
    {
      id: 5,
      parent: 2,
      name: `tool.${name}`,
      start: 2,
      with: { "tool.name": name, "input.value": text, "output.value": text },
    },
    { id: 6, parent: 2, name, start: 3, error: text },
    { id: 7, parent: 2, name: `tool ${text}`, start: 4, end: null, with: { "tool.name": name, "input.value": text } },
  ];
}

/** A text may be escaped or fenced. */
const withoutBlocks = (structure: readonly string[]): readonly string[] =>
  structure.filter((one) => one !== "code block");

describe("text from spans forges no structure", () => {
  // spec: TEXT-4
  test.each(FORGERIES.map((text) => [text.slice(0, 40), text]))("%j", (_, text) => {
    const plain = withoutBlocks(structureOf(markdownOf(sketched(saying("word")), { head: true })));
    expect(withoutBlocks(structureOf(markdownOf(sketched(saying(text)), { head: true })))).toEqual(plain);
  });

  // spec: TEXT-4
  law("any mixture of such texts is one paragraph, or one block of code", seedsFrom(1, 2_000), (seed) => {
    const random = new Random(seed);
    const text = Array.from({ length: 1 + random.below(6) }, () => random.pick([...FORGERIES, "\n", " ", "word"])).join(
      random.pick(["", " ", "\n"]),
    );
    const structure = structureOf(`before\n\n${prose(text)}\n\nafter`);
    expect(structure.length === 0 || (structure.length === 1 && structure[0] === "code block")).toBe(true);
    expect(structureOf(`before\n\n${fenced(text)}\n\nafter`)).toEqual(["code block"]);
    expect(structureOf(`**Tool** ${code(text)} → x`)).toEqual(["**", "**"]);
  });

  test("prose stays readable: only what would act is escaped", () => {
    expect(prose("Use get_weather, 2 < 3, C# and 5-6.\nThen: (a) & b!")).toBe(
      "Use get_weather, 2 < 3, C# and 5-6.  \nThen: (a) & b!",
    );
    expect(prose("# No heading\n\n1. no list\n[no link](x)")).toBe("\\# No heading\n\n1\\. no list  \n\\[no link](x)");
  });

  test("text with a layout of its own stands in a fence that is longer than its own", () => {
    expect(prose("def f():\n    return 1")).toBe("```\ndef f():\n    return 1\n```");
    expect(prose("````md\n```\n````")).toBe("`````\n````md\n```\n````\n`````");
  });
});

const BYTES = new TextEncoder();
const sizeOf = (text: string): number => BYTES.encode(text).length;

describe("the bound", () => {
  const long = (unit: string, length: number): Sketch[] => [
    { id: 1, name: "root", end: 9, with: { "input.value": "Short question" } },
    llm({ id: 2, parent: 1 }, [user("Short question")], [assistant(unit.repeat(length))]),
    {
      id: 3,
      parent: 1,
      name: "tool.t",
      start: 2,
      with: { "tool.name": "t", "output.value": `head ${unit.repeat(length)} tail` },
    },
    llm({ id: 4, parent: 1, start: 4 }, [user("Short question")], [assistant("Short answer")]),
  ];

  // spec: TEXT-5
  test.each([
    ["one byte", "a"],
    ["two bytes", "é"],
    ["three bytes", "漢"],
    ["four bytes", "😀"],
    ["escapes", "* "],
    ["lines", "word\n"],
    ["fences", "```\n"],
  ])("holds in bytes, with characters of %s, at any size", (_, unit) => {
    const view = sketched(long(unit, 20_000));
    for (const max of [2_000, 2_001, 3_333, 10_000, 65_432]) {
      const text = markdownOf(view, { head: true, max });
      expect(sizeOf(text)).toBeLessThanOrEqual(max);
      expect(text).not.toContain("\ufffd");
      // The room is used.
      expect(sizeOf(text)).toBeGreaterThan(max * 0.6);
      expect(structureOf(text)).not.toContain("an open code block");
    }
  });

  // spec: TEXT-5
  test("cuts the longest texts in their middle, says where, and how to get them", () => {
    const text = markdownOf(sketched(long("word ", 4_000)), { max: 3_000 });
    expect(text).toContain("Short question");
    expect(text).toContain("Short answer");
    expect(text).toContain("```\nhead word");
    expect(text).toContain("tail\n```");
    const trace = "0af7651916cd43dd8448eb211c80319c";
    expect(text).toMatch(
      new RegExp(
        `\n\\*… \\d+\\.\\d kB left out here: \`/sessions/s-1/spans/${trace}/0000000000000003\` has it whole\\.\\*\n`,
      ),
    );
  });

  // spec: TEXT-5
  test("leaves parts in the middle out if cutting is not enough: the beginning and the end stay", () => {
    const steps = Array.from({ length: 500 }, (_, at) =>
      llm({ id: at + 2, parent: 1, start: at }, [user("Go")], [assistant(`Answer ${at}`)]),
    );
    const text = markdownOf(sketched([{ id: 1, name: "root", end: 600 }, ...steps]), { head: true, max: 5_000 });
    expect(sizeOf(text)).toBeLessThanOrEqual(5_000);
    expect(text).toContain("Answer 1\n");
    expect(text).toContain("Answer 499\n");
    expect(text).toMatch(
      /\*… \d+ parts of turn 1 left out here\. `\?turn=1` shows one turn, `\?max=` sets the bytes of an answer\.\*/,
    );
  });

  test("of a session that fits changes nothing", () => {
    const view = captured("mastra-json-001.json");
    const text = markdownOf(view, { head: true });
    expect(markdownOf(view, { head: true, max: sizeOf(text) })).toBe(text);
    expect(markdownOf(view, { head: true, max: sizeOf(text) - 1 })).not.toBe(text);
  });
});

describe("a reader asks for", () => {
  const view = () =>
    sketched([
      {
        id: 1,
        name: "agent.boss",
        end: 9,
        with: { "openinference.span.kind": "AGENT", "agent.name": "boss", "input.value": "Go" },
      },
      {
        id: 2,
        parent: 1,
        name: "agent.helper",
        end: 3,
        with: { "openinference.span.kind": "AGENT", "agent.name": "helper" },
      },
      llm({ id: 3, parent: 2 }, [system("Help."), user("Go")], [assistant("Helped.")]),
      { id: 4, parent: 2, name: "tool.t", start: 1, with: { "tool.name": "t", "output.value": "done" } },
      llm({ id: 5, trace: "b".repeat(32), start: 20 }, [user("More")], [assistant("Enough.")]),
    ]);

  // spec: TEXT-6
  test("one turn", () => {
    expect(markdownOf(view(), { selection: { turn: 2 } })).toBe(`## Turn 2: \`llm.gpt-5\` · done · 1.00 s

**User**

More

**Model** \`gpt-5\` · 1.00 s

Enough.

`);
  });

  // spec: TEXT-6
  test("some kinds of steps, with the sections around them", () => {
    expect(markdownOf(view(), { selection: { kinds: new Set(["tool"]) } })).toBe(
      `## Turn 1: \`agent.boss\` · done · 9.00 s

### Agent \`helper\` · 3.00 s

**Tool** \`t\` → \`done\` · 1.00 s

*Turn 2*
`.replace("*Turn 2*\n", "## Turn 2: `llm.gpt-5` · done · 1.00 s\n\n"),
    );
  });

  // spec: TEXT-6
  test("what came after a version: new steps, and turns that changed", () => {
    expect(markdownOf(view(), { selection: { since: 3 } })).toBe(`## Turn 1: \`agent.boss\` · done · 9.00 s

### Agent \`helper\` · 3.00 s

**Tool** \`t\` → \`done\` · 1.00 s

## Turn 2: \`llm.gpt-5\` · done · 1.00 s

**User**

More

**Model** \`gpt-5\` · 1.00 s

Enough.

`);
    const nothing = markdownOf(view(), { head: true, selection: { since: 5 } });
    expect(nothing).not.toContain("## ");
    expect(nothing).toContain("Nothing is new, or was asked for.");
  });
});
