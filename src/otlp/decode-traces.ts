import type { Result } from "./refusals/decode-error.ts";
import { decodeJson } from "./json/decode-json.ts";
import { decodeProtobuf } from "./protobuf/decode-protobuf.ts";
import type { OtlpEncoding } from "./body/media-type.ts";
import type { Revise } from "./shards/request-shards.ts";
import type { DecodedRequest } from "./shards/shard.ts";

/**
 * The spans of an ExportTraceServiceRequest, by trace, in the canonical form; the same from both encodings. `revise` has
 * its say before anything is derived of a span.
 */
export function decodeTraces(bytes: Uint8Array, encoding: OtlpEncoding, revise?: Revise): Result<DecodedRequest> {
  return encoding === "json" ? decodeJson(bytes, revise) : decodeProtobuf(bytes, revise);
}
