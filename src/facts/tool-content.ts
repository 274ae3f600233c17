import { ClaimedAttributes } from "../content/claimed-attributes.ts";
import type { FoundAttribute } from "../content/claimed-attributes.ts";
import { plainContent } from "../content/content-value.ts";
import type { Content } from "../content/content-value.ts";
import { detailsAttributes, inputEventMessages, outputEventMessages } from "../content/event-messages.ts";
import type { MessagePart } from "../content/message-parts.ts";
import { callIdOf, isCallingMethod, plainArguments } from "../content/tool-call.ts";
import { plainResult } from "../content/tool-result.ts";
import * as contentKeys from "../otel/semconv/content.ts";
import * as shownKeys from "../otel/semconv/shown.ts";
import { textOf } from "../otel/any-value.ts";
import type { AnyValue, Span } from "../otel/span.ts";
import { contentAt, jsonContent, spreadArguments } from "./span-input.ts";

/** The arguments of a tool's call. */
export function toolInput(span: Span, attributes: ClaimedAttributes): Content | undefined {
  const called = callIn(contentAt(attributes, contentKeys.INPUT_MESSAGE_KEYS));
  if (called !== undefined) return called;
  const found = findSaid(attributes, [...shownKeys.TOOL_INPUT_KEYS, ...contentKeys.INPUT_KEYS]);
  if (found !== undefined) {
    const content = plainContent(found.value);
    const isWrapped =
      shownKeys.WRAPPED_INPUT_KEYS.has(found.key) || (content.kind === "json" && isCallingMethod(content.value));
    return isWrapped ? unwrapped(content, plainArguments) : content;
  }
  const events = span.events ?? [];
  const details = contentAt(new ClaimedAttributes(detailsAttributes(events)), contentKeys.INPUT_MESSAGE_KEYS);
  return spreadArguments(attributes) ?? callIn(details) ?? wholeText(inputEventMessages(events)) ?? wholeText(details);
}

/** The arguments of the call in the messages of a tool's span. */
function callIn(content: Content | undefined): Content | undefined {
  const call = partsOf(content).find((part) => part.type === "tool_call");
  return call === undefined ? undefined : jsonContent(call.arguments);
}

/** The first of the keys with a value that says anything: producers fill fields with "{}" and "N/A". */
function findSaid(attributes: ClaimedAttributes, ordered: readonly string[]): FoundAttribute | undefined {
  const said = ordered.filter((key) => {
    const value = attributes.peek(key);
    return value === undefined || !isPlaceholder(value);
  });
  return attributes.find(said) ?? attributes.find(ordered);
}

function isPlaceholder({ stringValue }: AnyValue): boolean {
  return stringValue !== undefined && /^(?:\s*\{\s*\}\s*|N\/A)$/.test(stringValue);
}

function partsOf(content: Content | undefined): readonly MessagePart[] {
  return content?.kind === "messages" ? content.messages.flatMap(({ parts }) => parts) : [];
}

/** What messages of a tool say, without their roles: the arguments, or the result. */
function wholeText(content: Content | undefined): Content | undefined {
  const parts = partsOf(content);
  const result = parts.find((part) => part.type === "tool_call_response");
  if (result !== undefined) return jsonContent(result.result);
  const texts = parts.map((part) => ("text" in part ? part.text : "")).filter((text) => text !== "");
  return texts.length === 0 ? undefined : plainContent({ stringValue: texts.join("\n") });
}

/** What a tool returned, without what frameworks wrap around it. */
export function toolOutput(span: Span, attributes: ClaimedAttributes): Content | undefined {
  const returned = resultIn(contentAt(attributes, contentKeys.OUTPUT_MESSAGE_KEYS));
  if (returned !== undefined) return returned;
  const found = findSaid(attributes, OUTPUT_KEYS);
  if (found !== undefined) return unwrapped(plainContent(found.value), plainResult);
  const events = span.events ?? [];
  const details = contentAt(new ClaimedAttributes(detailsAttributes(events)), contentKeys.OUTPUT_MESSAGE_KEYS);
  const inMessages = resultIn(details) ?? wholeText(outputEventMessages(events)) ?? wholeText(details);
  if (inMessages !== undefined) return inMessages;
  const event = events.findLast((one) => one.name === shownKeys.TOOL_OUTPUT_EVENT.name);
  const inEvent = new ClaimedAttributes(event?.attributes).find(shownKeys.TOOL_OUTPUT_EVENT.keys);
  return inEvent === undefined ? undefined : plainContent(inEvent.value);
}

/** The id of the call: an attribute, else in the message that the tool returned. */
export function toolCallId(attributes: ClaimedAttributes): string | undefined {
  const id = attributes.take(contentKeys.TOOL_CALL_ID_KEYS, textOf);
  if (id !== undefined) return id;
  const returned = OUTPUT_KEYS.map((key) => attributes.peek(key)).find((value) => value !== undefined);
  const content = returned === undefined ? undefined : plainContent(returned);
  return content?.kind === "json" ? callIdOf(content.value) : undefined;
}

const OUTPUT_KEYS = [
  ...contentKeys.TOOL_OUTPUT_KEYS,
  ...contentKeys.OUTPUT_KEYS,
  ...contentKeys.LATER_OUTPUT_KEYS,
  ...shownKeys.LAST_OUTPUT_KEYS,
] as const;

function resultIn(content: Content | undefined): Content | undefined {
  const response = partsOf(content).find((part) => part.type === "tool_call_response");
  return response === undefined ? undefined : jsonContent(response.result);
}

function unwrapped(content: Content, unwrap: (value: unknown) => unknown): Content {
  if (content.kind !== "json") return content;
  const result = unwrap(content.value);
  return result === content.value ? content : jsonContent(result);
}
