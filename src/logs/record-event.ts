import { readRecord } from "./read-record.ts";
import type { RecordReading } from "./read-record.ts";
import { exchangeOf, valueAt } from "../otel/record-fields.ts";
import type { LogRecord } from "../otel/log-record.ts";
import { timeOfRecord } from "../otel/log-record.ts";
import { EXCEPTION_EVENT } from "../otel/semconv/attributes.ts";
import { DETAILS_EVENT, EVENT_BODY_KEY, OUTPUT_EVENT } from "../otel/semconv/content.ts";
import { EVENT_CONTENT_KEY, USER_EVENT } from "../otel/semconv/shown.ts";
import { AGENT_RECORD, REDACTED } from "../otel/semconv/logs.ts";
import type { AnyValue, KeyValue, SpanEvent } from "../otel/span.ts";

/** Messages in an agent's own records: the keys of the text, and the event for its role. */
const AGENT_MESSAGES = [
  [AGENT_RECORD.prompt, USER_EVENT],
  [AGENT_RECORD.answer, OUTPUT_EVENT],
] as const;

/** A record as a span event, so that readers of span events read it too: exceptions, messages, details. */
export function eventOfRecord({ record, names, source, content }: RecordReading): SpanEvent {
  const { attributes = [], body } = record;
  if (content.is === "message") return eventAt(record, content.name, [...attributes, ...contentOf(body)]);
  if (content.is === "details") return eventAt(record, DETAILS_EVENT, [...attributes, ...structured(body)]);
  if (content.is === "exception") return eventAt(record, EXCEPTION_EVENT, attributes);
  const agentMessage = source.is === "agent" ? agentMessageIn(attributes) : undefined;
  return agentMessage === undefined
    ? eventAt(record, names[0] ?? "", attributes)
    : eventAt(record, agentMessage.name, [{ key: EVENT_CONTENT_KEY, value: agentMessage.text }]);
}

/** The events that records add to the content of their span: messages, and exceptions that were not handled. */
export function contentEvents(records: readonly LogRecord[]): readonly SpanEvent[] {
  return records.flatMap((record) => contentEvent(readRecord(record)) ?? []);
}

/** `undefined`: an exception that was handled. */
export function contentEvent(reading: RecordReading): SpanEvent | undefined {
  return reading.isException && !isError(reading.record) ? undefined : eventOfRecord(reading);
}

/** From this OTLP severity on a record is an error. Below it an exception was handled. */
const ERROR_SEVERITY = 17;

export function isError({ severityNumber = 0 }: LogRecord): boolean {
  return severityNumber === 0 || severityNumber >= ERROR_SEVERITY;
}

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

/** Some producers write the attributes of the details event as the body, or its messages alone. */
function structured(body: AnyValue | undefined): readonly KeyValue[] {
  return exchangeOf(body) ?? body?.kvlistValue?.values ?? [];
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
