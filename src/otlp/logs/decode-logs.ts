import type { Result } from "../refusals/decode-error.ts";
import type { OtlpEncoding } from "../body/media-type.ts";
import type { DecodedLogs } from "../shards/shard.ts";
import { decodeJsonLogs } from "./json-logs.ts";
import { decodeProtobufLogs } from "./protobuf-logs.ts";

/** The log records of an ExportLogsServiceRequest, by home, in the canonical form; the same from both encodings. */
export function decodeLogs(bytes: Uint8Array, encoding: OtlpEncoding): Result<DecodedLogs> {
  return encoding === "json" ? decodeJsonLogs(bytes) : decodeProtobufLogs(bytes);
}
