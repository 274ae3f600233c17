import type { LogRecord } from "../otel/log-record.ts";
import type { KeyValue, Resource, Scope, Span, SpanEvent, SpanLink, SpanStatus, AnyValue } from "../otel/span.ts";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A span's fields while a decoder reads them, in any order. Defaults are "", 0 and []; times are decimal or "". */
export type SpanDraft = {
  traceId: string;
  spanId: string;
  traceState: string;
  parentSpanId: string;
  flags: number;
  name: string;
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: readonly KeyValue[];
  droppedAttributesCount: number;
  events: readonly SpanEvent[];
  droppedEventsCount: number;
  links: readonly SpanLink[];
  droppedLinksCount: number;
  statusMessage: string;
  statusCode: number;
};

/** The only place that fixes the keys of a span and their order. */
export function canonicalSpan(draft: SpanDraft): Span {
  const span: Mutable<Span> = { traceId: draft.traceId, spanId: draft.spanId };
  if (draft.traceState !== "") span.traceState = draft.traceState;
  if (draft.parentSpanId !== "") span.parentSpanId = draft.parentSpanId;
  if (draft.flags !== 0) span.flags = draft.flags;
  if (draft.name !== "") span.name = draft.name;
  if (draft.kind !== 0) span.kind = draft.kind;
  if (draft.startTimeUnixNano !== "") span.startTimeUnixNano = draft.startTimeUnixNano;
  if (draft.endTimeUnixNano !== "") span.endTimeUnixNano = draft.endTimeUnixNano;
  if (draft.attributes.length > 0) span.attributes = draft.attributes;
  if (draft.droppedAttributesCount !== 0) span.droppedAttributesCount = draft.droppedAttributesCount;
  if (draft.events.length > 0) span.events = draft.events;
  if (draft.droppedEventsCount !== 0) span.droppedEventsCount = draft.droppedEventsCount;
  if (draft.links.length > 0) span.links = draft.links;
  if (draft.droppedLinksCount !== 0) span.droppedLinksCount = draft.droppedLinksCount;
  if (draft.statusMessage !== "" || draft.statusCode !== 0) {
    const status: Mutable<SpanStatus> = {};
    if (draft.statusMessage !== "") status.message = draft.statusMessage;
    if (draft.statusCode !== 0) status.code = draft.statusCode;
    span.status = status;
  }
  return span;
}

export function canonicalEvent(
  timeUnixNano: string,
  name: string,
  attributes: readonly KeyValue[],
  droppedAttributesCount: number,
): SpanEvent {
  const event: Mutable<SpanEvent> = {};
  if (timeUnixNano !== "") event.timeUnixNano = timeUnixNano;
  if (name !== "") event.name = name;
  if (attributes.length > 0) event.attributes = attributes;
  if (droppedAttributesCount !== 0) event.droppedAttributesCount = droppedAttributesCount;
  return event;
}

export type LinkDraft = {
  traceId: string;
  spanId: string;
  traceState: string;
  attributes: readonly KeyValue[];
  droppedAttributesCount: number;
  flags: number;
};

export function canonicalLink(draft: LinkDraft): SpanLink {
  const link: Mutable<SpanLink> = {};
  if (draft.traceId !== "") link.traceId = draft.traceId;
  if (draft.spanId !== "") link.spanId = draft.spanId;
  if (draft.traceState !== "") link.traceState = draft.traceState;
  if (draft.attributes.length > 0) link.attributes = draft.attributes;
  if (draft.droppedAttributesCount !== 0) link.droppedAttributesCount = draft.droppedAttributesCount;
  if (draft.flags !== 0) link.flags = draft.flags;
  return link;
}

/** `undefined` when it is empty. */
export function canonicalResource(
  attributes: readonly KeyValue[],
  droppedAttributesCount: number,
): Resource | undefined {
  if (attributes.length === 0 && droppedAttributesCount === 0) return undefined;
  const resource: Mutable<Resource> = {};
  if (attributes.length > 0) resource.attributes = attributes;
  if (droppedAttributesCount !== 0) resource.droppedAttributesCount = droppedAttributesCount;
  return resource;
}

/** `undefined` when it is empty. */
export function canonicalScope(
  name: string,
  version: string,
  attributes: readonly KeyValue[],
  droppedAttributesCount: number,
): Scope | undefined {
  if (name === "" && version === "" && attributes.length === 0 && droppedAttributesCount === 0) return undefined;
  const scope: Mutable<Scope> = {};
  if (name !== "") scope.name = name;
  if (version !== "") scope.version = version;
  if (attributes.length > 0) scope.attributes = attributes;
  if (droppedAttributesCount !== 0) scope.droppedAttributesCount = droppedAttributesCount;
  return scope;
}

/** The sender's dropped count plus the items cut here, within the field's uint32. */
export function addDropped(sent: number, cut: number): number {
  return cut <= 0 ? sent : Math.min(sent + cut, 2 ** 32 - 1);
}

/** A log record's fields while a decoder reads them. Defaults are "", 0 and []; times are decimal or "". */
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

/** The only place that fixes the keys of a log record and their order. */
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
