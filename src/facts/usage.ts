import { jsonText, parseJson } from "../otel/any-value.ts";
import { kindAt, numberIn, textIn } from "./attribute-index.ts";
import * as FIELD from "./fields.ts";
import type { AttributeIndex } from "./attribute-index.ts";
import { isRecord, nonEmpty } from "../lib/plain-data.ts";
import type { PlainRecord } from "../lib/plain-data.ts";

export type Tokens = {
  /** Tokens read from a cache and written to one included. */
  readonly input: number;
  readonly output: number;
  /** Of the input, those read from a cache. */
  readonly cached: number;
  /** Of the input, those written to a cache. */
  readonly written: number;
  /** Of the written, those kept for an hour instead of five minutes. */
  readonly written1h: number;
  /** Of the output. */
  readonly reasoning: number;
};

/** Counts as a producer reports them. */
type Reported = Tokens & {
  /** The producer's own sum. */
  readonly total: number | undefined;
  /** The producer never counts cached and written tokens as input. */
  readonly isApart: boolean;
};

/**
 * Input with the tokens that were read from and written to caches. Claude Code, Bedrock and Langfuse count these apart; it shows where
 * they exceed the input, or where the sum of all parts is the total.
 */
function normalise(reported: Reported): Tokens {
  const { input, output, cached, written, written1h, reasoning, total } = reported;
  const beside = cached + written;
  const isAllApart = beside > 0 && reasoning > 0 && total === input + beside + output + reasoning;
  const isApart = beside > 0 && (reported.isApart || isAllApart || beside > input || total === input + beside + output);
  // Gemini counts its thoughts apart from the answer.
  const isThoughtApart = reasoning > 0 && (isAllApart || total === input + output + reasoning);
  return {
    input: isApart ? input + beside : input,
    output: isThoughtApart ? output + reasoning : output,
    cached,
    written,
    written1h: Math.min(written1h, written),
    reasoning,
  };
}

/** The tokens that a span reports; `undefined` if it reports neither input nor output. */
export function tokensIn(index: AttributeIndex): Tokens | undefined {
  // A response that is only fetched was counted by the call that made it.
  if (textIn(index, FIELD.operationName) === "fetch_response") return undefined;
  const input = numberIn(index, FIELD.inputTokens);
  const uncached = numberIn(index, FIELD.uncachedInputTokens);
  const output = numberIn(index, FIELD.outputTokens);
  if (input === undefined && uncached === undefined && output === undefined) return usageInText(index);
  const parts = partsInText(index);
  const written1h = numberIn(index, FIELD.written1hTokens) ?? parts?.written1h ?? 0;
  return normalise({
    input: input ?? uncached ?? 0,
    output: output ?? 0,
    cached: numberIn(index, FIELD.cachedTokens) ?? parts?.cached ?? 0,
    // The sum may be stated as 0, or not at all.
    written: Math.max(numberIn(index, FIELD.writtenTokens) ?? parts?.written ?? 0, written1h),
    written1h,
    reasoning: numberIn(index, FIELD.reasoningTokens) ?? parts?.reasoning ?? 0,
    total: numberIn(index, FIELD.totalTokens),
    isApart: (input === undefined && uncached !== undefined) || parts?.isApart === true,
  });
}

type Parts = Pick<Tokens, "cached" | "written" | "written1h" | "reasoning"> & Partial<Pick<Reported, "isApart">>;

/**
 * The parts of input and output, where a text beside the counts has them. Anthropic and Bedrock count cached tokens apart, and the
 * AI SDK before version 6 passed their counts on.
 */
function partsInText(index: AttributeIndex): Parts | undefined {
  const text = textIn(index, FIELD.usageDetails);
  const parsed = text === undefined ? undefined : parseJson(text);
  if (!isRecord(parsed)) return undefined;
  const isApart = ("anthropic" in parsed || "bedrock" in parsed) && numberIn(index, FIELD.noCacheTokens) === undefined;
  return { ...partsOf(parsed), isApart };
}

/** Parts in JSON of usage, by the names of OpenAI, LangChain, Anthropic, Bedrock, the AI SDK and Braintrust, at any depth. */
const PARTS = {
  cached: /"(?:cache_read(?:_input_tokens)?|cacheReadInputTokens|cachedPromptTokens|(?:prompt_)?cached_tokens)":(\d+)/g,
  written: /cache(?:_(?:creation|write)(?:_input)?(?:_tokens)?|(?:Creation|Write)InputTokens)":(\d+)/g,
  written5m: writtenFor("5m"),
  written1h: writtenFor("1h"),
  reasoning: /"(?:completion_)?reasoning(?:_tokens|Tokens)?":(\d+)/g,
} as const;

/** Tokens written to a cache for a time: Anthropic's and Braintrust's names, and Bedrock's entries of `cacheDetails`. */
function writtenFor(time: string): RegExp {
  const name = `(?:ephemeral|creation)_${time}(?:_input)?_tokens`;
  return new RegExp(`${name}":(\\d+)|"ttl":"${time}","inputTokens":(\\d+)|"inputTokens":(\\d+),"ttl":"${time}"`, "g");
}

function partsOf(usage: PlainRecord): Parts {
  const text = jsonText(usage);
  const first = (part: RegExp): number => {
    for (const [, a, b, c] of text.matchAll(part)) {
      const counted = Number(a ?? b ?? c);
      if (counted > 0) return count(counted);
    }
    return 0;
  };
  const written1h = first(PARTS.written1h);
  return {
    cached: first(PARTS.cached),
    // LangChain states no sum where it states the times.
    written: Math.max(first(PARTS.written), first(PARTS.written5m) + written1h),
    written1h,
    reasoning: first(PARTS.reasoning),
  };
}

