import type { EnvelopeVisitor, SignalFields } from "../envelope-visitor.ts";
import { rejectOtherSignals } from "../envelope-visitor.ts";
import type { Result } from "../refusals.ts";
import { JsonDecoding, type JsonObject, readText } from "./scalars.ts";
import { readResource, readScope } from "./span.ts";
import { decodeText, parseExactly, parseText } from "./text.ts";

type CreateVisitor<Item, Decoded> = (decoding: JsonDecoding) => EnvelopeVisitor<Item, Decoded>;
/** Reads one item of the signal: a span, or a log record. */
type ReadItem<Item> = (decoding: JsonDecoding, input: JsonObject) => Item;

/**
 * OTLP/JSON: the proto3 JSON mapping with OTLP's deviations (specification, "JSON Protobuf Encoding"). A body is parsed
 * twice if `JSON.parse` rounded one of its integers.
 */
export function decodeJson<Item, Decoded>(
  bytes: Uint8Array,
  signal: SignalFields,
  createVisitor: CreateVisitor<Item, Decoded>,
  read: ReadItem<Item>,
): Result<Decoded> {
  const decoded = decodeText(bytes);
  if (!decoded.ok) return decoded;
  const text = decoded.value;
  const surrogateEscapes = text.includes("\\u") && /\\u[dD]/.test(text);
  const decoding = new JsonDecoding({ exactIntegers: false, surrogateEscapes });
  const result = decodeParsed(parseText(text), decoding, signal, createVisitor(decoding), read);
  if (!decoding.digitsLost) return result;
  const exact = new JsonDecoding({ exactIntegers: true, surrogateEscapes });
  return decodeParsed(parseExactly(text), exact, signal, createVisitor(exact), read);
}

function decodeParsed<Item, Decoded>(
  parsed: Result<unknown>,
  decoding: JsonDecoding,
  signal: SignalFields,
  visitor: EnvelopeVisitor<Item, Decoded>,
  read: ReadItem<Item>,
): Result<Decoded> {
  if (!parsed.ok) return parsed;
  const request = decoding.element("", parsed.value);
  if (request !== undefined) readRequest(decoding, signal, visitor, read, request);
  return decoding.refusal === undefined ? { ok: true, value: visitor.close() } : { ok: false, error: decoding.refusal };
}

function readRequest<Item>(
  decoding: JsonDecoding,
  signal: SignalFields,
  visitor: EnvelopeVisitor<Item, unknown>,
  read: ReadItem<Item>,
  request: JsonObject,
): void {
  const list = decoding.list(signal.resources, request[signal.resources]);
  decoding.trail.enter(signal.resources);
  for (let index = 0; index < list.length && !decoding.stopped; index++) {
    decoding.trail.item(index);
    const ofResource = decoding.element("", list[index]);
    if (ofResource !== undefined) readItemsOfResource(decoding, signal, visitor, read, ofResource);
  }
  decoding.trail.leave();
  if (list.length === 0) rejectOtherSignals(signal, visitor, request);
}

function readItemsOfResource<Item>(
  decoding: JsonDecoding,
  signal: SignalFields,
  visitor: EnvelopeVisitor<Item, unknown>,
  read: ReadItem<Item>,
  input: JsonObject,
): void {
  decoding.begin();
  const resource = readResource(decoding, input["resource"]);
  visitor.enterResource(resource, readText(decoding, "schemaUrl", input["schemaUrl"]));
  const list = decoding.list(signal.scopes, input[signal.scopes]);
  decoding.trail.enter(signal.scopes);
  for (let index = 0; index < list.length && !decoding.stopped; index++) {
    decoding.trail.item(index);
    const ofScope = decoding.element("", list[index]);
    if (ofScope !== undefined) readItemsOfScope(decoding, signal, visitor, read, ofScope);
  }
  decoding.trail.leave();
}

function readItemsOfScope<Item>(
  decoding: JsonDecoding,
  signal: SignalFields,
  visitor: EnvelopeVisitor<Item, unknown>,
  read: ReadItem<Item>,
  input: JsonObject,
): void {
  decoding.begin();
  const scope = readScope(decoding, input["scope"]);
  visitor.enterScope(scope, readText(decoding, "schemaUrl", input["schemaUrl"]));
  const list = decoding.list(signal.items, input[signal.items]);
  decoding.trail.enter(signal.items);
  for (let index = 0; index < list.length && !decoding.stopped; index++) {
    decoding.trail.item(index);
    const item = decoding.element("", list[index]);
    if (item === undefined) break;
    decoding.beginSpan();
    const taken = read(decoding, item);
    if (!decoding.stopped) visitor.add(taken);
    decoding.endSpan();
  }
  decoding.trail.leave();
}
