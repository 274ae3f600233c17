import { TOLD_KEYS } from "../otel/semconv/logs.ts";
import type { KeyValue, Span } from "../otel/span.ts";

/**
 * How a span that was made of log records hangs together with others:
 * - `call`: it names its parent, as any span does;
 * - `prompt`: a moment, that lasts for as long as what hangs from it;
 * - `by-time`: it knows no parent: that is the last prompt of its trace that comes before it;
 * - `event`: it is one of an Ark query's operations, or one end of it, and yields to the span that tells the same.
 * The order is part of encoded facts.
 */
export const TOLD = ["call", "prompt", "by-time", "event"] as const;

export type Told = (typeof TOLD)[number];

/** The attribute by which facts know such a span. */
export function toldAttribute(told: Told): KeyValue {
  return { key: TOLD_KEYS[0], value: { stringValue: told } };
}

/** Whether log records alone tell the span, in this way. */
export function isToldAs(told: Told, { attributes = [] }: Span): boolean {
  return attributes.some(({ key, value }) => key === TOLD_KEYS[0] && value?.stringValue === told);
}
