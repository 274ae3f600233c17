import { describe, expect, test } from "vitest";
import { indexAttributes } from "../../src/facts/attribute-index.ts";
import { costIn } from "../../src/facts/usage.ts";
import * as usageKeys from "../../src/otel/semconv/usage.ts";
import { attributesOf, factsOfSpan, spanOf } from "./span-of.ts";
import { usage } from "./usage-words.ts";

const GEN_AI = "gen_ai.usage.";

describe("every key of a count", () => {
  test.each(usageKeys.INPUT_TOKEN_KEYS)("%s: input", (key) => {
    expect(usage({ [key]: 9 })).toBe("9 (0, 0, 0) 0 (0)");
  });
  test.each(usageKeys.OUTPUT_TOKEN_KEYS)("%s: output", (key) => {
    expect(usage({ [key]: 9 })).toBe("0 (0, 0, 0) 9 (0)");
  });
  test.each(usageKeys.CACHED_TOKEN_KEYS)("%s: read from a cache", (key) => {
    expect(usage({ [`${GEN_AI}input_tokens`]: 10, [key]: 9 })).toBe("10 (9, 0, 0) 0 (0)");
  });
  test.each(usageKeys.WRITTEN_TOKEN_KEYS)("%s: written to a cache", (key) => {
    expect(usage({ [`${GEN_AI}input_tokens`]: 10, [key]: 9 })).toBe("10 (0, 9, 0) 0 (0)");
  });
  test.each(usageKeys.WRITTEN_1H_TOKEN_KEYS)("%s: written for an hour", (key) => {
    expect(usage({ [`${GEN_AI}input_tokens`]: 10, [key]: 9 })).toBe("10 (0, 9, 9) 0 (0)");
  });
  test.each(usageKeys.REASONING_TOKEN_KEYS)("%s: reasoning", (key) => {
    expect(usage({ [`${GEN_AI}output_tokens`]: 10, [key]: 9 })).toBe("0 (0, 0, 0) 10 (9)");
  });
});

test("a response that is fetched again counts no usage", () => {
  const { tokens } = factsOfSpan(
    spanOf("fetch_response resp_1", {
      "gen_ai.operation.name": "fetch_response",
      "gen_ai.request.model": "gpt-5.2",
      "gen_ai.usage.input_tokens": 100,
      "gen_ai.usage.output_tokens": 7,
    }),
  );
  expect(tokens).toBeUndefined();
});

