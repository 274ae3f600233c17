import type { OtlpEncoding } from "./media-type.ts";
import type { Decoding } from "./decoding.ts";
import { TRACES } from "./envelope-visitor.ts";
import { decodeJson } from "./json/decode.ts";
import { readSpan as readJsonSpan } from "./json/span.ts";
import { decodeProtobuf } from "./protobuf/decode.ts";
import { readSpan as readProtobufSpan } from "./protobuf/span.ts";
import type { Result } from "./refusals.ts";
import { RequestSpans } from "./group/group-spans.ts";
import type { Revise } from "./group/group-spans.ts";
import type { DecodedRequest } from "./group/trace-group.ts";

/**
 * The spans of an ExportTraceServiceRequest, grouped by trace, in canonical form; the same from both encodings. `revise`
 * runs before facts are derived from a span.
 */
export function decodeTraces(bytes: Uint8Array, encoding: OtlpEncoding, revise?: Revise): Result<DecodedRequest> {
  const createVisitor = (decoding: Decoding) => new RequestSpans(encoding, decoding, revise);
  return encoding === "json"
    ? decodeJson(bytes, TRACES, createVisitor, readJsonSpan)
    : decodeProtobuf(bytes, TRACES, createVisitor, readProtobufSpan);
}