/** US dollars. */
export function costIn(index: AttributeIndex): number | undefined {
  const cost = numberIn(index, FIELD.cost);
  if (cost !== undefined) return dollars(cost);
  const ofInput = numberIn(index, FIELD.inputCost);
  const ofOutput = numberIn(index, FIELD.outputCost);
  if (ofInput !== undefined || ofOutput !== undefined) return dollars((ofInput ?? 0) + (ofOutput ?? 0));
  const details = textIn(index, FIELD.costDetails);
  const parsed = details === undefined ? undefined : parseJson(details);
  if (!isRecord(parsed)) return undefined;
  if (typeof parsed.total === "number") return dollars(parsed.total);
  // Langfuse sums the parts itself where a client sends no total.
  const parts = Object.values(parsed).filter((part) => typeof part === "number");
  return parts.length === 0 ? undefined : dollars(parts.reduce((sum, part) => sum + part, 0));
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
  const chat = textIn(index, FIELD.chatUsage);
  if (chat !== undefined) {
    const parsed = parseJson(chat);
    return isRecord(parsed) ? chatUsage(parsed) : undefined;
  }
  const { usage: ofReply } = replyMeta(index);
  if (isRecord(ofReply)) return chatUsage(ofReply);
  // Only a model's answer is searched for usage: it may be long, and the steps around the call repeat it.
  const answer = kindAt(index, FIELD.explicitKind) === "llm" ? withUsage(textIn(index, FIELD.answer)) : undefined;
  if (!isRecord(answer?.usage)) return undefined;
  const { usage: reported } = answer;
  const tokens = { input: count(reported.inputTokens), output: count(reported.outputTokens) };
  if (tokens.input + tokens.output === 0) return undefined;
  const [cached, reasoning] = [count(reported.cachedContentTokens), count(reported.thoughtsTokens)];
  return normalise({ ...tokens, cached, reasoning, written: 0, written1h: 0, total: undefined, isApart: false });
}

/** The answer, if it states usage. */
function withUsage(answer: string | undefined): PlainRecord | undefined {
  const parsed = answer?.includes('"usage"') === true ? parseJson(answer) : undefined;
  return isRecord(parsed) ? parsed : undefined;
}

const NO_META: PlainRecord = {};

/** Haystack's replies state their model and usage. */
function replyMeta(index: AttributeIndex): PlainRecord {
  if (index[FIELD.replies] === undefined) return NO_META;
  const answer = withUsage(textIn(index, FIELD.replies));
  const [reply]: readonly unknown[] = Array.isArray(answer?.replies) ? answer.replies : [];
  return isRecord(reply) && isRecord(reply.meta) ? reply.meta : {};
}

/** The model that a reply states. */
export function modelInReply(index: AttributeIndex): string | undefined {
  return nonEmpty(replyMeta(index).model);
}

/** Counts by modality are parts of another count. */
const MODALITY = /audio|image|video|text|document/;

/**
 * Langfuse's counts, which do not overlap: `input` and any name with `cache_read` or `cache_creation`, `output` and `output_reasoning`.
 * `ephemeral` names say again how long the written ones are kept, or are there in their place. OpenAI's `prompt_tokens` and
 * `completion_tokens` include theirs.
 */
function disjointUsage(usage: PlainRecord): Tokens | undefined {
  let [input, output] = [count(usage.prompt_tokens), count(usage.completion_tokens)];
  let [cached, written, ephemeral, written1h, reasoning] = [0, 0, 0, 0, 0];
  const isInclusive = input > 0;
  for (const [name, value] of Object.entries(usage)) {
    if (MODALITY.test(name)) continue;
    const isEphemeral = name.includes("ephemeral");
    if (isEphemeral || /cache.*(creation|write)/.test(name)) {
      if (isEphemeral) ephemeral += count(value);
      else written += count(value);
      if (name.includes("1h")) written1h += count(value);
    } else if (name.includes("cache")) cached += count(value);
    else if (name.startsWith("input")) input += count(value);
    else if (name.startsWith("output")) {
      output += count(value);
      if (name.includes("reasoning")) reasoning += count(value);
    }
  }
  written = Math.max(written, ephemeral);
  if (input + output + cached + written === 0) return undefined;
  // The parts of OpenAI's counts stand in objects of their own, and so do the times of Anthropic's.
  const parts = partsOf(usage);
  const tokens = {
    input,
    output,
    cached: cached || (isInclusive && parts.cached) || 0,
    written: written || (isInclusive && parts.written) || 0,
    written1h: written1h || parts.written1h,
    reasoning: reasoning || (isInclusive && parts.reasoning) || 0,
  };
  return normalise({ ...tokens, total: count(usage.total), isApart: !isInclusive });
}

/** Counts in the names of the providers' own answers. */
function chatUsage(usage: PlainRecord): Tokens | undefined {
  const input = count(usage.input_tokens) || count(usage.prompt_tokens);
  const output = count(usage.output_tokens) || count(usage.completion_tokens);
  if (input + output === 0) return undefined;
  const total = count(usage.total_tokens) || count(usage.tokens);
  return normalise({ input, output, ...partsOf(usage), total, isApart: false });
}

function count(value: unknown): number {
  return typeof value === "number" && value > 0 ? Math.min(Math.round(value), Number.MAX_SAFE_INTEGER) : 0;
}
