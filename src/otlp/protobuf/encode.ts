import type { LogRecord, ResourceLogs } from "../../otel/log-record.ts";
import type {
  AnyValue,
  KeyValue,
  Resource,
  ResourceSpans,
  Scope,
  ScopeSpans,
  Span,
  SpanEvent,
  SpanLink,
} from "../../otel/span.ts";
import { ProtobufReverseWriter } from "./writer.ts";

/**
 * An ExportTraceServiceRequest in protobuf; the tables of fields stand beside the readers in this folder. Previews of offloaded
 * values are written as the strings that they are: put the values back before.
 */
export function encodeTraces(resourceSpans: readonly ResourceSpans[]): Uint8Array<ArrayBuffer> {
  const writer = new ProtobufReverseWriter();
  messages(writer, 1, resourceSpans, writeResourceSpans);
  return writer.finish();
}

/** An ExportLogsServiceRequest; offloaded values as in {@link encodeTraces}. */
export function encodeLogs(resourceLogs: readonly ResourceLogs[]): Uint8Array<ArrayBuffer> {
  const writer = new ProtobufReverseWriter();
  messages(writer, 1, resourceLogs, writeResourceLogs);
  return writer.finish();
}

type Write<Message> = (writer: ProtobufReverseWriter, message: Message) => void;

function message<Message>(
  writer: ProtobufReverseWriter,
  field: number,
  content: Message | undefined,
  write: Write<Message>,
): void {
  if (content === undefined) return;
  const mark = writer.length;
  write(writer, content);
  writer.message(field, mark);
}

function messages<Message>(
  writer: ProtobufReverseWriter,
  field: number,
  list: readonly Message[] | undefined,
  write: Write<Message>,
): void {
  if (list === undefined) return;
  for (let at = list.length - 1; at >= 0; at--) message(writer, field, list[at], write);
}

function string(writer: ProtobufReverseWriter, field: number, text: string | undefined): void {
  if (text !== undefined && text !== "") writer.string(field, text);
}

function id(writer: ProtobufReverseWriter, field: number, hex: string | undefined): void {
  if (hex !== undefined && hex !== "") writer.bytes(field, hex, "hex");
}

function number(writer: ProtobufReverseWriter, field: number, value: number | undefined): void {
  if (value !== undefined && value !== 0) writer.number(field, value);
}

function time(writer: ProtobufReverseWriter, field: number, nanos: string | undefined): void {
  if (nanos !== undefined && nanos !== "0") writer.fixed64(field, nanos);
}

function flags(writer: ProtobufReverseWriter, field: number, value: number | undefined): void {
  if (value !== undefined && value !== 0) writer.fixed32(field, value);
}

function writeResourceSpans(writer: ProtobufReverseWriter, group: ResourceSpans): void {
  writeGroup(writer, group, group.scopeSpans, ({ spans }) => messages(writer, 2, spans, writeSpan));
}

function writeResourceLogs(writer: ProtobufReverseWriter, group: ResourceLogs): void {
  writeGroup(writer, group, group.scopeLogs, ({ logRecords }) => messages(writer, 2, logRecords, writeRecord));
}

/** A ResourceSpans or ResourceLogs: all their fields and those of their scopes have the same numbers. */
function writeGroup<InScope extends Pick<ScopeSpans, "scope" | "schemaUrl">>(
  writer: ProtobufReverseWriter,
  { resource, schemaUrl }: Pick<ResourceSpans, "resource" | "schemaUrl">,
  scopes: readonly InScope[] | undefined,
  writeItems: (inScope: InScope) => void,
): void {
  string(writer, 3, schemaUrl);
  messages(writer, 2, scopes, (_, inScope) => {
    string(writer, 3, inScope.schemaUrl);
    writeItems(inScope);
    message(writer, 1, inScope.scope, writeScope);
  });
  message(writer, 1, resource, writeResource);
}

function writeRecord(writer: ProtobufReverseWriter, record: LogRecord): void {
  string(writer, 12, record.eventName);
  time(writer, 11, record.observedTimeUnixNano);
  id(writer, 10, record.spanId);
  id(writer, 9, record.traceId);
  flags(writer, 8, record.flags);
  number(writer, 7, record.droppedAttributesCount);
  messages(writer, 6, record.attributes, writeKeyValue);
  message(writer, 5, record.body, writeValue);
  string(writer, 3, record.severityText);
  number(writer, 2, record.severityNumber);
  time(writer, 1, record.timeUnixNano);
}

function writeResource(writer: ProtobufReverseWriter, resource: Resource): void {
  number(writer, 2, resource.droppedAttributesCount);
  messages(writer, 1, resource.attributes, writeKeyValue);
}

function writeScope(writer: ProtobufReverseWriter, scope: Scope): void {
  number(writer, 4, scope.droppedAttributesCount);
  messages(writer, 3, scope.attributes, writeKeyValue);
  string(writer, 2, scope.version);
  string(writer, 1, scope.name);
}

function writeSpan(writer: ProtobufReverseWriter, span: Span): void {
  flags(writer, 16, span.flags);
  message(writer, 15, span.status, (_, { message: text, code }) => {
    number(writer, 3, code);
    string(writer, 2, text);
  });
  number(writer, 14, span.droppedLinksCount);
  messages(writer, 13, span.links, writeLink);
  number(writer, 12, span.droppedEventsCount);
  messages(writer, 11, span.events, writeEvent);
  number(writer, 10, span.droppedAttributesCount);
  messages(writer, 9, span.attributes, writeKeyValue);
  time(writer, 8, span.endTimeUnixNano);
  time(writer, 7, span.startTimeUnixNano);
  number(writer, 6, span.kind);
  string(writer, 5, span.name);
  id(writer, 4, span.parentSpanId);
  string(writer, 3, span.traceState);
  id(writer, 2, span.spanId);
  id(writer, 1, span.traceId);
}

function writeEvent(writer: ProtobufReverseWriter, event: SpanEvent): void {
  number(writer, 4, event.droppedAttributesCount);
  messages(writer, 3, event.attributes, writeKeyValue);
  string(writer, 2, event.name);
  time(writer, 1, event.timeUnixNano);
}

function writeLink(writer: ProtobufReverseWriter, link: SpanLink): void {
  flags(writer, 6, link.flags);
  number(writer, 5, link.droppedAttributesCount);
  messages(writer, 4, link.attributes, writeKeyValue);
  string(writer, 3, link.traceState);
  id(writer, 2, link.spanId);
  id(writer, 1, link.traceId);
}

function writeKeyValue(writer: ProtobufReverseWriter, { key, value }: KeyValue): void {
  message(writer, 2, value, writeValue);
  string(writer, 1, key);
}

/** A field of the oneof is written with its default too: an empty string is not an absent value. */
function writeValue(writer: ProtobufReverseWriter, value: AnyValue): void {
  if (value.stringValue !== undefined) writer.string(1, value.stringValue);
  else if (value.boolValue !== undefined) writer.number(2, value.boolValue ? 1 : 0);
  else if (value.intValue !== undefined) writer.int64(3, value.intValue);
  else if (value.doubleValue !== undefined) writer.double(4, Number(value.doubleValue));
  else if (value.arrayValue !== undefined) {
    message(writer, 5, value.arrayValue, (_, { values }) => messages(writer, 1, values, writeValue));
  } else if (value.kvlistValue !== undefined) {
    message(writer, 6, value.kvlistValue, (_, { values }) => messages(writer, 1, values, writeKeyValue));
  } else if (value.bytesValue !== undefined) writer.bytes(7, value.bytesValue, "base64");
}
