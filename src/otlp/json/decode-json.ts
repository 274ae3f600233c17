import type { Result } from "../refusals/decode-error.ts";
import { JsonDecoding, type JsonObject } from "./json-decoding.ts";
import { readText } from "./json-scalars.ts";
import { readResource, readScope, readSpan } from "./json-span.ts";
import { decodeText, parseExactly, parseText } from "./json-text.ts";
import { rejectOtherSignals } from "../other-signal.ts";
import { RequestShards } from "../shards/request-shards.ts";
import type { Revise } from "../shards/request-shards.ts";
import type { DecodedRequest } from "../shards/shard.ts";

/** OTLP/JSON: the proto3 JSON mapping with OTLP's deviations (specification, "JSON Protobuf Encoding"). */
export function decodeJson(bytes: Uint8Array, revise?: Revise): Result<DecodedRequest> {
  return readJson(bytes, (parsed, decoding) => {
    const shards = new RequestShards("json", decoding, revise);
    const request = decoding.element("", parsed);
    if (request !== undefined) readRequest(decoding, shards, request);
    return shards;
  });
}

type Read<Request> = (parsed: unknown, decoding: JsonDecoding) => { close(): Request };

/** Parses a body and has it read: twice where `JSON.parse` would round its integers. */
export function readJson<Request>(bytes: Uint8Array, read: Read<Request>): Result<Request> {
  const decoded = decodeText(bytes);
  if (!decoded.ok) return decoded;
  const text = decoded.value;
  const surrogateEscapes = text.includes("\\u") && /\\u[dD]/.test(text);
  const decoding = new JsonDecoding({ exactIntegers: false, surrogateEscapes });
  const result = decodeParsed(parseText(text), decoding, read);
  if (!decoding.digitsLost) return result;
  return decodeParsed(parseExactly(text), new JsonDecoding({ exactIntegers: true, surrogateEscapes }), read);
}

function decodeParsed<Request>(parsed: Result<unknown>, decoding: JsonDecoding, read: Read<Request>): Result<Request> {
  if (!parsed.ok) return parsed;
  const shards = read(parsed.value, decoding);
  return decoding.refusal === undefined ? { ok: true, value: shards.close() } : { ok: false, error: decoding.refusal };
}

function readRequest(decoding: JsonDecoding, shards: RequestShards, request: JsonObject): void {
  const list = decoding.list("resourceSpans", request["resourceSpans"]);
  decoding.trail.enter("resourceSpans");
  for (let index = 0; index < list.length && !decoding.stopped; index++) {
    decoding.trail.item(index);
    const resourceSpans = decoding.element("", list[index]);
    if (resourceSpans !== undefined) readResourceSpans(decoding, shards, resourceSpans);
  }
  decoding.trail.leave();
  if (list.length === 0) rejectOtherSignals(shards, request);
}

function readResourceSpans(decoding: JsonDecoding, shards: RequestShards, input: JsonObject): void {
  decoding.begin();
  shards.enterResource(readResource(decoding, input["resource"]), readText(decoding, "schemaUrl", input["schemaUrl"]));
  const list = decoding.list("scopeSpans", input["scopeSpans"]);
  decoding.trail.enter("scopeSpans");
  for (let index = 0; index < list.length && !decoding.stopped; index++) {
    decoding.trail.item(index);
    const scopeSpans = decoding.element("", list[index]);
    if (scopeSpans !== undefined) readScopeSpans(decoding, shards, scopeSpans);
  }
  decoding.trail.leave();
}

function readScopeSpans(decoding: JsonDecoding, shards: RequestShards, input: JsonObject): void {
  decoding.begin();
  shards.enterScope(readScope(decoding, input["scope"]), readText(decoding, "schemaUrl", input["schemaUrl"]));
  const list = decoding.list("spans", input["spans"]);
  decoding.trail.enter("spans");
  for (let index = 0; index < list.length && !decoding.stopped; index++) {
    decoding.trail.item(index);
    const span = decoding.element("", list[index]);
    if (span === undefined) break;
    decoding.beginSpan();
    const read = readSpan(decoding, span);
    if (!decoding.stopped) shards.add(read);
    decoding.endSpan();
  }
  decoding.trail.leave();
}
