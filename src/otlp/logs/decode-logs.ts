import type { OtlpEncoding } from "../body/media-type.ts";
import type { Decoding } from "../decoding.ts";
import { LOGS } from "../gathering.ts";
import { decodeJson } from "../json/decode-json.ts";
import { decodeProtobuf } from "../protobuf/decode-protobuf.ts";
import type { Result } from "../refusals/decode-error.ts";
import type { DecodedLogs } from "../shards/shard.ts";
import { readRecord as readJsonRecord } from "./json-record.ts";
import { readRecord as readProtobufRecord } from "./protobuf-record.ts";
import { RequestRecords } from "./request-records.ts";

/** The log records of an ExportLogsServiceRequest, by home, in the canonical form; the same from both encodings. */
export function decodeLogs(bytes: Uint8Array, encoding: OtlpEncoding): Result<DecodedLogs> {
  const gather = (decoding: Decoding) => new RequestRecords(encoding, decoding);
  return encoding === "json"
    ? decodeJson(bytes, LOGS, gather, readJsonRecord)
    : decodeProtobuf(bytes, LOGS, gather, readProtobufRecord);
}
