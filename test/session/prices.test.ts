import { describe, expect, test } from "vitest";
import { PRICE_DATA } from "../../src/session/prices/price-data.ts";
import { LIST_PRICES, readPrices } from "../../src/session/prices/prices.ts";
import type { Prices } from "../../src/session/prices/prices.ts";
import type { Tokens } from "../../src/facts/usage.ts";

const NONE: Tokens = { input: 0, output: 0, cached: 0, written: 0, written1h: 0, reasoning: 0 };
const NOON = Date.parse("2026-11-02T12:00:00Z") / 1000;

function dollars(prices: Prices, model: string, tokens: Partial<Tokens>, at = NOON): number | undefined {
  const billionths = prices.estimate(model, { ...NONE, ...tokens }, at);
  return billionths === undefined ? undefined : billionths / 1e9;
}

/** US dollars per million tokens of a short prompt and of output: `3 in, 15 out`. */
function priceOf(model: string, prices = LIST_PRICES, at = NOON): string | undefined {
  const [input, output] = [{ input: 1000 }, { output: 1000 }].map((tokens) => dollars(prices, model, tokens, at));
  if (input === undefined || output === undefined) return undefined;
  return `${Number((input * 1000).toFixed(6))} in, ${Number((output * 1000).toFixed(6))} out`;
}

/** What precedes the names of a table, if not its own name. */
const WAYS: Readonly<Record<string, string>> = { closed: "", cloudflare: "@cf/" };

