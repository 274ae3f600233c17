import type { RecordFacts } from "../../logs/record-facts.ts";
import type { Claim } from "./session-ids.ts";
import type { SpanTable } from "./span-table.ts";

/** A record's claim of a session name for its trace: ranks like that of a span with a parent that started at the record's time. */
export function claimOfRecord({ session, time, hash }: RecordFacts): Claim {
  return { ...(session === undefined ? {} : { session }), start: time, parentSpanId: hash, spanId: hash };
}

/** Whether a log record is in the table. A record is identified by the hash of its content. */
export function knowsRecord(table: SpanTable, traceId: string, { hash }: RecordFacts): boolean {
  const trace = table.traceNumber(traceId);
  return trace >= 0 && table.records.has(trace, hash);
}

/**
 * Admits log records of a revision of the log. Idempotent, and independent of order. Positions are those of the derived
 * spans, counted across all records of the revision.
 */
export function admitRecords(
  table: SpanTable,
  traceId: string,
  records: readonly RecordFacts[],
  revision: number,
  from = 0,
): void {
  let position = from;
  for (const record of records) {
    const trace = table.claim(traceId, claimOfRecord(record));
    table.records.add(trace, record.hash, record.time);
    for (const facts of record.spans) table.admit(traceId, facts, revision, position++);
    if (record.annotation !== undefined) table.annotations.add(trace, record.annotation, record.time, record.hash);
  }
}
