import { textHash } from "../lib/text-hash.ts";
import type { LogRecord } from "../otel/log-record.ts";

/** Not a span id. */
const ZERO = "0000000000000000";

/** The id of a span that has none of its own, made of what tells it from the others of its trace. */
export function derivedId(...parts: readonly string[]): string {
  const id = textHash(JSON.stringify(parts));
  return id === ZERO ? "0000000000000001" : id;
}

/** Of a record that nothing but itself tells from others: of its canonical text, so that it is the same wherever it is read. */
export function idOfRecord(record: LogRecord): string {
  return derivedId("record", JSON.stringify(record));
}
