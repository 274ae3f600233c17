import { describe, expect, test } from "vitest";
import { PRICE_SOURCES } from "../../src/session/prices/price-table.ts";
import { estimate, LIST_PRICES, baseModel, readPrices } from "../../src/session/prices/prices.ts";
import type { Prices } from "../../src/session/prices/prices.ts";

const MILLION = { input: 1_000_000, output: 0, cached: 0, written: 0, written1h: 0, reasoning: 0 };

function dollars(prices: Prices, model: string, tokens = MILLION): number | undefined {
  const billionths = estimate(prices, model, tokens);
  return billionths === undefined ? undefined : billionths / 1e9;
}

describe("the list prices", () => {
  test("have a date and a source, and no model twice", () => {
    for (const { asOf, source } of PRICE_SOURCES) {
      expect(asOf).toMatch(/^20\d\d-\d\d-\d\d$/);
      expect(source).toMatch(/^https:/);
    }
    expect(LIST_PRICES.size).toBe(PRICE_SOURCES.flatMap(({ models }) => Object.keys(models)).length);
  });

  test.each([
    ["gpt-4o", 2.5],
    ["gpt-4o-2024-08-06", 2.5],
    ["gpt-4o-mini", 0.15],
    ["gpt-4o-mini-2024-07-18", 0.15],
    ["openai/gpt-4.1-mini", 0.4],
    ["gpt-4-0613", 30],
    ["claude-sonnet-4-5-20250929", 3],
    ["claude-sonnet-4.5", 3],
    ["claude-opus-4-20250514", 15],
    ["claude-opus-4-5@20251101", 5],
    ["us.anthropic.claude-sonnet-4-20250514-v1:0", 3],
    ["anthropic.claude-3-haiku-20240307-v1:0", 0.25],
    ["anthropic/claude-3.5-haiku", 0.8],
    ["models/gemini-2.5-flash", 0.3],
    ["gemini-2.5-flash-preview-09-2025", 0.3],
    ["gemini-2.0-flash-001", 0.1],
    ["text-embedding-3-small", 0.02],
  ])("know %s, whoever serves it and of whatever date", (model, expected) => {
    expect(dollars(LIST_PRICES, model)).toBe(expected);
  });

  test.each(["gpt-4o-audio", "gpt-99", "llama-3.3-70b", "claude-sonnet-9", "__proto__", ""])(
    "do not guess at %j",
    (model) => {
      expect(dollars(LIST_PRICES, model)).toBeUndefined();
    },
  );

  test("a base name is its own base name", () => {
    for (const base of LIST_PRICES.keys()) expect(baseModel(base)).toBe(base);
  });
});

describe("an estimate", () => {
  test("takes cached tokens for a part of the input, reasoning for a part of the output", () => {
    const tokens = { input: 1000, cached: 600, output: 50, written: 0, written1h: 0, reasoning: 40 };
    expect(dollars(LIST_PRICES, "claude-sonnet-4-5", tokens)).toBe((400 * 3 + 600 * 0.3 + 50 * 15) / 1e6);
  });

  test("never falls below zero, though an exporter counts cached tokens beside the input", () => {
    const tokens = { input: 10, cached: 600, output: 0, written: 0, written1h: 0, reasoning: 0 };
    expect(dollars(LIST_PRICES, "claude-sonnet-4-5", tokens)).toBe((10 * 0.3) / 1e6);
  });
});

describe("a deployment's own prices", () => {
  test("override the list, model by model", () => {
    const read = readPrices(
      '{"GPT-4o-2024-08-06": {"input": 1, "output": 2}, "house-model": {"input": 0, "output": 0}}',
    );
    if (!read.ok) throw new Error(read.error);
    const { prices } = read;
    expect(["gpt-4o", "house-model", "gpt-4o-mini"].map((model) => dollars(prices, model))).toEqual([1, 0, 0.15]);
  });

  test("remove one with null", () => {
    const read = readPrices('{"gpt-4o": null}');
    expect(read.ok && dollars(read.prices, "gpt-4o")).toBeUndefined();
  });

  test.each([
    ["{", "PRICES must be a JSON object of models"],
    ["[]", "PRICES must be a JSON object of models"],
    ['{"m": {"input": -1, "output": 2}}', "PRICES: m needs input and output, in US dollars per million tokens"],
    ['{"m": {"input": 1}}', "PRICES: m needs input and output, in US dollars per million tokens"],
  ])("that are wrong are said to be: %s", (text, error) => {
    expect(readPrices(text)).toEqual({ ok: false, error });
  });
});
