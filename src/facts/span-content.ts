import { answerIn, contentAt, firstKey, jsonContent, readInput, wholeEvent } from "./span-input.ts";
import { toolCallId, toolInput, toolOutput } from "./tool-content.ts";
import { countOf, numberOf, parseJson, plainValue, textOf, textOrJson } from "../otel/any-value.ts";
import { indexAttributes, modelName } from "./attribute-index.ts";
import { ClaimedAttributes } from "../content/claimed-attributes.ts";
import { plainContent } from "../content/content-value.ts";
import type { Content } from "../content/content-value.ts";
import { detailsAttributes, outputEventMessages } from "../content/event-messages.ts";
import { countsAsError } from "./error.ts";
import { readException, readStatusMessage } from "./exception.ts";
import type { Exception } from "./exception.ts";
import { kindOf, toolName } from "./facts.ts";
import type { Tokens } from "./facts.ts";
import { indexedItems, indexedMessages } from "../content/indexed-messages.ts";
import { contentParts, toolCalls } from "../content/message-parts.ts";
import type { MessagePart } from "../content/message-parts.ts";
import * as keys from "../otel/semconv/attributes.ts";
import * as usageKeys from "../otel/semconv/usage.ts";
import * as contentKeys from "../otel/semconv/content.ts";
import * as shownKeys from "../otel/semconv/shown.ts";
import type { AnyValue, Span } from "../otel/span.ts";
import { costIn, modelInReply, tokensIn } from "./usage.ts";

/** A span's content, for display. */
export type SpanContent = {
  readonly input?: Content;
  readonly output?: Content;
  readonly model?: string;
  readonly provider?: string;
  readonly tokens?: Tokens;
  /** US dollars, as the span reports. */
  readonly cost?: number;
  readonly timeToFirstTokenMillis?: number;
  readonly finishReasons?: readonly string[];
  readonly tool?: { readonly name: string; readonly callId?: string };
  readonly agent?: string;
  /** Only of a failed span. */
  readonly exception?: Exception;
  /** Only of a span that did not fail: the message of its status. */
  readonly statusMessage?: string;
  /** Keys of the attributes used above: the page lists all others unchanged. */
  readonly claimed: ReadonlySet<string>;
};

/** Whether a span failed. Log records may report a failure that the span itself does not. */
export type Outcome = "failed" | "passed";

/**
 * Reads the whole content again on each call: for one displayed span, not for thousands. `known`: the outcome if the caller
 * knows it, as the rows of a session do; else it is taken from the span.
 */
export function readContent(span: Span, known?: Outcome): SpanContent {
  const attributes = new ClaimedAttributes(span.attributes);
  const index = indexAttributes(span.attributes);
  const name = span.name ?? "";
  const kind = kindOf(name, index);
  const content: { -readonly [Field in keyof SpanContent]: SpanContent[Field] } = { claimed: attributes.claimed };
  assign(content, "input", kind === "tool" ? toolInput(span, attributes) : readInput(span, attributes));
  assign(content, "output", kind === "tool" ? toolOutput(span, attributes) : readOutput(span, attributes));
  if (kind === "tool") {
    attributes.take(keys.TOOL_KEYS, textOf);
    const callId = toolCallId(attributes);
    content.tool = { name: toolName(name, index), ...(callId === undefined ? {} : { callId }) };
  } else {
    const isModel = kind === "llm" || kind === "embedding";
    const model = attributes.take(isModel ? keys.MODEL_SPAN_KEYS : keys.MODEL_KEYS, modelName);
    assign(content, "model", model ?? (isModel ? modelInReply(index) : undefined));
    assign(content, "provider", attributes.take(shownKeys.PROVIDER_KEYS, textOf));
  }
  assign(content, "agent", attributes.take(kind === "agent" ? keys.AGENT_SPAN_KEYS : keys.AGENT_KEYS, textOf));
  assign(content, "tokens", tokensIn(index));
  if (content.tokens !== undefined) claimTokens(attributes);
  assign(content, "cost", costIn(index));
  if (content.cost !== undefined) claimCost(attributes);
  assign(content, "timeToFirstTokenMillis", timeToFirstToken(span, attributes));
  assign(content, "finishReasons", attributes.take(shownKeys.FINISH_REASON_KEYS, finishReasons));
  const outcome = known ?? (countsAsError(span, index, kind) ? "failed" : "passed");
  if (outcome === "failed") assign(content, "exception", readException(span, attributes));
  else assign(content, "statusMessage", readStatusMessage(span, attributes));
  return content;
}

function assign<T, Field extends keyof T>(target: T, field: Field, value: T[Field] | undefined): void {
  if (value !== undefined) target[field] = value;
}

function readOutput(span: Span, attributes: ClaimedAttributes): Content | undefined {
  const events = span.events ?? [];
  const stated = contentAt(attributes, contentKeys.OUTPUT_MESSAGE_KEYS);
  // LiteLLM states an answer of calls alone without parts, and the calls in numbered keys.
  if (stated !== undefined && !isHollow(stated)) return stated;
  return (
    indexedMessages(attributes, shownKeys.OUTPUT_MESSAGE_PREFIXES, "assistant") ??
    contentAt(new ClaimedAttributes(detailsAttributes(events)), contentKeys.OUTPUT_MESSAGE_KEYS) ??
    outputEventMessages(events) ??
    wholeEvent(events, contentKeys.WHOLE_EVENTS.output, "assistant") ??
    documents(attributes) ??
    contentAt(attributes, contentKeys.OUTPUT_KEYS) ??
    aiSdkAnswer(attributes) ??
    contentAt(attributes, [...contentKeys.LATER_OUTPUT_KEYS, ...shownKeys.LAST_OUTPUT_KEYS]) ??
    conversationAnswer(attributes) ??
    stated
  );
}

