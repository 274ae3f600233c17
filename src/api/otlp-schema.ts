/** OTLP/JSON in the canonical form in which spans and log records are stored and answered. */
import * as v from "valibot";
import type { LogRecord, ResourceLogs } from "../otel/log-record.ts";
import type { AnyValue, KeyValue, ResourceSpans, Span } from "../otel/span.ts";

export const text = v.string();
export const count = v.pipe(v.number(), v.integer(), v.minValue(0));
export const nanoseconds = v.pipe(v.string(), v.regex(/^\d+$/), v.description("Unix nanoseconds, decimal."));
export const traceId = v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/));
export const spanId = v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/));

const OffloadedSchema = v.pipe(
  v.object({
    hash: v.pipe(v.string(), v.description("SHA-256 of the value's JSON: its name in `/values/{hash}`.")),
    bytes: v.pipe(count, v.description("Length of that JSON.")),
    cutFrom: v.exactOptional(v.pipe(count, v.description("Length as received, if the value itself was cut."))),
    prompt: v.exactOptional(v.pipe(v.string(), v.description("First line of the last user message."))),
  }),
  v.description("Refers to a value over 8 KiB. Stands beside a preview; not part of OTLP."),
);

export const AnyValueSchema: v.GenericSchema<AnyValue> = v.object({
  stringValue: v.exactOptional(text),
  boolValue: v.exactOptional(v.boolean()),
  intValue: v.exactOptional(v.pipe(v.string(), v.regex(/^-?\d+$/))),
  doubleValue: v.exactOptional(v.union([v.number(), v.picklist(["NaN", "Infinity", "-Infinity"])])),
  arrayValue: v.exactOptional(v.object({ values: v.exactOptional(v.array(v.lazy(() => AnyValueSchema))) })),
  kvlistValue: v.exactOptional(v.object({ values: v.exactOptional(v.array(v.lazy(() => KeyValueSchema))) })),
  bytesValue: v.exactOptional(text),
  offloaded: v.exactOptional(OffloadedSchema),
});

export const KeyValueSchema: v.GenericSchema<KeyValue> = v.object({
  key: text,
  value: v.exactOptional(AnyValueSchema),
});

const attributes = v.exactOptional(v.array(KeyValueSchema));
const dropped = v.exactOptional(count);
const time = v.exactOptional(nanoseconds);

export const SpanSchema = v.object({
  traceId,
  spanId,
  traceState: v.exactOptional(text),
  parentSpanId: v.exactOptional(spanId),
  flags: v.exactOptional(count),
  name: v.exactOptional(text),
  kind: v.exactOptional(v.number()),
  startTimeUnixNano: time,
  endTimeUnixNano: v.exactOptional(v.pipe(nanoseconds, v.description("Absent while the span runs."))),
  attributes,
  droppedAttributesCount: dropped,
  events: v.exactOptional(
    v.array(v.object({ timeUnixNano: time, name: v.exactOptional(text), attributes, droppedAttributesCount: dropped })),
  ),
  droppedEventsCount: dropped,
  links: v.exactOptional(
    v.array(
      v.object({
        traceId: v.exactOptional(text),
        spanId: v.exactOptional(text),
        traceState: v.exactOptional(text),
        attributes,
        droppedAttributesCount: dropped,
        flags: v.exactOptional(count),
      }),
    ),
  ),
  droppedLinksCount: dropped,
  status: v.exactOptional(v.object({ message: v.exactOptional(text), code: v.exactOptional(v.number()) })),
}) satisfies v.GenericSchema<Span>;

export const LogRecordSchema = v.object({
  timeUnixNano: time,
  observedTimeUnixNano: time,
  severityNumber: v.exactOptional(v.number()),
  severityText: v.exactOptional(text),
  body: v.exactOptional(AnyValueSchema),
  attributes,
  droppedAttributesCount: dropped,
  flags: v.exactOptional(count),
  traceId: v.exactOptional(traceId),
  spanId: v.exactOptional(spanId),
  eventName: v.exactOptional(text),
}) satisfies v.GenericSchema<LogRecord>;

export const ResourceSchema = v.object({ attributes, droppedAttributesCount: dropped });
export const ScopeSchema = v.object({
  name: v.exactOptional(text),
  version: v.exactOptional(text),
  attributes,
  droppedAttributesCount: dropped,
});
const resource = v.exactOptional(ResourceSchema);
const scope = v.exactOptional(ScopeSchema);
const schemaUrl = v.exactOptional(text);

export const ResourceSpansSchema = v.object({
  resource,
  scopeSpans: v.exactOptional(v.array(v.object({ scope, spans: v.exactOptional(v.array(SpanSchema)), schemaUrl }))),
  schemaUrl,
}) satisfies v.GenericSchema<ResourceSpans>;

export const ResourceLogsSchema = v.object({
  resource,
  scopeLogs: v.exactOptional(
    v.array(v.object({ scope, logRecords: v.exactOptional(v.array(LogRecordSchema)), schemaUrl })),
  ),
  schemaUrl,
}) satisfies v.GenericSchema<ResourceLogs>;

export const OtlpDocumentSchema = v.object({
  resourceSpans: v.array(ResourceSpansSchema),
  resourceLogs: v.array(ResourceLogsSchema),
});

/** Answers to exporters. */
const exported = (rejected: "rejectedSpans" | "rejectedLogRecords" | "rejectedDataPoints") =>
  v.object({
    partialSuccess: v.exactOptional(v.object({ [rejected]: v.pipe(v.string(), v.regex(/^\d+$/)), errorMessage: text })),
  });
export const TracesExportedSchema = exported("rejectedSpans");
export const LogsExportedSchema = exported("rejectedLogRecords");
export const MetricsExportedSchema = exported("rejectedDataPoints");

export const StatusSchema = v.pipe(
  v.object({
    code: v.number(),
    message: text,
    details: v.exactOptional(
      v.array(v.object({ "@type": text, fieldViolations: v.array(v.object({ field: text, description: text })) })),
    ),
  }),
  v.description("google.rpc.Status"),
);

export const OTLP_COMPONENTS = {
  AnyValue: AnyValueSchema,
  KeyValue: KeyValueSchema,
  Offloaded: OffloadedSchema,
  Span: SpanSchema,
  LogRecord: LogRecordSchema,
  ResourceSpans: ResourceSpansSchema,
  ResourceLogs: ResourceLogsSchema,
  OtlpDocument: OtlpDocumentSchema,
  Status: StatusSchema,
};
