import type { LogRecord } from "../../trace/log-record.ts";
import type { AnyValue, KeyValue } from "../../trace/span.ts";

/** A record's fields as a decoder reads them: "" and 0 and [] are the defaults, times are decimal or "". */
export type RecordDraft = {
  timeUnixNano: string;
  observedTimeUnixNano: string;
  severityNumber: number;
  severityText: string;
  body: AnyValue | undefined;
  attributes: readonly KeyValue[];
  droppedAttributesCount: number;
  flags: number;
  traceId: string;
  spanId: string;
  eventName: string;
};

/** The one place that fixes which keys a log record has, and their order. */
export function canonicalRecord(draft: RecordDraft): LogRecord {
  const record: { -readonly [Field in keyof LogRecord]: LogRecord[Field] } = {};
  if (draft.timeUnixNano !== "") record.timeUnixNano = draft.timeUnixNano;
  if (draft.observedTimeUnixNano !== "") record.observedTimeUnixNano = draft.observedTimeUnixNano;
  if (draft.severityNumber !== 0) record.severityNumber = draft.severityNumber;
  if (draft.severityText !== "") record.severityText = draft.severityText;
  if (draft.body !== undefined) record.body = draft.body;
  if (draft.attributes.length > 0) record.attributes = draft.attributes;
  if (draft.droppedAttributesCount !== 0) record.droppedAttributesCount = draft.droppedAttributesCount;
  if (draft.flags !== 0) record.flags = draft.flags;
  if (draft.traceId !== "") record.traceId = draft.traceId;
  if (draft.spanId !== "") record.spanId = draft.spanId;
  if (draft.eventName !== "") record.eventName = draft.eventName;
  return record;
}
