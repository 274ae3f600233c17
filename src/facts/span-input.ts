import { displayValue, jsonText, parseJson, plainValue, textOf } from "../otel/any-value.ts";
import { ClaimedAttributes } from "../content/claimed-attributes.ts";
import { contentOf, plainContent } from "../content/content-value.ts";
import type { Content } from "../content/content-value.ts";
import { detailsAttributes, inputEventMessages } from "../content/event-messages.ts";
import { indexedItems, indexedMessages } from "../content/indexed-messages.ts";
import { contentParts } from "../content/message-parts.ts";
import type { Message } from "../content/messages.ts";
import { isRecord } from "../lib/plain-data.ts";
import * as contentKeys from "../otel/semconv/content.ts";
import type { AnyValue, Span, SpanEvent } from "../otel/span.ts";

/** The input of a span that is no tool: attributes, indexed keys, then events. */
export function readInput(span: Span, attributes: ClaimedAttributes): Content | undefined {
  const events = span.events ?? [];
  return withImages(
    attributes,
    conventionInput(attributes) ??
      indexedMessages(attributes, contentKeys.INPUT_MESSAGE_PREFIXES, "user") ??
      conventionInput(new ClaimedAttributes(detailsAttributes(events))) ??
      inputEventMessages(events) ??
      wholeEvent(events, contentKeys.WHOLE_EVENTS.input, "user") ??
      rerankedInput(attributes) ??
      embeddedTexts(attributes) ??
      withInstructions(attributes, question(attributes)) ??
      spreadArguments(attributes),
  );
}

/** The prompt or the answer that an event has whole. */
export function wholeEvent(
  events: readonly SpanEvent[],
  { name, keys }: { readonly name: string; readonly keys: readonly string[] },
  role: string,
): Content | undefined {
  const event = events.findLast((one) => one.name === name);
  const content = event && contentAt(new ClaimedAttributes(event.attributes), keys);
  // Spring AI's list of texts.
  if (content?.kind === "json" && Array.isArray(content.value) && content.value.every((one) => typeof one === "string"))
    return { kind: "messages", messages: [{ role, parts: contentParts(content.value) }] };
  if (content?.kind !== "text") return content;
  const { text, offloaded } = content;
  return {
    kind: "messages",
    messages: [{ role, parts: contentParts(text) }],
    ...(offloaded === undefined ? {} : { offloaded }),
  };
}

/** The input in a key of its own; of a whole conversation the messages before the answer. */
function question(attributes: ClaimedAttributes): Content | undefined {
  const key = firstKey(attributes, contentKeys.INPUT_KEYS);
  const content = contentAt(attributes, contentKeys.INPUT_KEYS);
  if (key === undefined || content?.kind !== "messages" || !contentKeys.CONVERSATION_KEYS.has(key)) return content;
  const end = content.messages.length - answerIn(content.messages).length;
  return end === 0 ? content : { ...content, messages: content.messages.slice(0, end) };
}

/** The answer at the end of a conversation. */
export function answerIn(messages: readonly Message[]): readonly Message[] {
  const last = messages.findLastIndex(({ role }) => role !== "assistant");
  return messages.slice(last + 1);
}

/** The first of the keys with a value. */
export function firstKey(attributes: ClaimedAttributes, ordered: readonly string[]): string | undefined {
  return ordered.find((key) => {
    const value = attributes.peek(key);
    return value !== undefined && value.stringValue !== "";
  });
}

/** A reranker's query with the documents that it orders. */
function rerankedInput(attributes: ClaimedAttributes): Content | undefined {
  const documents = indexedItems(attributes, contentKeys.RERANKED_INPUT_PREFIX, "document");
  if (documents.length === 0) return undefined;
  const query = attributes.take(contentKeys.INPUT_KEYS, textOf);
  return jsonContent(query === undefined ? documents : { query, documents });
}

