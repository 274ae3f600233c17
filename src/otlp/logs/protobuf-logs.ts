import { addDropped, canonicalResource, canonicalScope } from "../canonical.ts";
import type { Result } from "../refusals/decode-error.ts";
import { ProtobufDecoding } from "../protobuf/protobuf-decoding.ts";
import { LENGTH } from "../protobuf/protobuf-reader.ts";
import { readResource, readScope } from "../protobuf/protobuf-resource.ts";
import { newAttributeList } from "../protobuf/protobuf-values.ts";
import type { DecodedLogs } from "../shards/shard.ts";
import { readRecord } from "./protobuf-record.ts";
import { RequestRecords } from "./request-records.ts";

/**
 * | ExportLogsServiceRequest | |
 * |---|---|
 * | 1 | resource_logs: repeated ResourceLogs |
 *
 * Read record by record. A walk apart from that of spans, so that the path of spans knows one kind of message only.
 */
const REQUEST = ["", "resourceLogs"];

export function decodeProtobufLogs(bytes: Uint8Array): Result<DecodedLogs> {
  const decoding = new ProtobufDecoding(bytes);
  const { reader, trail } = decoding;
  const shards = new RequestRecords("protobuf", decoding);
  let count = 0;
  while (reader.more && !decoding.stopped) {
    const tag = reader.tag();
    if (tag === ((1 << 3) | LENGTH)) {
      trail.enter("resourceLogs");
      trail.item(count++);
      const outer = reader.enter();
      readResourceLogs(decoding, shards);
      reader.leave(outer);
      trail.leave();
    } else decoding.other(tag, REQUEST);
  }
  if (reader.fault !== undefined) return { ok: false, error: { reason: "malformed-protobuf", ...reader.fault } };
  return decoding.refusal === undefined ? { ok: true, value: shards.close() } : { ok: false, error: decoding.refusal };
}

/**
 * | ResourceLogs | |
 * |---|---|
 * | 1 | resource: Resource |
 * | 2 | scope_logs: repeated ScopeLogs |
 * | 3 | schema_url: string |
 * | 1000 | instrumentation_library_logs, deprecated: of the same shape, and read as scope_logs |
 */
const RESOURCE_LOGS = ["", "resource", "scopeLogs", "schemaUrl"];

/** The resource may stand behind its records: it is read first, in a walk of its own. */
function readResourceLogs(decoding: ProtobufDecoding, shards: RequestRecords): void {
  const { reader, trail } = decoding;
  const start = reader.position;
  const draft = { attributes: newAttributeList(), dropped: 0 };
  let schemaUrl = "";
  decoding.begin();
  while (reader.more) {
    const tag = reader.tag();
    if (tag === ((1 << 3) | LENGTH)) readResource(decoding, draft);
    else if (tag === ((3 << 3) | LENGTH)) schemaUrl = decoding.text("schemaUrl");
    else if (isScopeLogs(tag)) reader.skip(tag);
    else decoding.other(tag, RESOURCE_LOGS);
  }
  if (decoding.stopped) return;
  const dropped = addDropped(draft.dropped, draft.attributes.cut);
  shards.enterResource(canonicalResource(draft.attributes.kept, dropped), schemaUrl);
  reader.position = start;
  let count = 0;
  while (reader.more && !decoding.stopped) {
    const tag = reader.tag();
    if (!isScopeLogs(tag)) {
      reader.skip(tag);
      continue;
    }
    trail.enter("scopeLogs");
    trail.item(count++);
    const outer = reader.enter();
    readScopeLogs(decoding, shards);
    reader.leave(outer);
    trail.leave();
  }
}

function isScopeLogs(tag: number): boolean {
  return tag === ((2 << 3) | LENGTH) || tag === ((1000 << 3) | LENGTH);
}

/**
 * | ScopeLogs | |
 * |---|---|
 * | 1 | scope: InstrumentationScope |
 * | 2 | log_records: repeated LogRecord |
 * | 3 | schema_url: string |
 */
const SCOPE_LOGS = ["", "scope", "logRecords", "schemaUrl"];

function readScopeLogs(decoding: ProtobufDecoding, shards: RequestRecords): void {
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
    else decoding.other(tag, SCOPE_LOGS);
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
    trail.enter("logRecords");
    trail.item(count++);
    const outer = reader.enter();
    decoding.beginSpan();
    const record = readRecord(decoding);
    if (!decoding.stopped) shards.add(record);
    decoding.endSpan();
    reader.leave(outer);
    trail.leave();
  }
}
