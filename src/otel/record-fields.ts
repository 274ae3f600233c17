import { numberOf } from "./any-value.ts";
import type { LogRecord } from "./log-record.ts";
import { EVENT_NAME_KEYS, EXCHANGE_FIELDS, EXCHANGED_MESSAGES } from "./semconv/logs.ts";
import type { AnyValue, KeyValue } from "./span.ts";

/** UTF-16 units. A longer text is prose, not a name. */
const MAX_NAME = 256;

/** The possible names of a record, the most exact first: OTLP's event name, the attribute `event.name`, the body. */
export function namesOf({ eventName, attributes = [], body }: LogRecord): readonly string[] {
  const named = valueAt(attributes, EVENT_NAME_KEYS);
  return [eventName, named?.stringValue, body?.stringValue].filter(
    (name) => name !== undefined && name !== "" && name.length <= MAX_NAME,
  ) as string[];
}

/** The value of the first key that has one. */
export function valueAt(attributes: readonly KeyValue[] | undefined, keys: readonly string[]): AnyValue | undefined {
  for (const key of keys) {
    const value = attributes?.find((attribute) => attribute.key === key)?.value;
    if (value !== undefined && value.stringValue !== "") return value;
  }
  return undefined;
}

/** The number of the first key that has one, in any of OTLP's forms; never negative. */
export function countAt(attributes: readonly KeyValue[] | undefined, keys: readonly string[]): number | undefined {
  for (const key of keys) {
    const value = attributes?.find((attribute) => attribute.key === key)?.value;
    const number = value === undefined ? undefined : numberOf(value);
    if (number !== undefined && number >= 0) return number;
  }
  return undefined;
}

/**
 * What a span got and gave as the body of one record, which AWS's distribution writes in place of the span's contents:
 * `{input: {messages}, output: {messages}}`. As attributes of the GenAI convention; `undefined` for any other body.
 */
export function exchangeOf(body: AnyValue | undefined): readonly KeyValue[] | undefined {
  const attributes: KeyValue[] = [];
  for (const [field, key] of EXCHANGE_FIELDS) {
    const side = valueAt(body?.kvlistValue?.values, [field]);
    const messages = valueAt(side?.kvlistValue?.values, [EXCHANGED_MESSAGES]);
    if (messages?.arrayValue?.values?.length) attributes.push({ key, value: messages });
  }
  return attributes.length === 0 ? undefined : attributes;
}