describe("the list prices", () => {
  test("have a source and a date", () => {
    for (const { asOf, source } of PRICE_DATA.sources) {
      expect(asOf).toMatch(/^20\d\d-\d\d-\d\d$/);
      expect(source).toMatch(/^https:/);
    }
  });

  test.each([
    ["gpt-4o", "2.5 in, 10 out"],
    ["gpt-4o-2024-08-06", "2.5 in, 10 out"],
    ["gpt-4o-2024-05-13", "5 in, 15 out"],
    ["GPT-4o", "2.5 in, 10 out"],
    ["gpt-4o-mini", "0.15 in, 0.6 out"],
    ["gpt-4o-mini-2024-07-18", "0.15 in, 0.6 out"],
    ["openai/gpt-4.1-mini", "0.4 in, 1.6 out"],
    ["openai:gpt-4.1-mini", "0.4 in, 1.6 out"],
    ["gpt-4-0613", "30 in, 60 out"],
    ["gpt-5-nano", "0.05 in, 0.4 out"],
    ["gpt-5-2025-08-07", "1.25 in, 10 out"],
    ["azure/gpt-4o-2024-08-06", "2.5 in, 10 out"],
    ["azure/gpt-35-turbo", "0.5 in, 1.5 out"],
    ["claude-sonnet-4-5-20250929", "3 in, 15 out"],
    ["claude-sonnet-4.5", "3 in, 15 out"],
    ["claude-4.5-sonnet", "3 in, 15 out"],
    ["claude-sonnet-4-5-20250929[1m]", "3 in, 15 out"],
    ["anthropic:claude-sonnet-4-5", "3 in, 15 out"],
    ["claude-opus-4-20250514", "15 in, 75 out"],
    ["claude-opus-4-5@20251101", "5 in, 25 out"],
    ["vertex_ai/claude-opus-4-5@20251101", "5 in, 25 out"],
    ["claude-3-5-sonnet-v2@20241022", "3 in, 15 out"],
    ["anthropic/claude-3.5-haiku", "0.8 in, 4 out"],
    ["claude-3-5-sonnet-latest", "3 in, 15 out"],
    ["models/gemini-2.5-flash", "0.3 in, 2.5 out"],
    ["gemini-2.5-flash-preview-05-20", "0.15 in, 0.6 out"],
    ["gemini-2.5-flash-preview-09-2025", "0.3 in, 2.5 out"],
    ["google-gla:gemini-2.5-flash", "0.3 in, 2.5 out"],
    ["projects/p-1/locations/us-central1/publishers/google/models/gemini-2.5-flash", "0.3 in, 2.5 out"],
    ["gemini-2.0-flash-001", "0.1 in, 0.4 out"],
    ["gemini-3-pro-preview", "2 in, 12 out"],
    ["mistral-large-2411", "2 in, 6 out"],
    ["mistral/mistral-large-2512", "0.5 in, 1.5 out"],
    ["xai/grok-4-0709", "3 in, 15 out"],
    ["text-embedding-3-small", "0.02 in, 0 out"],
    ["text-embedding-ada-002", "0.1 in, 0 out"],
    // Newer than the data.
    ["claude-haiku-5-5", "0.1 in, 0.5 out"],
  ])("know %s, whoever serves it and of whatever date: %s", (model, expected) => {
    expect(priceOf(model)).toBe(expected);
  });

  test.each([
    ["anthropic.claude-3-haiku-20240307-v1:0", "0.25 in, 1.25 out"],
    ["us.anthropic.claude-sonnet-4-20250514-v1:0", "3 in, 15 out"],
    ["global.anthropic.claude-sonnet-4-5-20250929-v1:0", "3 in, 15 out"],
    ["us.anthropic.claude-sonnet-4-5-20250929-v1:0", "3.3 in, 16.5 out"],
    ["eu.anthropic.claude-sonnet-4-5-20250929-v1:0", "3.3 in, 16.5 out"],
    ["apac.anthropic.claude-sonnet-4-5-20250929-v1:0", "3.3 in, 16.5 out"],
    ["us-gov.anthropic.claude-sonnet-4-5-20250929-v1:0", "3.3 in, 16.5 out"],
    ["bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0", "3.3 in, 16.5 out"],
    ["bedrock/converse/us-east-1/anthropic.claude-sonnet-4-5-20250929-v1:0", "3.3 in, 16.5 out"],
    [
      "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-sonnet-4-5-20250929-v1:0",
      "3.3 in, 16.5 out",
    ],
    ["arn:aws:bedrock:us-west-2::foundation-model/anthropic.claude-3-haiku-20240307-v1:0", "0.25 in, 1.25 out"],
    ["amazon.nova-pro-v1:0", "0.8 in, 3.2 out"],
    ["us.meta.llama3-3-70b-instruct-v1:0", "0.72 in, 0.72 out"],
    ["accounts/fireworks/models/kimi-k2p6", "0.95 in, 4 out"],
    ["fireworks_ai/accounts/fireworks/models/kimi-k2p6", "0.95 in, 4 out"],
    ["@cf/meta/llama-3.1-8b-instruct", "0.282 in, 0.827 out"],
    ["groq/llama-3.3-70b-versatile", "0.59 in, 0.79 out"],
    ["groq/openai/gpt-oss-120b", "0.15 in, 0.6 out"],
    ["together_ai/meta-llama/Llama-3.3-70B-Instruct-Turbo", "0.88 in, 0.88 out"],
    ["openrouter/anthropic/claude-sonnet-4.5", "3 in, 15 out"],
    ["openrouter/openai/gpt-5", "1.25 in, 10 out"],
    ["openrouter/qwen/qwen3-coder", "0.22 in, 1.8 out"],
    ["anthropic/claude-3.7-sonnet:thinking", "3 in, 15 out"],
    ["anthropic/claude-3.7-sonnet:beta", "3 in, 15 out"],
    ["qwen/qwen3-coder:nitro", "0.22 in, 1.8 out"],
    ["z-ai/glm-4.6", "0.43 in, 1.74 out"],
  ])("know the host's price of %s: %s", (model, expected) => {
    expect(priceOf(model)).toBe(expected);
  });

  test.each(["deepseek/deepseek-r1:free", "openrouter/qwen/qwen3-coder:free", "house/unheard-of:free"])(
    "ask nothing for %s",
    (model) => {
      expect(priceOf(model)).toBe("0 in, 0 out");
    },
  );

  test.each([
    "gpt-4o-audio",
    "gpt-4o-mini-audio-preview-2024-12-17",
    "gpt-4o-realtime-preview",
    "gpt-99",
    "gpt-5-nano-turbo",
    "my-gpt-4o-finetune",
    "gpt-4o-finetune",
    "ft:gpt-4o-2024-08-06:acme::9AbCdEf",
    "azure/my-gpt-4o-finetune",
    "llama-3.3-70b",
    "llama3:8b",
    "claude-sonnet-9",
    "claude",
    "gemini-2.5-flash-lite-preview-tts",
    // Whoever runs these models asks what they want.
    "ollama/gpt-oss:20b",
    "hosted_vllm/claude-sonnet-4-5",
    "meta-llama/Llama-3.3-70B-Instruct",
    "openai/gpt-oss-120b",
    "deepinfra/deepseek-ai/DeepSeek-V3.2",
    "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3d4e5f6",
    "arn:aws:bedrock:us-east-1:123456789012:provisioned-model/gpt-4o",
    "__proto__",
    "constructor",
    `${"a/".repeat(125)}${"gpt-4o".repeat(2)}`,
    "/",
    "",
  ])("do not guess at %j", (model) => {
    expect(priceOf(model)).toBeUndefined();
  });

  test("find each listed model under its own name", () => {
    for (const [table, text] of Object.entries(PRICE_DATA.tables))
      for (const name of text.matchAll(/(?<=[: ])[a-z][^\s:]+(?= |$)/gm))
        expect([table, priceOf(`${WAYS[table] ?? `${table}/`}${name[0]}`)]).not.toContain(undefined);
  });

  test("follow the day of a call", () => {
    const days = ["2025-06-09T23:59:59Z", "2025-06-10T00:00:00Z"].map((time) => Date.parse(time) / 1000);
    expect(days.map((day) => priceOf("o3", LIST_PRICES, day))).toEqual(["10 in, 40 out", "2 in, 8 out"]);
  });

  test("follow the hour of a call where a provider has peak hours", () => {
    const hours = ["00:59", "01:00", "03:59", "04:00"].map((time) => Date.parse(`2026-11-02T${time}:00Z`) / 1000);
    expect(hours.map((hour) => priceOf("deepseek-v4-flash", LIST_PRICES, hour))).toEqual([
      "0.22 in, 0.66 out",
      "0.44 in, 1.32 out",
      "0.44 in, 1.32 out",
      "0.22 in, 0.66 out",
    ]);
  });
});

