import { decodeFacts, encodeFacts } from "../facts/codec/encode.ts";
import type { SpanFacts } from "../facts/facts.ts";
import type { SpanAnnotation } from "./annotation.ts";
import type { RecordFacts } from "./record-facts.ts";

/** Raise this when a fact of log records is added or derived differently. Facts of derived spans have a version of their own. */
export const RECORD_FACTS_VERSION = 5;

type Mutable<T> = { -readonly [Field in keyof T]: T[Field] };

/**
 * One JSON string for all log records of a chunk, in the chunk's order:
 * `["logs", version, encoded facts of all derived spans, ...one array per record]`. A record's array is
 * `[hash, time, number of its spans, session, annotation]`; trailing elements without a value are omitted.
 */
export function encodeRecordFacts(facts: readonly RecordFacts[]): string {
  const spans = facts.flatMap((fact) => fact.spans);
  const rows = facts.map(({ hash, time, spans: own, session, annotation }) => {
    const row: unknown[] = [hash, String(time), own.length];
    if (session !== undefined || annotation !== undefined)
      row.push(session === undefined ? 0 : [session.rank, session.value]);
    if (annotation !== undefined) row.push(encodeAnnotation(annotation));
    return row;
  });
  return JSON.stringify(["logs", RECORD_FACTS_VERSION, spans.length === 0 ? "" : encodeFacts(spans), ...rows]);
}

function encodeAnnotation({ inputRequest, ...rest }: SpanAnnotation): unknown {
  if (inputRequest === undefined) return rest;
  return { ...rest, inputRequest: { ...inputRequest, since: String(inputRequest.since) } };
}

/** `undefined` for a string of another version. An invalid string of this version throws. */
export function decodeRecordFacts(encoded: string): RecordFacts[] | undefined {
  if (!encoded.startsWith(`["logs",${RECORD_FACTS_VERSION},`)) return undefined;
  const [, , spanFacts, ...rows] = list(JSON.parse(encoded));
  const spans = spanFacts === "" ? [] : decodeFacts(text(spanFacts));
  if (spans === undefined) return undefined;
  let next = 0;
  return rows.map((row) => {
    const cells = list(row);
    const count = cells[2];
    if (typeof count !== "number") throw new TypeError("Facts: not a number");
    const own = spans.slice(next, (next += count));
    return decodeRecord(cells, own);
  });
}

function decodeRecord(cells: readonly unknown[], spans: readonly SpanFacts[]): RecordFacts {
  const facts: Mutable<RecordFacts> = { hash: text(cells[0]), time: BigInt(text(cells[1])), spans };
  const [, , , session, annotation] = cells;
  if (session !== undefined && session !== 0) {
    const [rank, value] = list(session);
    if (typeof rank !== "number") throw new TypeError("Facts: not a number");
    facts.session = { rank, value: text(value) };
  }
  if (annotation !== undefined) facts.annotation = decodeAnnotation(annotation);
  return facts;
}

/** Not validated further: this program encoded the text from an annotation. */
function decodeAnnotation(value: unknown): SpanAnnotation {
  if (typeof value !== "object" || value === null || !("spanId" in value))
    throw new TypeError("Facts: not an annotation");
  const { inputRequest, ...rest } = value as Omit<SpanAnnotation, "inputRequest"> & {
    inputRequest?: Omit<NonNullable<SpanAnnotation["inputRequest"]>, "since"> & { since: string };
  };
  if (inputRequest === undefined) return rest;
  return { ...rest, inputRequest: { ...inputRequest, since: BigInt(inputRequest.since) } };
}

function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new TypeError("Facts: not a list");
  return value;
}

function text(value: unknown): string {
  if (typeof value !== "string") throw new TypeError("Facts: not a text");
  return value;
}
