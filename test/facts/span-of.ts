import { deriveFacts } from "../../src/facts/facts.ts";
import type { SpanFacts } from "../../src/facts/facts.ts";
import type { AnyValue, KeyValue, Resource, Span } from "../../src/otel/span.ts";

type Plain = string | number | boolean | AnyValue;
export type Attributes = Readonly<Record<string, Plain>>;

/** An ended span with a parent. Tests state only the fields that matter to them. */
export function spanOf(name: string, attributes: Attributes = {}, more: Partial<Span> = {}): Span {
  return {
    traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
    spanId: "00f067aa0ba902b7",
    parentSpanId: "00f067aa0ba902b6",
    name,
    startTimeUnixNano: "1795261714504000000",
    endTimeUnixNano: "1795261714505000000",
    attributes: attributesOf(attributes),
    ...more,
  };
}

export function attributesOf(attributes: Attributes): KeyValue[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }));
}

function anyValue(value: Plain): AnyValue {
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "boolean") return { boolValue: value };
  if (typeof value === "number") return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  return value;
}

export function factsOfSpan(span: Span, resource?: Resource): SpanFacts {
  return deriveFacts(span, JSON.stringify(span), resource, undefined);
}
