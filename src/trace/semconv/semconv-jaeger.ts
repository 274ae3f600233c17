/** Tags of Jaeger's JSON that stand for fields of OTLP's: OpenTelemetry's "Jaeger exporter" mapping, and OpenTracing's. */
export const JAEGER_SPAN_KIND = "span.kind";
export const JAEGER_ERROR = "error";
export const JAEGER_STATUS_CODE = "otel.status_code";
export const JAEGER_STATUS_DESCRIPTION = "otel.status_description";
export const JAEGER_TRACE_STATE = "w3c.tracestate";
/** The newer key first. */
export const JAEGER_SCOPE_NAMES = ["otel.scope.name", "otel.library.name"] as const;
export const JAEGER_SCOPE_VERSIONS = ["otel.scope.version", "otel.library.version"] as const;
/** Field of a log: the event's name. */
export const JAEGER_EVENT = "event";

/** What a file of Jaeger's has and OTLP has no field for. */
export const JAEGER_WARNINGS = "jaeger.warnings";
export const OPENTRACING_REFERENCE = "opentracing.ref_type";
