import { displayValue } from "../../../otel/any-value.ts";
import { ClaimedAttributes } from "../../../content/claimed-attributes.ts";
import { readException } from "../../../facts/exception.ts";
import type { Exception } from "../../../facts/exception.ts";
import type { LogRecord } from "../../../otel/log-record.ts";
import { arkMessageOf } from "../../../logs/ark-events/ark-event.ts";
import { readRecord } from "../../../logs/read-record.ts";
import { eventOfRecord } from "../../../logs/record-event.ts";
import { namesOf } from "../../../otel/record-fields.ts";
import { FIRST_IN_A_LINE, NEVER_IN_A_LINE } from "../../../otel/semconv/logs.ts";
import type { KeyValue } from "../../../otel/span.ts";
import type { ViewRecord } from "../../../session/view/log-view.ts";

/** Attributes shown in a line for a record without a body. */
const SHOWN = 4;
/** A record's name: its event name, unless that is only a source location. */
export function nameOf({ eventName, attributes, body }: LogRecord): string {
  const given = namesOf({ ...(attributes && { attributes }) })[0];
  if (given !== undefined) return given;
  const own = eventName ?? "";
  return own === body?.stringValue ? "" : own;
}

/** A record in one line: its body, or its attributes if it has none. */
export function lineOf({ record, resource }: Pick<ViewRecord, "record" | "resource">): string {
  const { body, attributes = [] } = record;
  const name = nameOf(record);
  const { type, message } = exceptionOf(record) ?? {};
  if (type !== undefined || message !== undefined) return [type, message].filter(Boolean).join(": ");
  const text = arkMessageOf(record) ?? (body === undefined ? "" : displayValue(body));
  // A body or message that only repeats the name is left out.
  if (name === "" || (!text.endsWith(name) && !name.endsWith(text))) return text;
  const known = new Set((resource?.attributes ?? []).map(pair));
  const informative = attributes.filter((attribute) => isInformative(attribute) && !known.has(pair(attribute)));
  const [first, rest] = [
    informative.filter(({ key }) => FIRST_IN_A_LINE.test(key)),
    informative.filter(({ key }) => !FIRST_IN_A_LINE.test(key)),
  ];
  return [...first, ...rest].slice(0, SHOWN).map(pair).join(" · ");
}

function exceptionOf(record: LogRecord): Exception | undefined {
  const reading = readRecord(record);
  if (!reading.isException) return undefined;
  return readException({ traceId: "", spanId: "", events: [eventOfRecord(reading)] }, new ClaimedAttributes(undefined));
}

function isInformative({ key, value }: KeyValue): boolean {
  return !NEVER_IN_A_LINE.test(key) && value !== undefined && displayValue(value) !== "";
}

function pair({ key, value }: KeyValue): string {
  return `${key}=${displayValue(value)}`;
}
