import type { Derivation } from "../facts/derivation.ts";
import { textHash } from "../lib/text-hash.ts";
import type { LogRecord } from "../otel/log-record.ts";
import { DERIVATION_KEYS } from "../otel/semconv/attributes.ts";
import type { KeyValue, Span } from "../otel/span.ts";

/** The attribute that marks a derived span. */
export function derivationAttribute(derivation: Derivation): KeyValue {
  return { key: DERIVATION_KEYS[0], value: { stringValue: derivation } };
}

/** Whether the span was derived from log records in this way. */
export function isDerivedAs(derivation: Derivation, { attributes = [] }: Span): boolean {
  return attributes.some(({ key, value }) => key === DERIVATION_KEYS[0] && value?.stringValue === derivation);
}

/** Not a span id. */
const ZERO = "0000000000000000";

/** The id of a derived span: a hash of the parts that distinguish it from the other spans of its trace. */
export function derivedId(...parts: readonly string[]): string {
  const id = textHash(JSON.stringify(parts));
  return id === ZERO ? "0000000000000001" : id;
}

/** The id of a span whose record has no id of its own: a hash of the canonical text, equal wherever the record is read. */
export function idOfRecord(record: LogRecord): string {
  return derivedId("record", JSON.stringify(record));
}
