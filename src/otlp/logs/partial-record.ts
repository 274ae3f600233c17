import { Buffer } from "node:buffer";
import { gunzipSync } from "node:zlib";
import type { SpilledValue } from "../../trace/delivery.ts";
import { timeOfRecord } from "../../trace/log-record.ts";
import type { LogRecord } from "../../trace/log-record.ts";
import { PARTIAL_EVENT_KEYS, PARTIAL_HEARTBEAT, PARTIAL_STOP } from "../../trace/semconv/semconv-live.ts";
import type { AnyValue, Span } from "../../trace/span.ts";
import { canonicalSpan } from "../canonical.ts";
import type { OtlpEncoding } from "../body/media-type.ts";

/** A log record that holds a span: a report of one that runs, or of its end. */
export type PartialRecord = {
  readonly event: typeof PARTIAL_HEARTBEAT | typeof PARTIAL_STOP;
  /** Unix nanoseconds, decimal: when it was so. */
  readonly time: string;
  /** TracesData, in either encoding. */
  readonly encoding: OtlpEncoding;
  readonly body: Uint8Array;
};

/** `undefined` of any other record. `values`: the large values that were taken out of it. */
export function readPartial(record: LogRecord, values: readonly SpilledValue[]): PartialRecord | undefined {
  const event = record.attributes?.find(({ key }) => key === PARTIAL_EVENT_KEYS[0])?.value?.stringValue;
  if (event !== PARTIAL_HEARTBEAT && event !== PARTIAL_STOP) return undefined;
  const { stringValue: text = "", bytesValue } = whole(record.body ?? {}, values);
  const isJson = bytesValue === undefined && /^\s*\{/.test(text);
  const body = isJson ? Buffer.from(text) : Buffer.from(bytesValue ?? text, "base64");
  return { event, time: timeOfRecord(record), encoding: isJson ? "json" : "protobuf", body };
}

function whole(body: AnyValue, values: readonly SpilledValue[]): AnyValue {
  const taken = values.find(({ hash }) => hash === body.spill?.hash);
  if (taken === undefined) return body;
  const json = taken.encoding === "gzip" ? gunzipSync(taken.body) : taken.body;
  const value: AnyValue = JSON.parse(Buffer.from(json).toString());
  return value;
}

/** The span as the record tells of it: one that runs says so, as of then; one that has stopped has an end. */
export function spanAsOf({ event, time }: PartialRecord, span: Span): Span {
  const end = span.endTimeUnixNano ?? "";
  const attributes = span.attributes ?? [];
  if (event === PARTIAL_STOP) return end === "" ? rewritten(span, time, attributes) : span;
  const report = { key: PARTIAL_EVENT_KEYS[0], value: { stringValue: event } };
  return rewritten(span, time, [...attributes.filter(({ key }) => key !== report.key), report]);
}

function rewritten(span: Span, endTimeUnixNano: string, attributes: Span["attributes"] & {}): Span {
  return canonicalSpan({
    traceId: span.traceId,
    spanId: span.spanId,
    traceState: span.traceState ?? "",
    parentSpanId: span.parentSpanId ?? "",
    flags: span.flags ?? 0,
    name: span.name ?? "",
    kind: span.kind ?? 0,
    startTimeUnixNano: span.startTimeUnixNano ?? "",
    endTimeUnixNano,
    attributes,
    droppedAttributesCount: span.droppedAttributesCount ?? 0,
    events: span.events ?? [],
    droppedEventsCount: span.droppedEventsCount ?? 0,
    links: span.links ?? [],
    droppedLinksCount: span.droppedLinksCount ?? 0,
    statusMessage: span.status?.message ?? "",
    statusCode: span.status?.code ?? 0,
  });
}
