import { statusOf, type Result } from "../../src/otlp/refusals.ts";
import { decodeTraces } from "../../src/otlp/decode-traces.ts";
import { encodeDelivery } from "../../src/otlp/group/encode-delivery.ts";
import { inflate } from "../../src/lib/body-codec.ts";
import type { DecodedRequest } from "../../src/otlp/group/trace-group.ts";
import type { Delivery } from "../../src/facts/delivery.ts";
import type { ChunkEncoding } from "../../src/lib/chunk-encoding.ts";
import type { ResourceSpans, Span } from "../../src/otel/span.ts";

export const TRACE = "5b8efff798038103d269b633813fc60c";

/** A span as an exporter sends it, with a test's own fields. */
export function span(fields: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    traceId: TRACE,
    spanId: "eee19b7ec3c1b174",
    name: "chat",
    kind: 1,
    startTimeUnixNano: "1795262400000000000",
    endTimeUnixNano: "1795262400001000000",
    ...fields,
  };
}

export function request(...spans: unknown[]): unknown {
  return { resourceSpans: [{ scopeSpans: [{ spans }] }] };
}

export function decodeJson(body: unknown): Result<DecodedRequest> {
  return decodeTraces(jsonBytes(body), "json");
}

export function jsonBytes(body: unknown): Uint8Array {
  return new TextEncoder().encode(typeof body === "string" ? body : JSON.stringify(body));
}

/** `accepted 2, rejected 1: …` or `400 …`: the answer to the sender on one line. */
export function outcomeOf(result: Result<DecodedRequest>): string {
  if (!result.ok) {
    const { http, message } = statusOf(result.error);
    return `${http} ${message}`;
  }
  const { spans, rejected } = result.value;
  return `accepted ${spans}${rejected.count === 0 ? "" : `, rejected ${rejected.count}: ${rejected.reason}`}`;
}

/** The deliveries of a request to the log. */
export function deliveriesOf(result: Result<DecodedRequest>): Delivery[] {
  if (!result.ok) throw new Error(outcomeOf(result));
  return result.value.groups.map((group) => encodeDelivery(group));
}

export function textOf({ encoding, body }: { readonly encoding: ChunkEncoding; readonly body: Uint8Array }): string {
  return new TextDecoder("utf-8", { fatal: true }).decode(inflate(encoding, body));
}

export function resourceSpansOf(delivery: Delivery): ResourceSpans[] {
  return JSON.parse(textOf(delivery));
}

/** All spans of a request, in the order of the log. */
export function spansOf(result: Result<DecodedRequest>): Span[] {
  return deliveriesOf(result).flatMap((delivery) =>
    resourceSpansOf(delivery).flatMap(({ scopeSpans = [] }) => scopeSpans.flatMap(({ spans = [] }) => spans)),
  );
}

/** The JSON text of the only span, or the outcome if it was rejected. */
export function canonicalText(result: Result<DecodedRequest>): string {
  const [only] = result.ok ? result.value.groups : [];
  return only?.resources[0]?.scopes[0]?.items[0]?.text ?? outcomeOf(result);
}
