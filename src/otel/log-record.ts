import type { AnyValue, KeyValue, Resource, Scope } from "./span.ts";

/** The canonical form of OTLP's log records, in the manner of `span.ts`: equal records are equal text. */
export type LogRecord = {
  /** Unix nanoseconds, decimal: when it happened, where the source knows. */
  readonly timeUnixNano?: string;
  /** When a collector or SDK saw it. */
  readonly observedTimeUnixNano?: string;
  /** 1–4 trace, 5–8 debug, 9–12 info, 13–16 warn, 17–20 error, 21–24 fatal. */
  readonly severityNumber?: number;
  readonly severityText?: string;
  /** Of any shape: text, or structured. */
  readonly body?: AnyValue;
  readonly attributes?: readonly KeyValue[];
  readonly droppedAttributesCount?: number;
  readonly flags?: number;
  readonly traceId?: string;
  readonly spanId?: string;
  readonly eventName?: string;
};

export type ScopeLogs = {
  readonly scope?: Scope;
  readonly logRecords?: readonly LogRecord[];
  readonly schemaUrl?: string;
};

export type ResourceLogs = {
  readonly resource?: Resource;
  readonly scopeLogs?: readonly ScopeLogs[];
  readonly schemaUrl?: string;
};

/** When a record happened, Unix nanoseconds as decimal: its own time, else when it was observed; "" if neither says. */
export function timeOfRecord(record: LogRecord): string {
  return record.timeUnixNano ?? record.observedTimeUnixNano ?? "";
}

/** When what it tells of was over; where it tells no time the first moment that is one, for an end of 0 would say that it runs. */
export function endTimeOfRecord(record: LogRecord): bigint {
  return BigInt(timeOfRecord(record) || 1);
}
