import { readAgentRecord } from "./agents/agent-record.ts";
import { namesOf, valueAt } from "../otel/record-fields.ts";
import type { LogRecord } from "../otel/log-record.ts";
import { timeOfRecord } from "../otel/log-record.ts";
import { EXCEPTION_EVENT, EXCEPTION_KEYS } from "../otel/semconv/attributes.ts";
import {
  DETAILS_EVENT,
  EVENT_BODY_KEY,
  EVENT_CONTENT_KEY,
  INPUT_EVENTS,
  OUTPUT_EVENT,
  USER_EVENT,
} from "../otel/semconv/content.ts";
import { AGENT_RECORD, REDACTED } from "../otel/semconv/logs.ts";
import type { AnyValue, KeyValue, SpanEvent } from "../otel/span.ts";

/** Messages in an agent's own records: the keys of the text, and the event for its role. */
const AGENT_MESSAGES = [
  [AGENT_RECORD.prompt, USER_EVENT],
  [AGENT_RECORD.answer, OUTPUT_EVENT],
] as const;

/** A record as a span event, so that readers of span events read it too: exceptions, messages, details. */
export function eventOfRecord(record: LogRecord): SpanEvent {
  const { attributes = [], body } = record;
  const names = namesOf(record);
  const message = names.find((name) => INPUT_EVENTS.has(name) || name === OUTPUT_EVENT);
  if (message !== undefined) return eventAt(record, message, [...attributes, ...contentOf(body)]);
  if (names.includes(DETAILS_EVENT)) return eventAt(record, DETAILS_EVENT, [...attributes, ...structured(body)]);
  if (isException(record)) return eventAt(record, EXCEPTION_EVENT, attributes);
  const agentMessage = readAgentRecord(record) === undefined ? undefined : agentMessageIn(attributes);
  return agentMessage === undefined
    ? eventAt(record, names[0] ?? "", attributes)
    : eventAt(record, agentMessage.name, [{ key: EVENT_CONTENT_KEY, value: agentMessage.text }]);
}

/** The events that records add to the content of their span: messages, and exceptions that were not handled. */
export function contentEvents(records: readonly LogRecord[]): readonly SpanEvent[] {
  return records.flatMap((record) => (isException(record) && !isError(record) ? [] : [eventOfRecord(record)]));
}

/** From this OTLP severity on a record is an error. Below it an exception was handled. */
const ERROR_SEVERITY = 17;

export function isError({ severityNumber = 0 }: LogRecord): boolean {
  return severityNumber === 0 || severityNumber >= ERROR_SEVERITY;
}

/** Whether the record reports an exception. */
export function isException(record: LogRecord): boolean {
  return (
    namesOf(record).includes(EXCEPTION_EVENT) ||
    valueAt(record.attributes, EXCEPTION_TYPE) !== undefined ||
    valueAt(record.attributes, EXCEPTION_MESSAGE) !== undefined
  );
}

/** Not `error.type`: a record may mention an error without being one. */
const EXCEPTION_TYPE = EXCEPTION_KEYS.type.slice(0, 1);
const EXCEPTION_MESSAGE = EXCEPTION_KEYS.message.slice(0, 1);

function eventAt(record: LogRecord, name: string, attributes: readonly KeyValue[]): SpanEvent {
  const time = timeOfRecord(record);
  return { ...(time === "" ? {} : { timeUnixNano: time }), name, attributes };
}

/** A message's body as an attribute: its fields, or its text. */
function contentOf(body: AnyValue | undefined): readonly KeyValue[] {
  if (body === undefined) return [];
  const isText = body.stringValue !== undefined && (body.offloaded !== undefined || !/^\s*\{/.test(body.stringValue));
  return [{ key: isText ? EVENT_CONTENT_KEY : EVENT_BODY_KEY, value: body }];
}

/** Some producers write the attributes of the details event as the body. */
function structured(body: AnyValue | undefined): readonly KeyValue[] {
  return body?.kvlistValue?.values ?? [];
}

function agentMessageIn(
  attributes: readonly KeyValue[],
): { readonly name: string; readonly text: AnyValue } | undefined {
  for (const [keys, name] of AGENT_MESSAGES) {
    const text = valueAt(attributes, keys);
    if (text !== undefined && !REDACTED.has(text.stringValue ?? "")) return { name, text };
  }
  return undefined;
}
