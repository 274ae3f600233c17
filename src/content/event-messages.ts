import { parseJson, plainValue } from "../otel/any-value.ts";
import type { Content } from "./content-value.ts";
import { readMessages } from "./messages.ts";
import { isRecord } from "../lib/plain-data.ts";
import type { PlainRecord } from "../lib/plain-data.ts";
import { DETAILS_EVENT, EVENT_BODY_KEY, INPUT_EVENTS, OUTPUT_EVENT } from "../otel/semconv/content.ts";
import type { KeyValue, SpanEvent } from "../otel/span.ts";

/** The input messages that the span has as events, in their order. */
export function inputEventMessages(events: readonly SpanEvent[]): Content | undefined {
  return messagesOf(events.filter((event) => INPUT_EVENTS.has(event.name ?? "")));
}

/** The model's answers that the span has as events. */
export function outputEventMessages(events: readonly SpanEvent[]): Content | undefined {
  return messagesOf(events.filter((event) => event.name === OUTPUT_EVENT));
}

/** The attributes of the details events, to which the GenAI convention moves them from the span. Strands sends several. */
export function detailsAttributes(events: readonly SpanEvent[]): readonly KeyValue[] | undefined {
  const details = events.filter((event) => event.name === DETAILS_EVENT);
  // Of two events with one key the last counts: it was sent when the call was over.
  return details.length === 0 ? undefined : details.toReversed().flatMap(({ attributes = [] }) => attributes);
}

function messagesOf(events: readonly SpanEvent[]): Content | undefined {
  const messages = readMessages(events.flatMap(eventMessage));
  return messages === undefined ? undefined : { kind: "messages", messages };
}

function eventMessage(event: SpanEvent): PlainRecord | readonly unknown[] {
  const attributes: PlainRecord = Object.fromEntries(
    (event.attributes ?? []).map(({ key, value }) => [key, unwrapped(key, plainValue(value))]),
  );
  const body = attributes[EVENT_BODY_KEY];
  const fields = isRecord(body)
    ? { ...attributes, ...body }
    : body === undefined
      ? attributes
      : { content: body, ...attributes };
  if (event.name === OUTPUT_EVENT) {
    const { message, content, tool_calls } = fields;
    // Some agents log the whole answer of their model.
    if (Array.isArray(content) && readMessages(content) !== undefined) return content;
    const said = isRecord(message) ? message : { content: message ?? content };
    return { ...fields, message: { role: "assistant", content: null, tool_calls, ...said } };
  }
  const role = INPUT_EVENTS.get(event.name ?? "") ?? "user";
  return {
    role,
    content: null,
    ...fields,
    ...(role === "tool" && fields.id !== undefined ? { tool_call_id: fields.id } : {}),
  };
}

/** JSON text as data. A text of the user or the model may itself be JSON: it is parsed if it is a message, or a list of parts. */
function unwrapped(key: string, value: unknown): unknown {
  const parsed = typeof value === "string" ? parseJson(value) : undefined;
  if (parsed === undefined || (SAID_KEYS.has(key) && !isSaid(parsed))) return value;
  return parsed;
}

const SAID_KEYS: ReadonlySet<string> = new Set(["content", "message"]);

function isSaid(parsed: unknown): boolean {
  if (Array.isArray(parsed)) return parsed.length > 0 && parsed.every(isRecord);
  return !isRecord(parsed) || ["role", "content", "parts", "tool_calls"].some((field) => field in parsed);
}