function isHollow(content: Content): boolean {
  return content.kind === "messages" && content.messages.every(({ parts }) => parts.length === 0);
}

/** The documents that a retriever found, or a reranker put into order. */
function documents(attributes: ClaimedAttributes): Content | undefined {
  for (const prefix of shownKeys.DOCUMENT_PREFIXES) {
    const found = indexedItems(attributes, prefix, "document");
    if (found.length > 0) return jsonContent(found);
  }
  return undefined;
}

function aiSdkAnswer(attributes: ClaimedAttributes): Content | undefined {
  const { text, reasoning, toolCalls: calls } = shownKeys.AI_SDK_ANSWER;
  const thought = attributes.find(reasoning);
  const answer = attributes.find(text);
  const called = attributes.find(calls);
  const thoughts: MessagePart[] =
    thought === undefined ? [] : [{ type: "reasoning", text: textOf(thought.value) ?? "" }];
  const parts = [
    ...thoughts,
    ...(answer === undefined ? [] : contentParts(listedTexts(plainValue(answer.value)))),
    ...(called === undefined ? [] : toolCalls(plainValue(called.value))),
  ];
  const offloaded = answer?.value.offloaded ?? called?.value.offloaded ?? thought?.value.offloaded;
  if (parts.length === 0) return called === undefined ? undefined : plainContent(called.value);
  return {
    kind: "messages",
    messages: [{ role: "assistant", parts }],
    ...(offloaded === undefined ? {} : { offloaded }),
  };
}

/** Sentry writes the texts of an answer as JSON text of a list. */
function listedTexts(value: unknown): unknown {
  const list = typeof value === "string" && value.startsWith('["') ? parseJson(value) : undefined;
  return Array.isArray(list) && list.every((text) => typeof text === "string") ? list.join("\n") : value;
}

function claimCost(attributes: ClaimedAttributes): void {
  if (attributes.take([...usageKeys.COST_KEYS, ...usageKeys.COST_DETAILS_KEYS], (value) => value) !== undefined) return;
  attributes.take(usageKeys.INPUT_COST_KEYS, numberOf);
  attributes.take(usageKeys.OUTPUT_COST_KEYS, numberOf);
}

function claimTokens(attributes: ClaimedAttributes): void {
  for (const ordered of [
    usageKeys.INPUT_TOKEN_KEYS,
    usageKeys.OUTPUT_TOKEN_KEYS,
    usageKeys.CACHED_TOKEN_KEYS,
    usageKeys.REASONING_TOKEN_KEYS,
  ]) {
    attributes.take(ordered, countOf);
  }
  for (const ordered of [
    usageKeys.WRITTEN_TOKEN_KEYS,
    usageKeys.WRITTEN_1H_TOKEN_KEYS,
    usageKeys.UNCACHED_INPUT_TOKEN_KEYS,
    usageKeys.TOTAL_TOKEN_KEYS,
  ])
    attributes.take(ordered, countOf);
  attributes.take([...usageKeys.USAGE_KEYS, ...usageKeys.CHAT_USAGE_KEYS], textOf);
}

function timeToFirstToken(span: Span, attributes: ClaimedAttributes): number | undefined {
  for (const [key, unit] of shownKeys.FIRST_TOKEN_KEYS) {
    const value = attributes.take([key], numberOf);
    if (value !== undefined) return value * unit;
  }
  const start = millisecondsOf(span.startTimeUnixNano);
  const ofServer = attributes.take(shownKeys.SERVER_FIRST_TOKEN_KEYS, numberOf);
  if (ofServer !== undefined) {
    // No token comes after the end.
    const inSeconds = ofServer * 1_000;
    return inSeconds <= millisecondsOf(span.endTimeUnixNano) - start ? inSeconds : ofServer;
  }
  const first = attributes.take(shownKeys.FIRST_TOKEN_TIME_KEYS, momentOf);
  return first === undefined || first < start ? undefined : first - start;
}

/** Unix milliseconds of Unix nanoseconds. */
function millisecondsOf(nanoseconds: string | undefined): number {
  return Number(nanoseconds ?? 0) / 1e6;
}

/** Unix milliseconds of a date, also in JSON text. */
function momentOf({ stringValue = "" }: AnyValue): number | undefined {
  const moment = Date.parse(stringValue.replaceAll('"', ""));
  return Number.isNaN(moment) ? undefined : moment;
}

/** Producers write an array, JSON text of one, or one plain word. */
function finishReasons(value: AnyValue): readonly string[] | undefined {
  const plain =
    value.stringValue === undefined ? plainValue(value) : (parseJson(value.stringValue) ?? value.stringValue);
  const reasons = (Array.isArray(plain) ? plain : [plain]).filter((reason) => reason !== null && reason !== "");
  return reasons.length === 0 ? undefined : reasons.map(textOrJson);
}

/** The answer that a whole conversation ends with. */
function conversationAnswer(attributes: ClaimedAttributes): Content | undefined {
  const key = firstKey(attributes, contentKeys.INPUT_KEYS);
  if (key === undefined || !contentKeys.CONVERSATION_KEYS.has(key)) return undefined;
  const content = contentAt(attributes, [key]);
  const messages = content?.kind === "messages" ? answerIn(content.messages) : [];
  return messages.length === 0 ? undefined : { kind: "messages", messages };
}
