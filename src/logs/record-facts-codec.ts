import { decodeFacts, encodeFacts } from "../facts/codec/encode.ts";
import type { SpanFacts } from "../facts/facts.ts";
import type { SpanAnnotation } from "./annotation.ts";
import type { RecordFacts } from "./record-facts.ts";

/** Raised when a fact of log records is added or derived otherwise. The spans that they tell of have a version of their own. */
export const RECORD_FACTS_VERSION = 3;

type Mutable<T> = { -readonly [Field in keyof T]: T[Field] };

/**
 * One JSON string for all log records of a chunk, in the chunk's order:
 * `["logs", version, encoded facts of all spans told of, ...one array per record]`. A record's array is
 * `[hash, time, number of its spans, session, note]`; the last two are left out where there is none behind them.
 */
export function encodeRecordFacts(facts: readonly RecordFacts[]): string {
  const spans = facts.flatMap((fact) => fact.spans);
  const rows = facts.map(({ hash, time, spans: own, session, annotation: note }) => {
    const row: unknown[] = [hash, String(time), own.length];
    if (session !== undefined || note !== undefined)
      row.push(session === undefined ? 0 : [session.rank, session.value]);
    if (note !== undefined) row.push(encodeAnnotation(note));
    return row;
  });
  return JSON.stringify(["logs", RECORD_FACTS_VERSION, spans.length === 0 ? "" : encodeFacts(spans), ...rows]);
}

function encodeAnnotation({ inputRequest: asking, ...note }: SpanAnnotation): unknown {
  return asking === undefined ? note : { ...note, inputRequest: { ...asking, since: String(asking.since) } };
}

/** `undefined` when the string is of another version. Text of this version that does not hold facts throws. */
export function decodeRecordFacts(encoded: string): RecordFacts[] | undefined {
  if (!encoded.startsWith(`["logs",${RECORD_FACTS_VERSION},`)) return undefined;
  const [, , told, ...rows] = list(JSON.parse(encoded));
  const spans = told === "" ? [] : decodeFacts(text(told));
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
  const [, , , session, note] = cells;
  if (session !== undefined && session !== 0) {
    const [rank, value] = list(session);
    if (typeof rank !== "number") throw new TypeError("Facts: not a number");
    facts.session = { rank, value: text(value) };
  }
  if (note !== undefined) facts.annotation = decodeAnnotation(note);
  return facts;
}

/** Our own text: who wrote it had a note at hand. */
function decodeAnnotation(note: unknown): SpanAnnotation {
  if (typeof note !== "object" || note === null || !("spanId" in note)) throw new TypeError("Facts: not a note");
  const { inputRequest: asking, ...rest } = note as Omit<SpanAnnotation, "inputRequest"> & {
    inputRequest?: Omit<NonNullable<SpanAnnotation["inputRequest"]>, "since"> & { since: string };
  };
  return asking === undefined ? rest : { ...rest, inputRequest: { ...asking, since: BigInt(asking.since) } };
}

function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new TypeError("Facts: not a list");
  return value;
}

function text(value: unknown): string {
  if (typeof value !== "string") throw new TypeError("Facts: not a text");
  return value;
}