describe("an estimate", () => {
  test("takes cached tokens for a part of the input, reasoning for a part of the output", () => {
    const tokens = { input: 1000, cached: 600, output: 50, reasoning: 40 };
    expect(dollars(LIST_PRICES, "claude-sonnet-4-5", tokens)).toBe((400 * 3 + 600 * 0.3 + 50 * 15) / 1e6);
  });

  test("never falls below zero, though an exporter counts cached tokens beside the input", () => {
    expect(dollars(LIST_PRICES, "claude-sonnet-4-5", { input: 10, cached: 600 })).toBe((10 * 0.3) / 1e6);
  });

  test("prices tokens written to a cache for five minutes and for an hour", () => {
    const tokens = { input: 1000, written: 800, written1h: 300 };
    expect(dollars(LIST_PRICES, "claude-opus-5-5", tokens)).toBe((200 * 4 + 500 * 5 + 300 * 8) / 1e6);
    // Bedrock's data has no price for an hour: twice the input's, as Anthropic asks.
    expect(dollars(LIST_PRICES, "us.anthropic.claude-sonnet-5", { input: 1000, written: 1000, written1h: 1000 })).toBe(
      (1000 * 4.4) / 1e6,
    );
    expect(dollars(LIST_PRICES, "gpt-4o", { input: 1000, written: 800 })).toBe((1000 * 2.5) / 1e6);
  });

  test("prices all tokens of a long prompt by its size", () => {
    const price = (input: number) => dollars(LIST_PRICES, "gemini-2.5-pro", { input, cached: 100_000, output: 1000 });
    expect(price(200_000)).toBe((100_000 * 1.25 + 100_000 * 0.125 + 1000 * 10) / 1e6);
    expect(price(200_001)).toBe((100_001 * 2.5 + 100_000 * 0.25 + 1000 * 15) / 1e6);
  });
});

describe("a deployment's own prices", () => {
  function pricesIn(text: string): Prices {
    const read = readPrices(text);
    if (!read.ok) throw new Error(read.error);
    return read.prices;
  }

  test("override the list, model by model, wherever it is served", () => {
    const prices = pricesIn(
      '{"GPT-4o-2024-08-06": {"input": 1, "output": 2}, "house-model": {"input": 0, "output": 0}}',
    );
    const models = ["gpt-4o", "azure/gpt-4o", "gpt-4o-2024-05-13", "house-model", "gpt-4o-mini"];
    expect(models.map((model) => priceOf(model, prices))).toEqual([
      "1 in, 2 out",
      "1 in, 2 out",
      "1 in, 2 out",
      "0 in, 0 out",
      "0.15 in, 0.6 out",
    ]);
  });

  test("hold for one host where they name it, and for local and free models too", () => {
    const prices = pricesIn(
      '{"groq/llama-9": {"input": 1, "output": 1}, "llama-9": {"input": 2, "output": 2}, "ollama/qwen3:8b": {"input": 3, "output": 3}, "x/y:free": {"input": 4, "output": 4}}',
    );
    const models = ["groq/llama-9", "llama-9", "together/llama-9", "ollama/qwen3:8b", "x/y:free"];
    expect(models.map((model) => priceOf(model, prices)?.split(" ")[0])).toEqual(["1", "2", "2", "3", "4"]);
  });

  test("price what is written to a cache, by default as Anthropic does", () => {
    const prices = pricesIn(
      '{"a": {"input": 4, "output": 8, "written": 5, "written1h": 7}, "b": {"input": 4, "output": 8}}',
    );
    const tokens = { input: 1000, written: 1000, written1h: 500 };
    expect(["a", "b"].map((model) => dollars(prices, model, tokens))).toEqual([0.006, 0.0065]);
  });

  test("remove one with null", () => {
    expect(priceOf("gpt-4o", pricesIn('{"gpt-4o": null}'))).toBeUndefined();
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
