/** US dollars per million tokens. Output includes reasoning. */
export type Price = {
  readonly input: number;
  /** Price of cached input tokens; without it, that of other input tokens. */
  readonly cached?: number;
  /** Price of input tokens written to a cache for five minutes; without it, 1.25 times the input's. */
  readonly written?: number;
  /** Price of input tokens written to a cache for an hour; without it, twice the input's. */
  readonly written1h?: number;
  readonly output: number;
};

/** Source of prices, and the day of the look-up. */
export type PriceSource = { readonly provider: string; readonly source: string; readonly asOf: string };

/**
 * Public list prices of the main models by base name, in the providers' standard tier: without discounts for batches,
 * surcharges for long prompts, or costs of cache writes. A deployment with other prices sets PRICES.
 */
export const PRICE_SOURCES: readonly (PriceSource & { readonly models: Readonly<Record<string, Price>> })[] = [
  {
    provider: "OpenAI",
    source: "https://developers.openai.com/api/docs/pricing",
    asOf: "2026-10-27",
    models: {
      "gpt-6-astra": { input: 10, cached: 1, output: 50 },
      "gpt-6.1-sol": { input: 2, cached: 0.1, output: 10 },
      "gpt-6-sol": { input: 2, cached: 0.2, output: 10 },
      "gpt-6.1-terra": { input: 1, cached: 0.05, output: 5 },
      "gpt-6-luna": { input: 0.1, cached: 0.01, output: 0.5 },
      "gpt-5.6": { input: 4, cached: 0.4, output: 20 },
      "gpt-5.6-sol": { input: 4, cached: 0.4, output: 20 },
      "gpt-5.6-terra": { input: 2, cached: 0.2, output: 12 },
      "gpt-5.6-luna": { input: 0.2, cached: 0.02, output: 1.2 },
      "gpt-5.5": { input: 5, cached: 0.5, output: 30 },
      "gpt-5.5-pro": { input: 30, output: 180 },
      "gpt-5.4": { input: 2.5, cached: 0.25, output: 15 },
      "gpt-5.4-mini": { input: 0.75, cached: 0.075, output: 4.5 },
      "gpt-5.4-nano": { input: 0.2, cached: 0.02, output: 1.25 },
      "gpt-5.4-pro": { input: 30, output: 180 },
      "gpt-5.3-codex": { input: 1.75, cached: 0.175, output: 14 },
      "gpt-5.2-codex": { input: 1.75, cached: 0.175, output: 14 },
      "gpt-5.2": { input: 1.75, cached: 0.175, output: 14 },
      "gpt-5.1": { input: 1.25, cached: 0.125, output: 10 },
      "gpt-5.1-codex": { input: 1.25, cached: 0.125, output: 10 },
      "gpt-5-codex": { input: 1.25, cached: 0.125, output: 10 },
      "gpt-5-pro": { input: 15, output: 120 },
      "gpt-5": { input: 1.25, cached: 0.125, output: 10 },
      "gpt-5-mini": { input: 0.25, cached: 0.025, output: 2 },
      "gpt-5-nano": { input: 0.05, cached: 0.005, output: 0.4 },
      "gpt-4.1": { input: 2, cached: 0.5, output: 8 },
      "gpt-4.1-mini": { input: 0.4, cached: 0.1, output: 1.6 },
      "gpt-4.1-nano": { input: 0.1, cached: 0.025, output: 0.4 },
      "gpt-4o": { input: 2.5, cached: 1.25, output: 10 },
      "gpt-4o-mini": { input: 0.15, cached: 0.075, output: 0.6 },
      "gpt-4-turbo": { input: 10, output: 30 },
      "gpt-4": { input: 30, output: 60 },
      "gpt-3.5-turbo": { input: 0.5, output: 1.5 },
      o1: { input: 15, cached: 7.5, output: 60 },
      o3: { input: 2, cached: 0.5, output: 8 },
      "o3-mini": { input: 1.1, cached: 0.55, output: 4.4 },
      "o4-mini": { input: 1.1, cached: 0.275, output: 4.4 },
      "text-embedding-3-large": { input: 0.13, output: 0 },
      "text-embedding-3-small": { input: 0.02, output: 0 },
      "text-embedding-ada-002": { input: 0.1, output: 0 },
    },
  },
  {
    provider: "Anthropic",
    source: "https://platform.claude.com/docs/en/about-claude/pricing",
    asOf: "2026-10-24",
    models: {
      "claude-fable-5-1": { input: 10, cached: 0.25, output: 50 },
      "claude-fable-5": { input: 10, cached: 1, output: 50 },
      "claude-mythos-5-1": { input: 10, cached: 0.25, output: 50 },
      "claude-mythos-5": { input: 10, cached: 1, output: 50 },
      "claude-opus-5-5": { input: 4, cached: 0.2, output: 20 },
      "claude-opus-5": { input: 5, cached: 0.5, output: 25 },
      "claude-opus-4-8": { input: 5, cached: 0.5, output: 25 },
      "claude-opus-4-7": { input: 5, cached: 0.5, output: 25 },
      "claude-opus-4-6": { input: 5, cached: 0.5, output: 25 },
      "claude-opus-4-5": { input: 5, cached: 0.5, output: 25 },
      "claude-opus-4-1": { input: 15, cached: 1.5, output: 75 },
      "claude-opus-4": { input: 15, cached: 1.5, output: 75 },
      "claude-sonnet-5-5": { input: 2, cached: 0.1, output: 10 },
      "claude-sonnet-5": { input: 2, cached: 0.2, output: 10 },
      "claude-sonnet-4-6": { input: 3, cached: 0.3, output: 15 },
      "claude-sonnet-4-5": { input: 3, cached: 0.3, output: 15 },
      "claude-sonnet-4": { input: 3, cached: 0.3, output: 15 },
      "claude-haiku-5-5": { input: 0.1, cached: 0.01, output: 0.5 },
      "claude-haiku-4-5": { input: 1, cached: 0.1, output: 5 },
      "claude-3-7-sonnet": { input: 3, cached: 0.3, output: 15 },
      "claude-3-5-sonnet": { input: 3, cached: 0.3, output: 15 },
      "claude-3-5-haiku": { input: 0.8, cached: 0.08, output: 4 },
      "claude-3-opus": { input: 15, cached: 1.5, output: 75 },
      "claude-3-haiku": { input: 0.25, cached: 0.03, output: 1.25 },
    },
  },
  {
    provider: "Google",
    source: "https://ai.google.dev/gemini-api/docs/pricing",
    asOf: "2026-10-07",
    models: {
      // Until the end of 2026; twice that from then on.
      "gemini-3.8-flash": { input: 0.75, cached: 0.075, output: 3.75 },
      "gemini-3.7-flash": { input: 0.75, cached: 0.075, output: 3.75 },
      "gemini-3.6-flash": { input: 0.75, cached: 0.075, output: 3.75 },
      "gemini-3.5-flash": { input: 1.5, cached: 0.15, output: 9 },
      "gemini-3.5-flash-lite": { input: 0.3, cached: 0.03, output: 2.5 },
      "gemini-3.1-pro": { input: 2, cached: 0.2, output: 12 },
      "gemini-3-pro": { input: 2, cached: 0.2, output: 12 },
      "gemini-3-flash": { input: 0.5, cached: 0.05, output: 3 },
      "gemini-2.5-pro": { input: 1.25, cached: 0.125, output: 10 },
      "gemini-2.5-flash": { input: 0.3, cached: 0.03, output: 2.5 },
      "gemini-2.5-flash-lite": { input: 0.1, cached: 0.01, output: 0.4 },
      "gemini-2.0-flash": { input: 0.1, cached: 0.025, output: 0.4 },
    },
  },
];
