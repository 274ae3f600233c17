import type { OtlpEncoding } from "../media-type.ts";
import type { Decoding } from "../decoding.ts";
import { LOGS } from "../envelope-visitor.ts";
import { decodeJson } from "../json/decode.ts";
import { decodeProtobuf } from "../protobuf/decode.ts";
import type { Result } from "../refusals.ts";
import type { DecodedLogs } from "../group/trace-group.ts";
import { readRecord as readJsonRecord } from "../json/log-record.ts";
import { readRecord as readProtobufRecord } from "../protobuf/log-record.ts";
import { RequestRecords } from "./group-records.ts";

/** The log records of an ExportLogsServiceRequest, grouped by owner, in canonical form; the same from both encodings. */
export function decodeLogs(bytes: Uint8Array, encoding: OtlpEncoding): Result<DecodedLogs> {
  const createVisitor = (decoding: Decoding) => new RequestRecords(encoding, decoding);
  return encoding === "json"
    ? decodeJson(bytes, LOGS, createVisitor, readJsonRecord)
    : decodeProtobuf(bytes, LOGS, createVisitor, readProtobufRecord);
}
