/**
 * The canonical form of OTLP/JSON, in which spans are logged, streamed, exported and folded.
 * Ids are lower-case hex, 64-bit integers are decimal strings, enums are numbers. A field with its default value is absent.
 * Keys have the order of these types, so that equal spans are equal text.
 */

/** Refers to a large value in the log: the AnyValue's JSON text under its content hash. Stands beside a preview. */
export type Offloaded = {
  /** SHA-256 of the value's canonical JSON, in hex. */
  readonly hash: string;
  /** Length of that JSON in UTF-8 bytes. */
  readonly bytes: number;
  /** Set if the value itself was cut at the limit: its length in bytes as received. */
  readonly cutFrom?: number;
  /** Set if the value is a conversation: the first line of the last user message, which a preview of the beginning would miss. */
  readonly prompt?: string;
};

/** Has one of the fields or none: OTLP allows the empty value. */
export type AnyValue = {
  readonly stringValue?: string;
  readonly boolValue?: boolean;
  /** int64 as a decimal string. */
  readonly intValue?: string;
  /** JSON has no NaN or Infinity: these are strings, as in the proto3 JSON mapping. */
  readonly doubleValue?: number | "NaN" | "Infinity" | "-Infinity";
  readonly arrayValue?: { readonly values?: readonly AnyValue[] };
  readonly kvlistValue?: { readonly values?: readonly KeyValue[] };
  /** Standard base64, padded. */
  readonly bytesValue?: string;
  /** Not part of OTLP, and ignored by its readers. Refers to the whole of a large value; `stringValue` is then a preview. */
  readonly offloaded?: Offloaded;
};

export type KeyValue = { readonly key: string; readonly value?: AnyValue };

export type SpanEvent = {
  readonly timeUnixNano?: string;
  readonly name?: string;
  readonly attributes?: readonly KeyValue[];
  readonly droppedAttributesCount?: number;
};

export type SpanLink = {
  readonly traceId?: string;
  readonly spanId?: string;
  readonly traceState?: string;
  readonly attributes?: readonly KeyValue[];
  readonly droppedAttributesCount?: number;
  readonly flags?: number;
};

/** OTLP's Status.StatusCode. */
export const STATUS_UNSET = 0;
export const STATUS_OK = 1;
export const STATUS_ERROR = 2;

export type SpanStatus = { readonly message?: string; readonly code?: number };

export type Span = {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceState?: string;
  readonly parentSpanId?: string;
  readonly flags?: number;
  readonly name?: string;
  readonly kind?: number;
  readonly startTimeUnixNano?: string;
  /** Absent while the span runs. */
  readonly endTimeUnixNano?: string;
  readonly attributes?: readonly KeyValue[];
  readonly droppedAttributesCount?: number;
  readonly events?: readonly SpanEvent[];
  readonly droppedEventsCount?: number;
  readonly links?: readonly SpanLink[];
  readonly droppedLinksCount?: number;
  readonly status?: SpanStatus;
};

export type Scope = {
  readonly name?: string;
  readonly version?: string;
  readonly attributes?: readonly KeyValue[];
  readonly droppedAttributesCount?: number;
};

export type Resource = { readonly attributes?: readonly KeyValue[]; readonly droppedAttributesCount?: number };

export type ScopeSpans = { readonly scope?: Scope; readonly spans?: readonly Span[]; readonly schemaUrl?: string };

export type ResourceSpans = {
  readonly resource?: Resource;
  readonly scopeSpans?: readonly ScopeSpans[];
  readonly schemaUrl?: string;
};
