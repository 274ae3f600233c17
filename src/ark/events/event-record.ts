import { instantOf, readPostedEvent } from "./posted-event.ts";
import type { ArkEvent } from "./posted-event.ts";
import { parseJson } from "../../otel/any-value.ts";
import type { LogRecord } from "../../otel/log-record.ts";
import { ARK_EVENT_PREFIX, ARK_EVENT_SCOPE, FIELD_KEYS, TARGET_FIELDS, TARGET_NAME } from "../../otel/semconv/ark.ts";
import type { KeyValue, Resource, Scope } from "../../otel/span.ts";

const NORMAL = { severityNumber: 9, severityText: "INFO" } as const;
const WARNING = { severityNumber: 13, severityText: "WARN" } as const;

/** A log record in canonical form, with its resource and scope. */
export type RecordInScope = { readonly resource?: Resource; readonly scope: Scope; readonly record: LogRecord };

/** An Ark event as a log record: its body is the event verbatim, its attributes have the keys of spans. */
export function recordOfArkEvent(event: ArkEvent): RecordInScope {
  const time = instantOf(event.timestamp);
  const record: LogRecord = {
    ...(time === undefined ? {} : { timeUnixNano: String(time) }),
    ...(event.eventType === "Warning" ? WARNING : NORMAL),
    body: { stringValue: JSON.stringify(event) },
    attributes: attributesOf(event.data),
    eventName: `${ARK_EVENT_PREFIX}${event.reason}`,
  };
  return { scope: { name: ARK_EVENT_SCOPE }, record };
}

function attributesOf(data: ArkEvent["data"]): readonly KeyValue[] {
  const attributes = new Map<string, string>();
  for (const [field, key] of FIELD_KEYS) {
    const text = fieldIn(data, field);
    if (text !== undefined && !attributes.has(key)) attributes.set(key, text);
  }
  const type = fieldIn(data, "targetType");
  const field = TARGET_FIELDS.find((name) => name === type);
  const target = field === undefined ? undefined : fieldIn(data, field);
  if (target !== undefined) attributes.set(TARGET_NAME, target);
  return [...attributes].map(([key, stringValue]) => ({ key, value: { stringValue } }));
}

function fieldIn(data: ArkEvent["data"], field: string): string | undefined {
  const text = Object.hasOwn(data, field) ? data[field] : undefined;
  return text === "" ? undefined : text;
}

/** The event in a record; `undefined` for any other record, for a body that is no event, and for a preview. */
export function arkEventOf(record: LogRecord): ArkEvent | undefined {
  const { eventName = "", body } = record;
  if (!eventName.startsWith(ARK_EVENT_PREFIX) || body?.offloaded !== undefined) return undefined;
  // Any exporter may send a record with such a name.
  const read = readPostedEvent(parseJson(body?.stringValue ?? ""));
  return read.ok ? read.event : undefined;
}
