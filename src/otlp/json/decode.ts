import type { Gathering, Signal } from "../envelope-visitor.ts";
import { rejectOtherSignals } from "../envelope-visitor.ts";
import type { Result } from "../refusals.ts";
import { JsonDecoding, type JsonObject, readText } from "./scalars.ts";
import { readResource, readScope } from "./span.ts";
import { decodeText, parseExactly, parseText } from "./text.ts";

type Gather<Item, Decoded> = (decoding: JsonDecoding) => Gathering<Item, Decoded>;
/** Reads one item of the signal: a span, or a log record. */
type Read<Item> = (decoding: JsonDecoding, input: JsonObject) => Item;

/**
 * OTLP/JSON: the proto3 JSON mapping with OTLP's deviations (specification, "JSON Protobuf Encoding"). A body is read
 * twice where `JSON.parse` would round its integers.
 */
export function decodeJson<Item, Decoded>(
  bytes: Uint8Array,
  signal: Signal,
  gather: Gather<Item, Decoded>,
  read: Read<Item>,
): Result<Decoded> {
  const decoded = decodeText(bytes);
  if (!decoded.ok) return decoded;
  const text = decoded.value;
  const surrogateEscapes = text.includes("\\u") && /\\u[dD]/.test(text);
  const decoding = new JsonDecoding({ exactIntegers: false, surrogateEscapes });
  const result = decodeParsed(parseText(text), decoding, signal, gather(decoding), read);
  if (!decoding.digitsLost) return result;
  const exact = new JsonDecoding({ exactIntegers: true, surrogateEscapes });
  return decodeParsed(parseExactly(text), exact, signal, gather(exact), read);
}

function decodeParsed<Item, Decoded>(
  parsed: Result<unknown>,
  decoding: JsonDecoding,
  signal: Signal,
  gathering: Gathering<Item, Decoded>,
  read: Read<Item>,
): Result<Decoded> {
  if (!parsed.ok) return parsed;
  const request = decoding.element("", parsed.value);
  if (request !== undefined) readRequest(decoding, signal, gathering, read, request);
  return decoding.refusal === undefined
    ? { ok: true, value: gathering.close() }
    : { ok: false, error: decoding.refusal };
}

function readRequest<Item>(
  decoding: JsonDecoding,
  signal: Signal,
  gathering: Gathering<Item, unknown>,
  read: Read<Item>,
  request: JsonObject,
): void {
  const list = decoding.list(signal.resources, request[signal.resources]);
  decoding.trail.enter(signal.resources);
  for (let index = 0; index < list.length && !decoding.stopped; index++) {
    decoding.trail.item(index);
    const ofResource = decoding.element("", list[index]);
    if (ofResource !== undefined) readItemsOfResource(decoding, signal, gathering, read, ofResource);
  }
  decoding.trail.leave();
  if (list.length === 0) rejectOtherSignals(signal, gathering, request);
}

function readItemsOfResource<Item>(
  decoding: JsonDecoding,
  signal: Signal,
  gathering: Gathering<Item, unknown>,
  read: Read<Item>,
  input: JsonObject,
): void {
  decoding.begin();
  const resource = readResource(decoding, input["resource"]);
  gathering.enterResource(resource, readText(decoding, "schemaUrl", input["schemaUrl"]));
  const list = decoding.list(signal.scopes, input[signal.scopes]);
  decoding.trail.enter(signal.scopes);
  for (let index = 0; index < list.length && !decoding.stopped; index++) {
    decoding.trail.item(index);
    const ofScope = decoding.element("", list[index]);
    if (ofScope !== undefined) readItemsOfScope(decoding, signal, gathering, read, ofScope);
  }
  decoding.trail.leave();
}

function readItemsOfScope<Item>(
  decoding: JsonDecoding,
  signal: Signal,
  gathering: Gathering<Item, unknown>,
  read: Read<Item>,
  input: JsonObject,
): void {
  decoding.begin();
  const scope = readScope(decoding, input["scope"]);
  gathering.enterScope(scope, readText(decoding, "schemaUrl", input["schemaUrl"]));
  const list = decoding.list(signal.items, input[signal.items]);
  decoding.trail.enter(signal.items);
  for (let index = 0; index < list.length && !decoding.stopped; index++) {
    decoding.trail.item(index);
    const item = decoding.element("", list[index]);
    if (item === undefined) break;
    decoding.beginSpan();
    const taken = read(decoding, item);
    if (!decoding.stopped) gathering.add(taken);
    decoding.endSpan();
  }
  decoding.trail.leave();
}
