import { Context } from "hono";
import { keepLayouts } from "../../lib/kept-layouts.ts";
import { canonicalEvent, canonicalSpan } from "../../otlp/canonical.ts";
import type { Decoding } from "../../otlp/decoding.ts";
import { TRACES } from "../../otlp/envelope-visitor.ts";
import { encodeDelivery } from "../../otlp/group/encode-delivery.ts";
import { RequestSpans } from "../../otlp/group/group-spans.ts";
import { decodeJson } from "../../otlp/json/decode.ts";
import { readSpan as readJsonSpan } from "../../otlp/json/span.ts";
import type { DecodedRequest } from "../../otlp/group/trace-group.ts";
import type { OtlpEncoding } from "../../otlp/media-type.ts";
import { EXPORT_SECONDS, Pace } from "../../otlp/pace.ts";
import { PacedReader } from "../../otlp/paced-reader.ts";
import { decodeProtobuf } from "../../otlp/protobuf/decode.ts";
import { encodeTraces } from "../../otlp/protobuf/encode.ts";
import { readSpan as readProtobufSpan } from "../../otlp/protobuf/span.ts";
import type { Result } from "../../otlp/refusals.ts";
import { ProtobufWriter } from "../../otlp/response.ts";
import { Tallies } from "../../session/roll-up.ts";
import { bodies } from "./body-budget.ts";

const ID = "0123456789abcdef";
const START = "1700000000000000000";
const END = "1700000000500000000";

/** Values of each kind: an object of JSON has the layout of its keys. */
const ATTRIBUTES = [
  { key: "service.name", value: { stringValue: "agent" } },
  { key: "gen_ai.operation.name", value: { stringValue: "chat" } },
  { key: "gen_ai.usage.input_tokens", value: { intValue: "1" } },
  { key: "gen_ai.request.temperature", value: { doubleValue: 0.5 } },
  { key: "gen_ai.is_stream", value: { boolValue: true } },
  { key: "gen_ai.response.finish_reasons", value: { arrayValue: { values: [{ stringValue: "stop" }] } } },
];

/** Fields as SDKs write them. */
const SPAN = {
  traceId: ID + ID,
  spanId: ID,
  parentSpanId: ID,
  name: "chat",
  kind: 3,
  startTimeUnixNano: START,
  endTimeUnixNano: END,
  attributes: ATTRIBUTES,
  events: [{ timeUnixNano: START, name: "choice", attributes: ATTRIBUTES }],
  status: { code: 1 },
};

const FAILED = { ...SPAN, status: { message: "failed", code: 2 } };

const RESOURCE_SPANS = {
  resource: { attributes: ATTRIBUTES },
  scopeSpans: [{ scope: { name: "agent", version: "1" }, spans: [SPAN, FAILED] }],
};

/** Exports after which an isolate counts as busy: making the objects takes a new one 20 ms, before its first answer. */
const BUSY_EXPORTS = 200;

let exports = 0;

/** One more export: keeps the layouts once the isolate is busy. */
export function countExport(): void {
  exports++;
  if (exports === BUSY_EXPORTS) keepExportLayouts();
}

/**
 * Keeps the layouts of what each export makes and drops, in the Worker and in the object that stores it. Without them each full collection,
 * one in a thousand exports, dropped nearly all code on the path of an export: compiling it anew took a tenth of an export's time.
 */
function keepExportLayouts(): void {
  keepDecoders();
  keepSpans();
  keepRequest();
}

/** What decoders hold while they read, and what becomes of it up to the object. */
function keepDecoders(): void {
  const open = (encoding: OtlpEncoding) => (decoding: Decoding) => {
    const visitor = new RequestSpans(encoding, decoding);
    keepLayouts(decoding, visitor);
    return visitor;
  };
  const text = JSON.stringify({ resourceSpans: [RESOURCE_SPANS] });
  keepLayouts(JSON.parse(text) as object);
  keepRequestSpans(decodeJson(new TextEncoder().encode(text), TRACES, open("json"), readJsonSpan));
  const bytes = encodeTraces([RESOURCE_SPANS]);
  keepRequestSpans(decodeProtobuf(bytes, TRACES, open("protobuf"), readProtobufSpan));
}

function keepRequestSpans(decoded: Result<DecodedRequest>): void {
  keepLayouts(decoded);
  for (const group of decoded.ok ? decoded.value.groups : []) {
    const delivery = encodeDelivery(group);
    // The object gets a copy, whose layouts are its own.
    keepLayouts(delivery, structuredClone(delivery), new Tallies());
  }
}

/** Optional fields of spans. */
const PARENT = 1;
const FLAGS = 2;
const RUNNING = 4;
const ATTRIBUTED = 8;
const WITH_EVENTS = 16;
const STATUS = 32;
const MESSAGE = 64;
const ALL_COMBINATIONS = 128;

/** A span has the layout of the fields that it has. */
function keepSpans(): void {
  for (let fields = 0; fields < ALL_COMBINATIONS; fields++) {
    const has = (field: number): boolean => (fields & field) !== 0;
    const span = canonicalSpan({
      traceId: SPAN.traceId,
      spanId: SPAN.spanId,
      traceState: "",
      parentSpanId: has(PARENT) ? SPAN.parentSpanId : "",
      flags: has(FLAGS) ? 257 : 0,
      name: SPAN.name,
      kind: SPAN.kind,
      startTimeUnixNano: START,
      endTimeUnixNano: has(RUNNING) ? "" : END,
      attributes: has(ATTRIBUTED) ? ATTRIBUTES : [],
      droppedAttributesCount: 0,
      events: has(WITH_EVENTS) ? [canonicalEvent(START, "choice", ATTRIBUTES, 0)] : [],
      droppedEventsCount: 0,
      links: [],
      droppedLinksCount: 0,
      statusMessage: has(MESSAGE) ? "failed" : "",
      statusCode: has(STATUS) ? 1 : 0,
    });
    // As `JSON.parse` makes it.
    keepLayouts(span, JSON.parse(JSON.stringify(span)) as object);
  }
}

/** A request while it is read and answered. */
function keepRequest(): void {
  const context = new Context(new Request("http://localhost/v1/traces", { method: "POST" }));
  const pace = new Pace(EXPORT_SECONDS);
  const reader = new PacedReader(new ReadableStream(), pace, () => () => undefined);
  keepLayouts(context, context.req, context.var, bodies.open(), pace, reader, new ProtobufWriter());
}
