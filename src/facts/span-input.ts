import { parseJson, plainValue, textOf } from "../otel/any-value.ts";
import { ClaimedAttributes } from "../content/claimed-attributes.ts";
import { contentOf, plainContent } from "../content/content-value.ts";
import type { Content } from "../content/content-value.ts";
import { detailsAttributes, inputEventMessages } from "../content/event-messages.ts";
import { indexedMessages } from "../content/indexed-messages.ts";
import { contentParts } from "../content/message-parts.ts";
import * as contentKeys from "../otel/semconv/content.ts";
import type { AnyValue, Span } from "../otel/span.ts";

/** The input of a span that is no tool: attributes, indexed keys, then events. */
export function readInput(span: Span, attributes: ClaimedAttributes): Content | undefined {
  const events = span.events ?? [];
  return (
    conventionInput(attributes) ??
    indexedMessages(attributes, contentKeys.INPUT_MESSAGE_PREFIXES, "user") ??
    conventionInput(new ClaimedAttributes(detailsAttributes(events))) ??
    inputEventMessages(events) ??
    withInstructions(attributes, contentAt(attributes, contentKeys.INPUT_KEYS))
  );
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
