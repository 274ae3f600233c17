import { addDropped, canonicalResource, canonicalScope } from "../canonical.ts";
import type { EnvelopeVisitor, SignalFields } from "../envelope-visitor.ts";
import type { Result } from "../refusals.ts";
import { ProtobufDecoding } from "./decoding.ts";
import { LENGTH, VARINT } from "./reader.ts";
import { newAttributeList, readAttribute } from "./values.ts";
import type { AttributeList } from "./values.ts";

/** Reads one item of the signal: a span, or a log record. */
type ReadItem<Item> = (decoding: ProtobufDecoding) => Item;

/**
 * | ExportTraceServiceRequest, ExportLogsServiceRequest | |
 * |---|---|
 * | 1 | resource_spans: repeated ResourceSpans, resource_logs: repeated ResourceLogs |
 *
 * Read item by item: only one item is in memory as objects, the others as texts.
 */
export function decodeProtobuf<Item, Decoded>(
  bytes: Uint8Array,
  signal: SignalFields,
  createVisitor: (decoding: ProtobufDecoding) => EnvelopeVisitor<Item, Decoded>,
  read: ReadItem<Item>,
): Result<Decoded> {
  const decoding = new ProtobufDecoding(bytes);
  const { reader, trail } = decoding;
  const visitor = createVisitor(decoding);
  const fields = ["", signal.resources];
  let count = 0;
  while (reader.more && !decoding.stopped) {
    const tag = reader.tag();
    if (tag === ((1 << 3) | LENGTH)) {
      trail.enter(signal.resources);
      trail.item(count++);
      const outer = reader.enter();
      readItemsOfResource(decoding, signal, visitor, read);
      reader.leave(outer);
      trail.leave();
    } else decoding.other(tag, fields);
  }
  if (reader.fault !== undefined) return { ok: false, error: { reason: "malformed-protobuf", ...reader.fault } };
  return decoding.refusal === undefined ? { ok: true, value: visitor.close() } : { ok: false, error: decoding.refusal };
}

/**
 * | ResourceSpans, ResourceLogs | |
 * |---|---|
 * | 1 | resource: Resource |
 * | 2 | scope_spans: repeated ScopeSpans, scope_logs: repeated ScopeLogs |
 * | 3 | schema_url: string |
 * | 1000 | instrumentation_library_spans, instrumentation_library_logs, deprecated: the same shape, read like field 2 |
 *
 * The resource may follow its items in the body: a first walk reads it.
 */
function readItemsOfResource<Item>(
  decoding: ProtobufDecoding,
  signal: SignalFields,
  visitor: EnvelopeVisitor<Item, unknown>,
  read: ReadItem<Item>,
): void {
  const { reader, trail } = decoding;
  const start = reader.position;
  const draft = { attributes: newAttributeList(), dropped: 0 };
  const fields = ["", "resource", signal.scopes, "schemaUrl"];
  let schemaUrl = "";
  decoding.begin();
  while (reader.more) {
    const tag = reader.tag();
    if (tag === ((1 << 3) | LENGTH)) readResource(decoding, draft);
    else if (tag === ((3 << 3) | LENGTH)) schemaUrl = decoding.text("schemaUrl");
    else if (isScope(tag)) reader.skip(tag);
    else decoding.other(tag, fields);
  }
  if (decoding.stopped) return;
  const dropped = addDropped(draft.dropped, draft.attributes.cut);
  visitor.enterResource(canonicalResource(draft.attributes.entries, dropped), schemaUrl);
  reader.position = start;
  let count = 0;
  while (reader.more && !decoding.stopped) {
    const tag = reader.tag();
    if (!isScope(tag)) {
      reader.skip(tag);
      continue;
    }
    trail.enter(signal.scopes);
    trail.item(count++);
    const outer = reader.enter();
    readItemsOfScope(decoding, signal, visitor, read);
    reader.leave(outer);
    trail.leave();
  }
}

function isScope(tag: number): boolean {
  return tag === ((2 << 3) | LENGTH) || tag === ((1000 << 3) | LENGTH);
}

