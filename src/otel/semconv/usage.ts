/** The attribute keys of token counts and costs, in order of precedence. */

export const INPUT_TOKEN_KEYS = [
  "gen_ai.usage.input_tokens",
  "gen_ai.usage.prompt_tokens",
  "llm.usage.prompt_tokens",
  "llm.token_count.prompt",
  "ai.usage.inputTokens",
  "ai.usage.promptTokens",
  "tokens.prompt",
  "gen_ai.response.prompt_tokens",
  "usage.prompt_tokens",
  "ai.usage.tokens",
] as const;

/** Counts of Claude Code and OpenClaw, without cached and written tokens. */
export const UNCACHED_INPUT_TOKEN_KEYS = ["input_tokens", "openclaw.tokens.input"] as const;

export const TOTAL_TOKEN_KEYS = [
  "gen_ai.usage.total_tokens",
  "llm.token_count.total",
  "ai.usage.totalTokens",
  "llm.usage.total_tokens",
  "cloudflare.agents.usage.total_tokens",
] as const;

export const OUTPUT_TOKEN_KEYS = [
  "gen_ai.usage.output_tokens",
  "gen_ai.usage.completion_tokens",
  "llm.usage.completion_tokens",
  "llm.token_count.completion",
  "ai.usage.outputTokens",
  "ai.usage.completionTokens",
  "gen_ai.response.completion_tokens",
  "tokens.completion",
  "output_tokens",
  "usage.completion_tokens",
  "openclaw.tokens.output",
] as const;

export const CACHED_TOKEN_KEYS = [
  "gen_ai.usage.cache_read.input_tokens",
  "gen_ai.usage.cache_read_input_tokens",
  "llm.token_count.prompt_details.cache_read",
  "ai.usage.cachedInputTokens",
  "ai.usage.inputTokenDetails.cacheReadTokens",
  "gen_ai.usage.details.cache_read_tokens",
  "gen_ai.usage.input_cached_tokens",
  "gen_ai.usage.cached_input_tokens",
  "gen_ai.usage.cached_tokens",
  "gen_ai.usage.cache_read_tokens",
  "gen_ai.usage.input_tokens.cached",
  "cache_read_tokens",
  "gen_ai.usage.details.cache_read_input_tokens",
  "llm.usage.cached_tokens",
  "usage.cached_tokens",
  "openclaw.tokens.cache_read",
] as const;

/** Tokens written to a cache, for five minutes unless a key of the next list says otherwise. */
export const WRITTEN_TOKEN_KEYS = [
  "gen_ai.usage.cache_write.input_tokens",
  "gen_ai.usage.cache_creation.input_tokens",
  "gen_ai.usage.cache_creation_input_tokens",
  "gen_ai.usage.cache_write_input_tokens",
  "llm.token_count.prompt_details.cache_write",
  "gen_ai.usage.details.cache_write_tokens",
  "ai.usage.inputTokenDetails.cacheWriteTokens",
  "gen_ai.usage.cache_creation_tokens",
  "gen_ai.usage.cache_write_tokens",
  "gen_ai.usage.input_tokens.cache_write",
  "cache_creation_tokens",
  "gen_ai.usage.details.cache_creation_input_tokens",
  "openclaw.tokens.cache_write",
] as const;

/** Of the written tokens, those written for an hour. */
export const WRITTEN_1H_TOKEN_KEYS = [
  "gen_ai.usage.cache_creation.ephemeral_1h_input_tokens",
  "anthropic.usage.cache_creation.ephemeral_1h_input_tokens",
  "dash0.gen_ai.usage.cache_creation.ephemeral_1h.input_tokens",
  "gen_ai.usage.cache_creation_1h_input_tokens",
  "gen_ai.usage.details.ephemeral_1h_input_tokens",
  "gen_ai.usage.details.cache_creation_1h_tokens",
  "cache_creation_1h_tokens",
] as const;

export const REASONING_TOKEN_KEYS = [
  "gen_ai.usage.reasoning.output_tokens",
  "gen_ai.usage.reasoning_tokens",
  "llm.token_count.completion_details.reasoning",
  "ai.usage.reasoningTokens",
  "ai.usage.outputTokenDetails.reasoningTokens",
  "gen_ai.usage.details.reasoning_tokens",
  "llm.usage.reasoning_tokens",
  "gen_ai.usage.output_tokens.reasoning",
  "codex.usage.reasoning_output_tokens",
] as const;

/** Usage as one JSON text. Input and output do not include cached and reasoning tokens there. */
export const USAGE_KEYS = ["langfuse.observation.usage_details"] as const;
/**
 * Usage as one JSON text, beside counts without these parts: LangChain's `input_token_details`, `output_token_details`, and what
 * the AI SDK got from a provider, by the provider's name.
 */
export const USAGE_DETAILS_KEYS = ["langsmith.metadata.usage_metadata", "ai.response.providerMetadata"] as const;
/** The AI SDK's count since version 6, where the input has all parts whatever the provider counts. */
export const NO_CACHE_TOKEN_KEYS = ["ai.usage.inputTokenDetails.noCacheTokens"] as const;
/** Usage as one JSON text: `input_tokens`, `output_tokens`, `total_tokens`. */
export const CHAT_USAGE_KEYS = ["mlflow.chat.tokenUsage", "braintrust.metrics"] as const;
/** The model's answer, which includes its usage. */
export const ANSWER_WITH_USAGE_KEYS = ["genkit:output"] as const;
/** The replies of a model, each with its model and usage. */
export const REPLIES_WITH_USAGE_KEYS = ["haystack.agent.step.llm.output"] as const;

export const COST_KEYS = [
  "gen_ai.usage.cost",
  "llm.cost.total",
  "gen_ai.usage.total_cost",
  "gen_ai.cost.total_cost",
  "operation.cost",
  "gen_ai.usage.cost_total",
] as const;
/** Parts of the cost, from producers that state no sum. */
export const INPUT_COST_KEYS = ["llm.cost.prompt", "gen_ai.usage.input_cost"] as const;
export const OUTPUT_COST_KEYS = ["llm.cost.completion", "gen_ai.usage.output_cost"] as const;
/** Cost as one JSON text with a `total`, or with its parts alone. */
export const COST_DETAILS_KEYS = ["langfuse.observation.cost_details"] as const;
