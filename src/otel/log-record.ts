import type { AnyValue, KeyValue, Resource, Scope } from "./span.ts";

/** The canonical form of OTLP's log records, as in `span.ts`: equal records are equal text. */
export type LogRecord = {
  /** Time of the event, if the source knows it: Unix nanoseconds, decimal. */
  readonly timeUnixNano?: string;
  /** Time at which a collector or SDK observed it. */
  readonly observedTimeUnixNano?: string;
  /** 1–4 trace, 5–8 debug, 9–12 info, 13–16 warn, 17–20 error, 21–24 fatal. */
  readonly severityNumber?: number;
  readonly severityText?: string;
  /** Text or structured. */
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

/** A record's time, Unix nanoseconds in decimal: its own, else the time of observation; "" if it has neither. */
export function timeOfRecord(record: LogRecord): string {
  return record.timeUnixNano ?? record.observedTimeUnixNano ?? "";
}

/** The end of the operation that the record reports. Without a time it is 1, because an end of 0 would mean a running span. */
export function endTimeOfRecord(record: LogRecord): bigint {
  return BigInt(timeOfRecord(record) || 1);
}