/** The texts of which OpenInference shows the embeddings. Their vectors are not shown. */
function embeddedTexts(attributes: ClaimedAttributes): Content | undefined {
  const items = indexedItems(attributes, contentKeys.EMBEDDED_PREFIX, "embedding");
  const texts = items.map((item) => (isRecord(item) ? item.text : undefined)).filter((text) => text !== undefined);
  if (texts.length === 0) return undefined;
  return jsonContent(texts.length === 1 ? texts[0] : texts);
}

/** Arguments of a function, one key each. */
export function spreadArguments(attributes: ClaimedAttributes): Content | undefined {
  const found: [string, unknown][] = [];
  for (const [key, value] of attributes.entries()) {
    if (!key.startsWith(contentKeys.ARGUMENT_PREFIX)) continue;
    attributes.claim(key);
    found.push([key.slice(contentKeys.ARGUMENT_PREFIX.length), plainValue(value)]);
  }
  return found.length === 0 ? undefined : jsonContent(Object.fromEntries(found));
}

export function jsonContent(value: unknown): Content {
  return typeof value === "string" ? { kind: "text", text: value } : { kind: "json", value, text: jsonText(value) };
}

/** Puts pictures sent beside a prompt into the last message. */
function withImages(attributes: ClaimedAttributes, content: Content | undefined): Content | undefined {
  const found = attributes.find(contentKeys.INPUT_IMAGE_KEYS);
  if (found === undefined || content?.kind === "json") return content;
  const image = { type: "other", is: "images", text: displayValue(found.value) } as const;
  const messages: readonly Message[] =
    content?.kind === "messages" ? content.messages : [{ role: "user", parts: contentParts(content?.text) }];
  const last = messages.at(-1) ?? { role: "user", parts: [] };
  return {
    ...(content?.offloaded === undefined ? {} : { offloaded: content.offloaded }),
    kind: "messages",
    messages: [...messages.slice(0, -1), { ...last, parts: [...last.parts, image] }],
  };
}

function conventionInput(attributes: ClaimedAttributes): Content | undefined {
  const content = contentAt(attributes, contentKeys.INPUT_MESSAGE_KEYS);
  return content === undefined ? undefined : withInstructions(attributes, content);
}

/** The content of the first key with a value, read by its mime type. */
export function contentAt(attributes: ClaimedAttributes, ordered: readonly string[]): Content | undefined {
  const found = attributes.find(ordered);
  if (found === undefined) return undefined;
  const mimeKey = contentKeys.MIME_TYPE_KEYS.get(found.key);
  const mimeType = mimeKey === undefined ? undefined : attributes.take([mimeKey], textOf);
  return mimeType === "text/plain" ? asText(found.value) : contentOf(found.value);
}

function asText(value: AnyValue): Content {
  const { stringValue, offloaded } = value;
  if (stringValue === undefined) return plainContent(value);
  return { kind: "text", text: stringValue, ...(offloaded === undefined ? {} : { offloaded }) };
}

/** Puts system instructions before the conversation; a plain text becomes a user message. */
function withInstructions(attributes: ClaimedAttributes, content: Content | undefined): Content | undefined {
  if (content?.kind === "json") return content;
  const found = attributes.find(contentKeys.SYSTEM_KEYS);
  if (found === undefined) return content;
  const parts = contentParts(instructions(found.value));
  if (parts.length === 0) return content;
  const offloaded = content?.offloaded ?? found.value.offloaded;
  const conversation =
    content?.kind === "text" ? [{ role: "user", parts: contentParts(content.text) }] : (content?.messages ?? []);
  return {
    kind: "messages",
    messages: [{ role: "system", parts }, ...conversation],
    ...(offloaded === undefined ? {} : { offloaded }),
  };
}

function instructions(value: AnyValue): unknown {
  return value.stringValue === undefined ? plainValue(value) : (parseJson(value.stringValue) ?? value.stringValue);
}
