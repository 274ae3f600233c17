import { DERIVATION_KEYS } from "../otel/semconv/logs.ts";
import type { KeyValue, Span } from "../otel/span.ts";

/**
 * How a span that was made of log records hangs together with others:
 * - `call`: it names its parent, as any span does;
 * - `prompt`: a moment, that lasts for as long as what hangs from it;
 * - `by-time`: it knows no parent: that is the last prompt of its trace that comes before it;
 * - `event`: it is one of an Ark query's operations, or one end of it, and yields to the span that tells the same.
 * The order is part of encoded facts.
 */
export const DERIVATIONS = ["call", "prompt", "by-time", "event"] as const;

export type Derivation = (typeof DERIVATIONS)[number];

/** The attribute by which facts know such a span. */
export function derivationAttribute(told: Derivation): KeyValue {
  return { key: DERIVATION_KEYS[0], value: { stringValue: told } };
}

/** Whether log records alone tell the span, in this way. */
export function isDerivedAs(told: Derivation, { attributes = [] }: Span): boolean {
  return attributes.some(({ key, value }) => key === DERIVATION_KEYS[0] && value?.stringValue === told);
}
