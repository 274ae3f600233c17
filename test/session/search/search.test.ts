import { describe, expect, test } from "vitest";
import { searchPattern } from "../../../src/session/search/pattern.ts";
import { searchRecord, searchSpan } from "../../../src/session/search/search.ts";
import type { Match } from "../../../src/session/search/search.ts";
import type { Span } from "../../../src/otel/span.ts";

const SPAN: Span = {
  traceId: "00000000000000000000000000000001",
  spanId: "0000000000000001",
  name: "execute_tool run_sql",
  status: { code: 2, message: "statement timeout after 2000 ms" },
  attributes: [
    { key: "gen_ai.tool.name", value: { stringValue: "run_sql" } },
    { key: "gen_ai.tool.call.arguments", value: { stringValue: '{"sql":"SELECT *\\nFROM promotions"}' } },
    {
      key: "gen_ai.input.messages",
      value: {
        arrayValue: {
          values: [{ kvlistValue: { values: [{ key: "content", value: { stringValue: "Find Café Zoë" } }] } }],
        },
      },
    },
    { key: "rows", value: { intValue: "18344" } },
  ],
  events: [{ name: "exception", attributes: [{ key: "exception.message", value: { stringValue: "a timeout" } }] }],
};

function print(match: Match | undefined): string {
  if (match === undefined) return "nothing";
  const { field, excerpt, at, length } = match.first;
  return `${match.count} × ${field}: ${excerpt.slice(0, at)}[${excerpt.slice(at, at + length)}]${excerpt.slice(at + length)}`;
}

function found(search: string, span: Span = SPAN): string {
  const pattern = searchPattern(search);
  return pattern === undefined ? "no search" : print(searchSpan(span, pattern));
}

describe("a search in a span", () => {
  test.each([
    ["run_sql", "2 × name: execute_tool [run_sql]"],
    ["RUN_SQL", "2 × name: execute_tool [run_sql]"],
    ["timeout", "2 × status: statement [timeout] after 2000 ms"],
    ["promotions", '1 × gen_ai.tool.call.arguments: {"sql":"SELECT *\\nFROM [promotions]"}'],
    ["SELECT *\nFROM", '1 × gen_ai.tool.call.arguments: {"sql":"[SELECT *\\nFROM] promotions"}'],
    ["café zoë", "1 × gen_ai.input.messages: Find [Café Zoë]"],
    ["18344", "1 × rows: [18344]"],
    ["a timeout", "1 × exception exception.message: [a timeout]"],
    [".*", "nothing"],
    ["  ", "no search"],
    ["absent", "nothing"],
  ])("finds %j", (search, expected) => {
    expect(found(search)).toBe(expected);
  });

  test("finds letters beyond ASCII that the producer escaped", () => {
    const value = { stringValue: String.raw`[{"content":"Caf\u00e9 \ud83d\ude00"}]` };
    expect(found("café", { ...SPAN, attributes: [{ key: "input.value", value }] })).toBe(
      String.raw`1 × input.value: [{"content":"[Caf\u00e9] \ud83d\ude00"}]`,
    );
    expect(found("😀", { ...SPAN, attributes: [{ key: "input.value", value }] })).toContain(String.raw`[\ud83d\ude00]`);
  });

  test("shows a long text around the place, in one line without controls", () => {
    const text = `${"before ".repeat(50)}\n\u202Eneedle\n${"after ".repeat(50)}`;
    const shown = found("needle", { ...SPAN, name: text, attributes: [], events: [] });
    expect(shown).toBe(
      `1 × name: …re before before before before before   [needle] ${"after ".repeat(20).slice(0, 119)}…`,
    );
  });

  test("counts at most a thousand places of one text", () => {
    expect(found("a", { ...SPAN, name: "a".repeat(1_000_000), attributes: [], events: [] })).toMatch(/^100\d × name/);
  });

  test("reads hostile nesting and keys", () => {
    let value = { arrayValue: { values: [{ stringValue: "needle" }] } };
    for (let depth = 0; depth < 10_000; depth++) value = { arrayValue: { values: [value as never] } };
    expect(found("needle", { ...SPAN, attributes: [{ key: "__proto__", value }] })).toBe("nothing");
    expect(found("needle", { ...SPAN, attributes: [{ key: "__proto__", value: { stringValue: "needle" } }] })).toBe(
      "1 × __proto__: [needle]",
    );
  });
});

test("a search in a log record finds its body and its attributes", () => {
  const pattern = searchPattern("needle");
  if (pattern === undefined) throw new RangeError("no pattern");
  const record = { body: { stringValue: "a needle" }, attributes: [{ key: "k", value: { stringValue: "needle" } }] };
  expect(print(searchRecord(record, pattern))).toBe("2 × body: a [needle]");
});
