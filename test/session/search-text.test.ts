import { describe, expect, test } from "vitest";
import {
  matchesText,
  matchExpression,
  MAX_SEARCH_TEXT,
  nameToken,
  searchPhrases,
  searchText,
} from "../../src/session/list/search-text.ts";

const finds = (texts: readonly string[], typed: string) =>
  matchesText(searchText({ texts, names: [] }), searchPhrases(typed), []);

describe("a search", () => {
  // spec: LIST-4
  test.each([
    ["Plan a trip to Lisbon", "lisbon"],
    ["Plan a trip to Lisbon", "LIS tri"],
    ["Straße nach Köln", "koln"],
    ["Crème brûlée", "creme BRULEE"],
    ["call get_weather", "weather"],
    ["gpt-4o-mini", "gpt-4o"],
    ["gpt-4o-mini", "4o mini"],
    ["明日の天気は？", "天気"],
    ["서울 날씨", "날씨"],
    ["e\u0301clair", "éclair"],
    ["50% of `rm -rf /`", '"rm -rf"'],
  ])("in %j finds %j", (text, typed) => {
    expect(finds([text], typed)).toBe(true);
  });

  test.each([
    ["Plan a trip to Lisbon", "isbon"],
    ["Plan a trip to Lisbon", "lisbon porto"],
    ["gpt-4o-mini", "gpt-mini"],
    ["天 気", "気天"],
  ])("in %j does not find %j", (text, typed) => {
    expect(finds([text], typed)).toBe(false);
  });

  // spec: LIST-5
  test("does not reach from one text into the next", () => {
    expect(finds(["ends with north", "pole begins"], "north-pole")).toBe(false);
    expect(finds(["north pole"], "north-pole")).toBe(true);
  });

  // spec: LIST-4
  test("takes signs for no words, and what is no word for no search", () => {
    expect(searchPhrases(' "a" AND (b* OR -c) NEAR/2 {x}:^y \u0000 🚀 ')).toEqual([
      "a",
      "and",
      "b",
      "or",
      "c",
      "near 2",
      "x y",
    ]);
    expect(searchPhrases("*** -- 🚀")).toEqual([]);
  });

  test("finds a tool by the words of its name as well", () => {
    const text = searchText({ texts: [], names: [["tool", "getWeatherV2"]] });
    for (const typed of ["weather", "getweatherv2", "get weather v2"])
      expect(matchesText(text, searchPhrases(typed), [])).toBe(true);
  });

  // spec: LIST-6
  test("by a whole name tells fields and cases apart, and no typed word is taken for one", () => {
    const text = searchText({
      texts: [],
      names: [
        ["tool", "search"],
        ["agent", "planner"],
      ],
    });
    const has = (...names: string[]) => matchesText(text, [], names);
    expect(has(nameToken("tool", "search"), nameToken("agent", "planner"))).toBe(true);
    expect(
      [nameToken("agent", "search"), nameToken("tool", "Search"), nameToken("tool", "searc")].map((n) => has(n)),
    ).toEqual([false, false, false]);
    expect(matchesText(text, searchPhrases(nameToken("tool", "search")), [])).toBe(false);
  });

  test("is quoted for SQLite, so that no sign in it is syntax", () => {
    expect(matchExpression(["a b", "c"], ["x"])).toBe('"x" AND "a b"* AND "c"*');
  });
});

describe("the text of a session", () => {
  test("is bounded, and ends with a whole word", () => {
    const texts = Array.from({ length: 5_000 }, (_, n) => `question number ${n}`);
    const text = searchText({ texts, names: texts.map((name) => ["tool", name]) });
    expect(text.length).toBeLessThanOrEqual(MAX_SEARCH_TEXT);
    expect(text.length).toBeGreaterThan(MAX_SEARCH_TEXT * 0.9);
    expect(text).toMatch(/ question number \d+ $/);
    expect(text).toContain(" question number 0 ");
  });
});
