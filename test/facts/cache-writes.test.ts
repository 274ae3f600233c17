import { expect, test } from "vitest";
import { indexAttributes } from "../../src/facts/attribute-index.ts";
import { tokensIn } from "../../src/facts/usage.ts";
import { LIST_PRICES } from "../../src/session/prices/prices.ts";
import { attributesOf } from "./span-of.ts";
import { usage } from "./usage-words.ts";

/** What Haystack records of Anthropic's answer. */
const HAYSTACK_REPLY = {
  replies: [
    {
      meta: {
        usage: {
          input_tokens: 100,
          output_tokens: 7,
          cache_creation_input_tokens: 4000,
          cache_creation: { ephemeral_5m_input_tokens: 1000, ephemeral_1h_input_tokens: 3000 },
        },
      },
    },
  ],
};

test.each<readonly [string, Record<string, string | number>, string]>([
  [
    "Langfuse: each lifetime in a name of its own",
    {
      "langfuse.observation.usage_details": JSON.stringify({
        input: 10,
        output: 5,
        input_cache_creation_1h: 30_000,
        input_cache_creation_5m: 10_000,
      }),
    },
    "40010 (0, 40000, 30000) 5 (0)",
  ],
  [
    "Langfuse: Anthropic's usage as it came, with the lifetimes in an object of their own",
    {
      "langfuse.observation.usage_details": JSON.stringify({
        input: 10,
        output: 5,
        cache_creation_input_tokens: 2089,
        cache_creation: { ephemeral_5m_input_tokens: 89, ephemeral_1h_input_tokens: 2000 },
      }),
    },
    "2099 (0, 2089, 2000) 5 (0)",
  ],
  [
    "Langfuse's handler of LangChain: lifetimes as parts of the input, in place of their sum",
    {
      "langfuse.observation.usage_details": JSON.stringify({
        input: 10,
        output: 5,
        input_cache_read: 300,
        input_cache_creation: 0,
        input_ephemeral_5m_input_tokens: 80,
        input_ephemeral_1h_input_tokens: 70,
        total: 465,
      }),
    },
    "460 (300, 150, 70) 5 (0)",
  ],
  [
    "Langfuse's handler of an earlier LangChain: lifetimes as parts of the input, beside their sum",
    {
      "langfuse.observation.usage_details": JSON.stringify({
        input: 10,
        output: 5,
        input_cache_read: 300,
        input_cache_creation: 150,
        input_ephemeral_5m_input_tokens: 80,
        input_ephemeral_1h_input_tokens: 70,
      }),
    },
    "460 (300, 150, 70) 5 (0)",
  ],
  [
    "LiteLLM: OpenAI's counts include all, and the details have the lifetimes",
    {
      "langfuse.observation.usage_details": JSON.stringify({
        prompt_tokens: 1000,
        completion_tokens: 5,
        prompt_tokens_details: {
          cached_tokens: 100,
          cache_creation_tokens: 700,
          cache_creation_token_details: { ephemeral_5m_input_tokens: 200, ephemeral_1h_input_tokens: 500 },
        },
      }),
    },
    "1000 (100, 700, 500) 5 (0)",
  ],
  [
    "LangChain: its details have the lifetimes, and no sum of them",
    {
      "gen_ai.usage.input_tokens": 360,
      "gen_ai.usage.output_tokens": 30,
      "langsmith.metadata.usage_metadata": JSON.stringify({
        input_token_details: {
          cache_read: 10,
          cache_creation: 0,
          ephemeral_5m_input_tokens: 80,
          ephemeral_1h_input_tokens: 70,
        },
      }),
    },
    "360 (10, 150, 70) 30 (0)",
  ],
  [
    "AI SDK: Bedrock's writes by lifetime",
    {
      "ai.usage.inputTokens": 5000,
      "ai.response.providerMetadata": JSON.stringify({
        bedrock: {
          usage: {
            cacheWriteInputTokens: 30,
            cacheDetails: [
              { ttl: "1h", inputTokens: 20 },
              { ttl: "5m", inputTokens: 10 },
            ],
          },
        },
      }),
    },
    "5030 (0, 30, 20) 0 (0)",
  ],
  [
    "Haystack: Anthropic's usage in its reply",
    {
      "haystack.agent.step.llm.output": JSON.stringify(HAYSTACK_REPLY),
    },
    "4100 (0, 4000, 3000) 7 (0)",
  ],
  [
    "Braintrust: writes by lifetime, beside their sum",
    {
      "braintrust.metrics": JSON.stringify({
        prompt_tokens: 100,
        completion_tokens: 50,
        tokens: 150,
        prompt_cached_tokens: 25,
        prompt_cache_creation_tokens: 30,
        prompt_cache_creation_5m_tokens: 20,
        prompt_cache_creation_1h_tokens: 10,
      }),
    },
    "100 (25, 30, 10) 50 (0)",
  ],
  [
    "Braintrust: writes by lifetime alone",
    {
      "braintrust.metrics": JSON.stringify({
        prompt_tokens: 100,
        completion_tokens: 50,
        prompt_cache_creation_5m_tokens: 20,
        prompt_cache_creation_1h_tokens: 10,
      }),
    },
    "100 (0, 30, 10) 50 (0)",
  ],
  [
    "Braintrust: the sum of writes alone",
    {
      "braintrust.metrics": JSON.stringify({
        prompt_tokens: 100,
        completion_tokens: 50,
        prompt_cache_creation_tokens: 30,
      }),
    },
    "100 (0, 30, 0) 50 (0)",
  ],
])("%s", (_, attributes, expected) => expect(usage(attributes)).toBe(expected));

test("tokens written to a cache for an hour are estimated at the price of an hour, whoever counts them", () => {
  // Claude Opus 5.5, dollars per million: input 4, output 20, read 0.2, written for five minutes 5, for an hour 8.
  const dollars = (attributes: Record<string, string>): number => {
    const tokens = tokensIn(indexAttributes(attributesOf(attributes)));
    return (tokens && LIST_PRICES.estimate("claude-opus-5-5", tokens, Date.parse("2026-11-30T00:00:00Z") / 1_000)) ?? 0;
  };
  // 100 × 4 + 1,000 × 5 + 3,000 × 8 + 7 × 20 = 29,540 millionths.
  expect(dollars({ "haystack.agent.step.llm.output": JSON.stringify(HAYSTACK_REPLY) })).toBe(29_540_000);
  // 10 × 4 + 300 × 0.2 + 80 × 5 + 70 × 8 + 5 × 20 = 1,160 millionths.
  const parts = { input: 10, output: 5, input_cache_read: 300, input_cache_creation: 0 };
  const lifetimes = { input_ephemeral_5m_input_tokens: 80, input_ephemeral_1h_input_tokens: 70 };
  expect(dollars({ "langfuse.observation.usage_details": JSON.stringify({ ...parts, ...lifetimes }) })).toBe(1_160_000);
  // (100 − 25 − 30) × 4 + 25 × 0.2 + 20 × 5 + 10 × 8 + 50 × 20 = 1,365 millionths.
  const metrics = { prompt_tokens: 100, completion_tokens: 50, tokens: 150, prompt_cached_tokens: 25 };
  const written = { prompt_cache_creation_5m_tokens: 20, prompt_cache_creation_1h_tokens: 10 };
  expect(dollars({ "braintrust.metrics": JSON.stringify({ ...metrics, ...written }) })).toBe(1_365_000);
});
