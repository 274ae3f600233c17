import { spansOfRecord, subjectOf } from "../../logs/derived-spans.ts";
import { readRecord } from "../../logs/read-record.ts";
import { deriveRecordFacts, type RecordFacts } from "../../logs/record-facts.ts";
import type { LogRecord } from "../../otel/log-record.ts";
import type { Resource, Scope, Span } from "../../otel/span.ts";
import { linkDerivedSpans, type LinkDerived } from "../correlate/derived-links.ts";
import { admitRecords } from "../table/admit-records.ts";
import { mergeDuplicates } from "../transcript/duplicates.ts";
import { readSaid, type RecordSaid } from "../transcript/record-said.ts";

/** What a viewer needs of a log record: its facts, the span that it belongs to ("" without), what it says about that, and the spans derived from it. */
export type ReadRecord = {
  readonly facts: RecordFacts;
  readonly subject: string;
  readonly said: RecordSaid | undefined;
  readonly spans: readonly Span[];
};

/** What a viewer needs for log records, and for the spans derived from them. Most sessions have none. */
export type RecordReader = {
  readonly read: (record: LogRecord, resource: Resource | undefined, scope: Scope | undefined) => ReadRecord;
  readonly admit: typeof admitRecords;
  readonly link: LinkDerived;
  /** Without links nothing is a duplicate. */
  readonly mergeDuplicates: typeof mergeDuplicates;
};

export const recordReader: RecordReader = {
  read(record, resource, scope) {
    const reading = readRecord(record);
    // The object derives facts from the canonical text, which this is.
    const facts = deriveRecordFacts(record, JSON.stringify(record), resource, scope);
    return { facts, subject: subjectOf(reading), said: readSaid(reading), spans: spansOfRecord(reading) };
  },
  admit: admitRecords,
  link: linkDerivedSpans,
  mergeDuplicates,
};
