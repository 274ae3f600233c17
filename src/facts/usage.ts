import { parseJson } from "../otel/any-value.ts";
import { kindAt, numberIn, FIELD, textIn } from "./attribute-index.ts";
import type { AttributeIndex } from "./attribute-index.ts";
import { isRecord } from "../lib/plain-data.ts";
import type { PlainRecord } from "../lib/plain-data.ts";

export type Tokens = {
  /** Cached tokens included. */
  readonly input: number;
  readonly output: number;
  readonly cached: number;
  readonly reasoning: number;
};

/** The tokens that a span reports; `undefined` if it reports neither input nor output. */
export function tokensIn(index: AttributeIndex): Tokens | undefined {
  const input = numberIn(index, FIELD.inputTokens);
  const output = numberIn(index, FIELD.outputTokens);
  if (input === undefined && output === undefined) return usageInText(index);
  return {
    input: input ?? 0,
    output: output ?? 0,
    cached: numberIn(index, FIELD.cachedTokens) ?? 0,
    reasoning: numberIn(index, FIELD.reasoningTokens) ?? 0,
  };
}

/** US dollars. */
export function costIn(index: AttributeIndex): number | undefined {
  const cost = numberIn(index, FIELD.cost);
  if (cost !== undefined) return dollars(cost);
  const details = textIn(index, FIELD.costDetails);
  const parsed = details === undefined ? undefined : parseJson(details);
  const total = isRecord(parsed) ? parsed.total : undefined;
  return typeof total === "number" ? dollars(total) : undefined;
}

/** JSON.parse reads 1e999 as Infinity. One infinite or negative cost must not spoil a sum or a chunk's facts. */
function dollars(cost: number): number | undefined {
  return Number.isFinite(cost) && cost >= 0 ? cost : undefined;
}

function usageInText(index: AttributeIndex): Tokens | undefined {
  const usage = textIn(index, FIELD.usage);
  if (usage !== undefined) {
    const parsed = parseJson(usage);
    return isRecord(parsed) ? disjointUsage(parsed) : undefined;
  }
  // Only a model's answer is searched for usage: it may be long, and the steps around the call repeat it.
  const answer = kindAt(index, FIELD.explicitKind) === "llm" ? textIn(index, FIELD.answer) : undefined;
  const parsed = answer?.includes('"usage"') === true ? parseJson(answer) : undefined;
  if (!isRecord(parsed) || !isRecord(parsed.usage)) return undefined;
  const { usage: reported } = parsed;
  const tokens = { input: count(reported.inputTokens), output: count(reported.outputTokens) };
  if (tokens.input + tokens.output === 0) return undefined;
  return { ...tokens, cached: count(reported.cachedContentTokens), reasoning: count(reported.thoughtsTokens) };
}

/** Langfuse's counts, which do not overlap: `input` and `input_cached_tokens`, `output` and `output_reasoning`. Also OpenAI's names. */
function disjointUsage(usage: PlainRecord): Tokens | undefined {
  let [input, output, cached, reasoning] = [count(usage.prompt_tokens), count(usage.completion_tokens), 0, 0];
  for (const [name, value] of Object.entries(usage)) {
    if (name.startsWith("input")) {
      input += count(value);
      if (name.includes("cache") && !name.includes("creation")) cached += count(value);
    } else if (name.startsWith("output")) {
      output += count(value);
      if (name.includes("reasoning")) reasoning += count(value);
    }
  }
  return input + output === 0 ? undefined : { input, output, cached, reasoning };
}

function count(value: unknown): number {
  return typeof value === "number" && value > 0 ? Math.min(Math.round(value), Number.MAX_SAFE_INTEGER) : 0;
}