describe("input includes tokens read from a cache and written to one", () => {
  test.each([
    [
      "OpenAI: included",
      { [`${GEN_AI}input_tokens`]: 1000, [`${GEN_AI}input_cached_tokens`]: 900 },
      "1000 (900, 0, 0) 0 (0)",
    ],
    [
      "Claude Code: bare counts stand apart",
      { input_tokens: 5000, output_tokens: 7, cache_read_tokens: 40, cache_creation_tokens: 2 },
      "5042 (40, 2, 0) 7 (0)",
    ],
    [
      "Bedrock: more was read than counts as input",
      { [`${GEN_AI}input_tokens`]: 12, [`${GEN_AI}output_tokens`]: 3, [`${GEN_AI}cache_read_input_tokens`]: 4000 },
      "4012 (4000, 0, 0) 3 (0)",
    ],
    [
      "the total is the sum of all parts",
      {
        [`${GEN_AI}input_tokens`]: 500,
        [`${GEN_AI}output_tokens`]: 10,
        [`${GEN_AI}cache_read.input_tokens`]: 100,
        [`${GEN_AI}cache_creation.input_tokens`]: 50,
        [`${GEN_AI}total_tokens`]: 660,
      },
      "650 (100, 50, 0) 10 (0)",
    ],
    [
      "the total is input and output",
      { [`${GEN_AI}input_tokens`]: 500, [`${GEN_AI}cache_read.input_tokens`]: 100, [`${GEN_AI}total_tokens`]: 500 },
      "500 (100, 0, 0) 0 (0)",
    ],
    [
      "Pydantic AI: details are parts",
      {
        [`${GEN_AI}input_tokens`]: 130_213,
        [`${GEN_AI}details.cache_read_tokens`]: 128_955,
        [`${GEN_AI}details.cache_write_tokens`]: 1253,
        [`${GEN_AI}details.input_tokens`]: 5,
      },
      "130213 (128955, 1253, 0) 0 (0)",
    ],
    [
      "the newer key of written tokens first",
      {
        [`${GEN_AI}input_tokens`]: 100,
        [`${GEN_AI}cache_write.input_tokens`]: 20,
        [`${GEN_AI}cache_creation_input_tokens`]: 30,
        [`${GEN_AI}cache_creation.ephemeral_1h_input_tokens`]: 10,
      },
      "100 (0, 20, 10) 0 (0)",
    ],
    [
      "a sum of written tokens that is 0, beside those written for an hour",
      {
        [`${GEN_AI}output_tokens`]: 50,
        [`${GEN_AI}cache_creation.input_tokens`]: 0,
        [`${GEN_AI}cache_creation.ephemeral_1h_input_tokens`]: 3000,
      },
      "3000 (0, 3000, 3000) 50 (0)",
    ],
    [
      "Langfuse: any name with cache_read or cache_creation, modalities never",
      {
        "langfuse.observation.usage_details": JSON.stringify({
          input: 10,
          output: 5,
          input_audio: 4,
          cache_read_input_tokens: 3000,
          input_cache_creation: 100,
          total: 3115,
        }),
      },
      "3110 (3000, 100, 0) 5 (0)",
    ],
    [
      "caches and reasoning: both stand apart",
      {
        "llm.token_count.prompt": 100,
        "llm.token_count.completion": 50,
        "llm.token_count.prompt_details.cache_read": 60,
        "llm.token_count.completion_details.reasoning": 30,
        "llm.token_count.total": 240,
      },
      "160 (60, 0, 0) 80 (30)",
    ],
    [
      "AI SDK 5: Anthropic's counts as they came, and its caches in the provider's metadata",
      {
        "ai.usage.inputTokens": 700,
        "ai.usage.outputTokens": 45,
        "ai.usage.totalTokens": 745,
        "ai.usage.cachedInputTokens": 300,
        "ai.response.providerMetadata": JSON.stringify({
          anthropic: {
            usage: {
              input_tokens: 700,
              cache_creation_input_tokens: 2089,
              cache_read_input_tokens: 300,
              cache_creation: { ephemeral_5m_input_tokens: 89, ephemeral_1h_input_tokens: 2000 },
            },
            cacheCreationInputTokens: 2089,
          },
        }),
      },
      "3089 (300, 2089, 2000) 45 (0)",
    ],
    [
      "AI SDK 4: Anthropic's older metadata",
      {
        "ai.usage.promptTokens": 12,
        "ai.usage.completionTokens": 5,
        "ai.response.providerMetadata": JSON.stringify({
          anthropic: { cacheCreationInputTokens: 4, cacheReadInputTokens: 8 },
        }),
      },
      "24 (8, 4, 0) 5 (0)",
    ],
    [
      "AI SDK 6: the input has all parts",
      {
        "ai.usage.inputTokens": 1000,
        "ai.usage.inputTokenDetails.noCacheTokens": 600,
        "ai.usage.inputTokenDetails.cacheReadTokens": 300,
        "ai.response.providerMetadata": JSON.stringify({
          anthropic: { usage: { input_tokens: 600, cache_creation_input_tokens: 100, cache_read_input_tokens: 300 } },
        }),
      },
      "1000 (300, 100, 0) 0 (0)",
    ],
    [
      "AI SDK: Bedrock's metadata",
      {
        "ai.usage.inputTokens": 5000,
        "ai.response.providerMetadata": JSON.stringify({
          bedrock: { usage: { cacheReadInputTokens: 400, cacheWriteInputTokens: 10 } },
        }),
      },
      "5410 (400, 10, 0) 0 (0)",
    ],
    [
      "AI SDK: OpenAI's metadata",
      {
        "ai.usage.promptTokens": 1000,
        "ai.usage.completionTokens": 45,
        "ai.response.providerMetadata": JSON.stringify({ openai: { cachedPromptTokens: 800, reasoningTokens: 20 } }),
      },
      "1000 (800, 0, 0) 45 (20)",
    ],
    [
      "OpenClaw: the input stands apart",
      {
        "openclaw.tokens.input": 10,
        "openclaw.tokens.output": 20,
        "openclaw.tokens.cache_read": 3,
        "openclaw.tokens.cache_write": 1,
        "openclaw.tokens.total": 34,
      },
      "14 (3, 1, 0) 20 (0)",
    ],
    [
      "Braintrust's metrics",
      {
        "braintrust.metrics": JSON.stringify({
          prompt_tokens: 20,
          completion_tokens: 5,
          tokens: 25,
          prompt_cached_tokens: 8,
          completion_reasoning_tokens: 2,
        }),
      },
      "20 (8, 0, 0) 5 (2)",
    ],
    [
      "MLflow",
      { "mlflow.chat.tokenUsage": '{"input_tokens": 20, "output_tokens": 4, "total_tokens": 24}' },
      "20 (0, 0, 0) 4 (0)",
    ],
    [
      "a response that is only fetched",
      { "gen_ai.operation.name": "fetch_response", [`${GEN_AI}input_tokens`]: 20 },
      "none",
    ],
  ])("%s", (_, attributes, expected) => {
    expect(usage(attributes as Record<string, string | number>)).toBe(expected);
  });
});

