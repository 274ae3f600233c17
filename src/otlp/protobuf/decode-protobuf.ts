import { addDropped, canonicalResource, canonicalScope } from "../canonical.ts";
import type { Result } from "../refusals/decode-error.ts";
import { ProtobufDecoding } from "./protobuf-decoding.ts";
import { LENGTH } from "./protobuf-reader.ts";
import { readResource, readScope } from "./protobuf-resource.ts";
import { readSpan } from "./protobuf-span.ts";
import { newAttributeList } from "./protobuf-values.ts";
import { RequestShards } from "../shards/request-shards.ts";
import type { Revise } from "../shards/request-shards.ts";
import type { DecodedRequest } from "../shards/shard.ts";

/**
 * | ExportTraceServiceRequest | |
 * |---|---|
 * | 1 | resource_spans: repeated ResourceSpans |
 *
 * Read span by span: objects of one span at a time, texts of all.
 */
const REQUEST = ["", "resourceSpans"];

export function decodeProtobuf(bytes: Uint8Array, revise?: Revise): Result<DecodedRequest> {
  const decoding = new ProtobufDecoding(bytes);
  const { reader, trail } = decoding;
  const shards = new RequestShards("protobuf", decoding, revise);
  let count = 0;
  while (reader.more && !decoding.stopped) {
    const tag = reader.tag();
    if (tag === ((1 << 3) | LENGTH)) {
      trail.enter("resourceSpans");
      trail.item(count++);
      const outer = reader.enter();
      readResourceSpans(decoding, shards);
      reader.leave(outer);
      trail.leave();
    } else decoding.other(tag, REQUEST);
  }
  if (reader.fault !== undefined) return { ok: false, error: { reason: "malformed-protobuf", ...reader.fault } };
  return decoding.refusal === undefined ? { ok: true, value: shards.close() } : { ok: false, error: decoding.refusal };
}

/**
 * | ResourceSpans | |
 * |---|---|
 * | 1 | resource: Resource |
 * | 2 | scope_spans: repeated ScopeSpans |
 * | 3 | schema_url: string |
 * | 1000 | instrumentation_library_spans, deprecated: of the same shape, and read as scope_spans |
 */
const RESOURCE_SPANS = ["", "resource", "scopeSpans", "schemaUrl"];

/** The resource may stand behind its spans: it is read first, in a walk of its own. */
function readResourceSpans(decoding: ProtobufDecoding, shards: RequestShards): void {
  const { reader, trail } = decoding;
  const start = reader.position;
  const draft = { attributes: newAttributeList(), dropped: 0 };
  let schemaUrl = "";
  decoding.begin();
  while (reader.more) {
    const tag = reader.tag();
    if (tag === ((1 << 3) | LENGTH)) readResource(decoding, draft);
    else if (tag === ((3 << 3) | LENGTH)) schemaUrl = decoding.text("schemaUrl");
    else if (isScopeSpans(tag)) reader.skip(tag);
    else decoding.other(tag, RESOURCE_SPANS);
  }
  if (decoding.stopped) return;
  const dropped = addDropped(draft.dropped, draft.attributes.cut);
  shards.enterResource(canonicalResource(draft.attributes.kept, dropped), schemaUrl);
  reader.position = start;
  let count = 0;
  while (reader.more && !decoding.stopped) {
    const tag = reader.tag();
    if (!isScopeSpans(tag)) {
      reader.skip(tag);
      continue;
    }
    trail.enter("scopeSpans");
    trail.item(count++);
    const outer = reader.enter();
    readScopeSpans(decoding, shards);
    reader.leave(outer);
    trail.leave();
  }
}

function isScopeSpans(tag: number): boolean {
  return tag === ((2 << 3) | LENGTH) || tag === ((1000 << 3) | LENGTH);
}

/**
 * | ScopeSpans | |
 * |---|---|
 * | 1 | scope: InstrumentationScope |
 * | 2 | spans: repeated Span |
 * | 3 | schema_url: string |
 */
const SCOPE_SPANS = ["", "scope", "spans", "schemaUrl"];

function readScopeSpans(decoding: ProtobufDecoding, shards: RequestShards): void {
  const { reader, trail } = decoding;
  const start = reader.position;
  const draft = { attributes: newAttributeList(), dropped: 0, name: "", version: "" };
  let schemaUrl = "";
  decoding.begin();
  while (reader.more) {
    const tag = reader.tag();
    if (tag === ((1 << 3) | LENGTH)) readScope(decoding, draft);
    else if (tag === ((3 << 3) | LENGTH)) schemaUrl = decoding.text("schemaUrl");
    else if (tag === ((2 << 3) | LENGTH)) reader.skip(tag);
    else decoding.other(tag, SCOPE_SPANS);
  }
  if (decoding.stopped) return;
  const dropped = addDropped(draft.dropped, draft.attributes.cut);
  shards.enterScope(canonicalScope(draft.name, draft.version, draft.attributes.kept, dropped), schemaUrl);
  reader.position = start;
  let count = 0;
  while (reader.more && !decoding.stopped) {
    const tag = reader.tag();
    if (tag !== ((2 << 3) | LENGTH)) {
      reader.skip(tag);
      continue;
    }
    trail.enter("spans");
    trail.item(count++);
    const outer = reader.enter();
    decoding.beginSpan();
    const span = readSpan(decoding);
    if (!decoding.stopped) shards.add(span);
    decoding.endSpan();
    reader.leave(outer);
    trail.leave();
  }
}
