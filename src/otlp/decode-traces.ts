import type { OtlpEncoding } from "./body/media-type.ts";
import type { Decoding } from "./decoding.ts";
import { TRACES } from "./gathering.ts";
import { decodeJson } from "./json/decode-json.ts";
import { readSpan as readJsonSpan } from "./json/json-span.ts";
import { decodeProtobuf } from "./protobuf/decode-protobuf.ts";
import { readSpan as readProtobufSpan } from "./protobuf/protobuf-span.ts";
import type { Result } from "./refusals/decode-error.ts";
import { RequestShards } from "./shards/request-shards.ts";
import type { Revise } from "./shards/request-shards.ts";
import type { DecodedRequest } from "./shards/shard.ts";

/**
 * The spans of an ExportTraceServiceRequest, by trace, in the canonical form; the same from both encodings. `revise` has
 * its say before anything is derived of a span.
 */
export function decodeTraces(bytes: Uint8Array, encoding: OtlpEncoding, revise?: Revise): Result<DecodedRequest> {
  const gather = (decoding: Decoding) => new RequestShards(encoding, decoding, revise);
  return encoding === "json"
    ? decodeJson(bytes, TRACES, gather, readJsonSpan)
    : decodeProtobuf(bytes, TRACES, gather, readProtobufSpan);
}
