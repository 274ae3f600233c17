import type { RecordFacts } from "../../logs/record-facts.ts";
import type { Claim } from "./session-ids.ts";
import type { SpanTable } from "./span-table.ts";

/** How a record claims a name for its trace: as a span that has a parent would, which started when the record happened. */
export function claimOfRecord({ session, time, hash }: RecordFacts): Claim {
  return { ...(session === undefined ? {} : { session }), start: time, parentSpanId: hash, spanId: hash };
}

/** Whether a log record is in the table: what it says depends on its content alone. */
export function knowsRecord(table: SpanTable, traceId: string, { hash }: RecordFacts): boolean {
  const trace = table.traceNumber(traceId);
  return trace >= 0 && table.records.has(trace, hash);
}

/**
 * Takes in log records that stand in the log at a revision: right in any order, and again. Positions are those of the spans
 * that they tell of, counted through all records of the revision.
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
