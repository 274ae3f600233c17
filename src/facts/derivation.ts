/**
 * How a span derived from log records, or one that repeats what other spans say, is related to other spans:
 * - `call`: it names its parent, as any span does;
 * - `prompt`: a moment that lasts as long as its children; it may name the span in which it was logged;
 * - `by-time`: it names no parent: its parent is the last earlier prompt of its agent;
 * - `event`: an operation of an Ark query, or one end of it; a real span of the same operation replaces it;
 * - `stream-end`: the end of a model call's stream, with the answer; it stands beside the call's span;
 * - `usage-sum`: the usage of model calls; it stands beside their spans.
 * The order is part of encoded facts.
 */
export const DERIVATIONS = ["call", "prompt", "by-time", "event", "stream-end", "usage-sum"] as const;

export type Derivation = (typeof DERIVATIONS)[number];

/** Whether the span is made of log records: producers send the others as spans. */
export function isOfRecords(derivation: Derivation | undefined): boolean {
  return derivation !== undefined && derivation !== "stream-end" && derivation !== "usage-sum";
}
