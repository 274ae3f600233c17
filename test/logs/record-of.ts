import type { LogRecord } from "../../src/otel/log-record.ts";
import type { AnyValue } from "../../src/otel/span.ts";
import { at } from "../facts/facts-of.ts";

/** A canonical record of the event, as SDKs write it: the name is an attribute. */
export function recordOf(
  event: string,
  second: number,
  attributes: Readonly<Record<string, string | number | boolean>>,
  more: LogRecord = {},
): LogRecord {
  const all = { "event.name": event, ...attributes };
  return {
    timeUnixNano: String(at(second)),
    attributes: Object.entries(all).map(([key, value]) => ({ key, value: anyValue(value) })),
    ...more,
  };
}

export function anyValue(value: string | number | boolean): AnyValue {
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "boolean") return { boolValue: value };
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}