/**
 * | ScopeSpans, ScopeLogs | |
 * |---|---|
 * | 1 | scope: InstrumentationScope |
 * | 2 | spans: repeated Span, log_records: repeated LogRecord |
 * | 3 | schema_url: string |
 */
function readItemsOfScope<Item>(
  decoding: ProtobufDecoding,
  signal: SignalFields,
  visitor: EnvelopeVisitor<Item, unknown>,
  read: ReadItem<Item>,
): void {
  const { reader, trail } = decoding;
  const start = reader.position;
  const draft = { attributes: newAttributeList(), dropped: 0, name: "", version: "" };
  const fields = ["", "scope", signal.items, "schemaUrl"];
  let schemaUrl = "";
  decoding.begin();
  while (reader.more) {
    const tag = reader.tag();
    if (tag === ((1 << 3) | LENGTH)) readScope(decoding, draft);
    else if (tag === ((3 << 3) | LENGTH)) schemaUrl = decoding.text("schemaUrl");
    else if (tag === ((2 << 3) | LENGTH)) reader.skip(tag);
    else decoding.other(tag, fields);
  }
  if (decoding.stopped) return;
  const dropped = addDropped(draft.dropped, draft.attributes.cut);
  visitor.enterScope(canonicalScope(draft.name, draft.version, draft.attributes.entries, dropped), schemaUrl);
  reader.position = start;
  let count = 0;
  while (reader.more && !decoding.stopped) {
    const tag = reader.tag();
    if (tag !== ((2 << 3) | LENGTH)) {
      reader.skip(tag);
      continue;
    }
    trail.enter(signal.items);
    trail.item(count++);
    const outer = reader.enter();
    decoding.beginSpan();
    const item = read(decoding);
    if (!decoding.stopped) visitor.add(item);
    decoding.endSpan();
    reader.leave(outer);
    trail.leave();
  }
}

/** The occurrences of a resource or scope, merged: a repeated message merges with the earlier one. */
export type ResourceDraft = { readonly attributes: AttributeList; dropped: number };

export type ScopeDraft = ResourceDraft & { name: string; version: string };

/**
 * | Resource | |
 * |---|---|
 * | 1 | attributes: repeated KeyValue |
 * | 2 | dropped_attributes_count: uint32 |
 */
const RESOURCE = ["", "attributes", "droppedAttributesCount"];

export function readResource(decoding: ProtobufDecoding, draft: ResourceDraft): void {
  const { reader, trail } = decoding;
  const outer = reader.enter();
  trail.enter("resource");
  while (reader.more) {
    const tag = reader.tag();
    if (tag === ((1 << 3) | LENGTH)) readAttribute(decoding, draft.attributes);
    else if (tag === ((2 << 3) | VARINT)) draft.dropped = reader.varint();
    else decoding.other(tag, RESOURCE);
  }
  trail.leave();
  reader.leave(outer);
}

/**
 * | InstrumentationScope | |
 * |---|---|
 * | 1 | name: string |
 * | 2 | version: string |
 * | 3 | attributes: repeated KeyValue |
 * | 4 | dropped_attributes_count: uint32 |
 */
const SCOPE = ["", "name", "version", "attributes", "droppedAttributesCount"];

export function readScope(decoding: ProtobufDecoding, draft: ScopeDraft): void {
  const { reader, trail } = decoding;
  const outer = reader.enter();
  trail.enter("scope");
  while (reader.more) {
    const tag = reader.tag();
    switch (tag) {
      case (1 << 3) | LENGTH:
        draft.name = decoding.text("name");
        break;
      case (2 << 3) | LENGTH:
        draft.version = decoding.text("version");
        break;
      case (3 << 3) | LENGTH:
        readAttribute(decoding, draft.attributes);
        break;
      case (4 << 3) | VARINT:
        draft.dropped = reader.varint();
        break;
      default:
        decoding.other(tag, SCOPE);
    }
  }
  trail.leave();
  reader.leave(outer);
}
