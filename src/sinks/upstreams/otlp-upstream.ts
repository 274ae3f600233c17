import { gzip } from "../../lib/body-codec.ts";
import type { ResourceSpans } from "../../otel/span.ts";
import { encodeTraces } from "../../otlp/protobuf/encode.ts";
import { failureOf, isHtml } from "../http/answer-outcome.ts";
import { failureText } from "../http/fetch-transport.ts";
import type { DeliveryOutcome, Sink, SinkAnswer } from "../sink.ts";
import { readPartialSuccess } from "./partial-success.ts";

/** Bytes of a request before compression: receivers' usual limit. */
export const MAX_REQUEST_BYTES = 4_000_000;

/** The names of the instances that an export passed, separated by commas: a receiver that finds its own stops the loop. */
export const VIA_HEADER = "spanfold-via";

export type TraceBatch = {
  readonly spans: number;
  readonly resourceSpans: readonly ResourceSpans[];
  /** The instances that the spans passed, the first one first. */
  readonly via: readonly string[];
};

export type UpstreamTarget = {
  readonly url: string;
  readonly protocol: "http/protobuf" | "http/json";
  readonly compression: "gzip" | "none";
  readonly headers: Readonly<Record<string, string>>;
};

/** An OTLP/HTTP receiver of traces. `self`: the name of this instance, for receivers of its own kind. */
export function otlpUpstream(target: UpstreamTarget, self: string): Sink<TraceBatch> {
  return {
    async deliver({ spans, resourceSpans, via }, transport, signal) {
      const encoded = encode(target, resourceSpans);
      if (encoded.length > MAX_REQUEST_BYTES && spans > 1)
        return { outcome: "split", reason: `the request would have ${encoded.length} bytes` };
      const isCompressed = target.compression === "gzip";
      const request = {
        url: target.url,
        headers: {
          ...target.headers,
          "content-type": target.protocol === "http/json" ? "application/json" : "application/x-protobuf",
          ...(isCompressed ? { "content-encoding": "gzip" } : {}),
          [VIA_HEADER]: [...via, self].join(","),
        },
        body: isCompressed ? new Uint8Array(gzip(encoded)) : encoded,
      };
      try {
        return outcomeOf(await transport(request, signal), spans, Date.now());
      } catch (error) {
        return { outcome: "retry", reason: failureText(error, request) };
      }
    },
  };
}

function encode({ protocol }: UpstreamTarget, resourceSpans: readonly ResourceSpans[]): Uint8Array<ArrayBuffer> {
  if (protocol === "http/protobuf") return encodeTraces(resourceSpans);
  // Beside the preview of a value that was cut: not OTLP's.
  const text = JSON.stringify({ resourceSpans }, (key, value: unknown) => (key === "offloaded" ? undefined : value));
  return new Uint8Array(new TextEncoder().encode(text));
}

/** Of a receiver that finds its own name in `spanfold-via` (HTTP 508, Loop Detected). */
const LOOP_STATUS = 508;

function outcomeOf(answer: SinkAnswer, spans: number, now: number): DeliveryOutcome {
  if (answer.status === LOOP_STATUS)
    return { outcome: "accepted", rejected: { items: spans, reason: "a loop: the spans come from this receiver" } };
  const failure = failureOf(answer, now);
  if (failure !== undefined) return failure;
  if (isHtml(answer)) return { outcome: "refused", reason: "there is no OTLP endpoint: a web page answers" };
  const partial = readPartialSuccess(answer);
  if (partial === undefined) return { outcome: "accepted" };
  return { outcome: "accepted", rejected: { items: partial.rejected, reason: partial.message } };
}