test("a cost that LiteLLM reports", () => {
  expect(costIn(indexAttributes(attributesOf({ "gen_ai.cost.total_cost": 0.25 })))).toBe(0.25);
});

describe("parts that some producers do not sum up", () => {
  const cost = (attributes: Record<string, string | number>) => costIn(indexAttributes(attributesOf(attributes)));

  test.each<readonly [string, Record<string, string | number>, number | undefined]>([
    ["OpenInference's two costs", { "llm.cost.prompt": 0.25, "llm.cost.completion": 0.5 }, 0.75],
    ["a sum beside its parts", { "llm.cost.prompt": 0.25, "llm.cost.completion": 0.5, "llm.cost.total": 1 }, 1],
    ["two costs of usage", { [`${GEN_AI}input_cost`]: 0.25, [`${GEN_AI}output_cost`]: 0.5 }, 0.75],
    ["Langfuse's details", { "langfuse.observation.cost_details": '{"input":0.25,"output":0.5}' }, 0.75],
    ["no number", { "langfuse.observation.cost_details": '{"input":"?"}' }, undefined],
  ])("%s", (_, attributes, expected) => expect(cost(attributes)).toBe(expected));

  test("thoughts that the output leaves out, where the total counts them", () => {
    const counts = {
      [`${GEN_AI}input_tokens`]: 100,
      [`${GEN_AI}output_tokens`]: 20,
      [`${GEN_AI}reasoning_tokens`]: 80,
    };
    expect(usage({ ...counts, [`${GEN_AI}total_tokens`]: 200 })).toBe("100 (0, 0, 0) 100 (80)");
    expect(usage({ ...counts, [`${GEN_AI}total_tokens`]: 120 })).toBe("100 (0, 0, 0) 20 (80)");
  });

  test("Braintrust's metrics", () => {
    const metrics = '{"prompt_tokens":12,"completion_tokens":4,"tokens":16,"time_to_first_token":0.3}';
    expect(usage({ "braintrust.metrics": metrics })).toBe("12 (0, 0, 0) 4 (0)");
  });
});
