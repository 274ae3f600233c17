import { gzip } from "../../lib/body-codec.ts";
import { oneLine } from "../../lib/one-line.ts";
import type { ResourceLogs } from "../../otel/log-record.ts";
import type { ResourceSpans } from "../../otel/span.ts";
import { encodeLogs, encodeTraces } from "../../otlp/protobuf/encode.ts";
import { mediaTypeOf } from "../../otlp/media-type.ts";
import type { OtlpEncoding } from "../../otlp/media-type.ts";
import type { Signal } from "../../otlp/response.ts";
import { failureOf, isHtml } from "../http/answer-outcome.ts";
import { credentialsIn, withoutCredentials } from "../http/answer-text.ts";
import { failureText } from "../http/fetch-transport.ts";
import type { DeliveryOutcome, Sink, SinkAnswer } from "../sink.ts";
import { readPartialSuccess } from "./partial-success.ts";

/** Bytes of a request before compression: receivers' usual limit. */
export const MAX_REQUEST_BYTES = 4_000_000;

/** UTF-16 units of a receiver's message that are kept. */
const MAX_MESSAGE = 300;

/** The names of the instances that an export passed, separated by commas: a receiver that finds its own stops the loop. */
export const VIA_HEADER = "spanfold-via";

export type SignalBatch = {
  /** Spans, log records or data points. */
  readonly items: number;
  /** The instances that they passed, the first one first. */
  readonly via: readonly string[];
} & SignalContent;

export type SignalContent =
  | { readonly signal: "traces"; readonly resourceSpans: readonly ResourceSpans[] }
  | { readonly signal: "logs"; readonly resourceLogs: readonly ResourceLogs[] }
  /** A request as it came. */
  | { readonly signal: "metrics"; readonly encoding: OtlpEncoding; readonly body: Uint8Array<ArrayBuffer> };

const TRACES_PATH = /\/v1\/traces$/;

/** Where a signal goes: beside the endpoint of traces, as OTLP/HTTP has it. */
export function signalUrl(endpoint: string, signal: Signal): string {
  if (signal === "traces") return endpoint;
  const url = new URL(endpoint);
  url.pathname = url.pathname.replace(TRACES_PATH, `/v1/${signal}`);
  return url.href;
}

/** Whether the path says where other signals go. */
export function hasSignalPaths(endpoint: string): boolean {
  return TRACES_PATH.test(new URL(endpoint).pathname);
}

export type UpstreamTarget = {
  readonly url: string;
  readonly protocol: "http/protobuf" | "http/json";
  readonly compression: "gzip" | "none";
  readonly headers: Readonly<Record<string, string>>;
};

/** An OTLP/HTTP receiver of one signal. `self`: the name of this instance, for receivers of its own kind. */
export function otlpUpstream(target: UpstreamTarget, self: string): Sink<SignalBatch> {
  const credentials = credentialsIn(target.headers);
  return {
    async deliver(batch, transport, signal) {
      const { items, via } = batch;
      const isDivisible = items > 1 && batch.signal !== "metrics";
      let content: Encoded;
      try {
        content = encode(target, batch);
      } catch (error) {
        // One item is at fault: the others are sent in smaller batches.
        if (isDivisible) return { outcome: "split", reason: "the request can't be encoded" };
        throw error;
      }
      const { encoding, bytes: encoded } = content;
      if (encoded.length > MAX_REQUEST_BYTES && isDivisible)
        return { outcome: "split", reason: `the request would have ${encoded.length} bytes` };
      const isCompressed = target.compression === "gzip";
      const request = {
        url: target.url,
        headers: {
          ...target.headers,
          "content-type": mediaTypeOf(encoding),
          ...(isCompressed ? { "content-encoding": "gzip" } : {}),
          [VIA_HEADER]: [...via, self].join(","),
        },
        body: isCompressed ? new Uint8Array(gzip(encoded)) : encoded,
      };
      try {
        return outcomeOf(await transport(request, signal), items, Date.now(), credentials);
      } catch (error) {
        return { outcome: "retry", reason: failureText(error, request) + hintFor(request.url) };
      }
    },
  };
}

/** The port of OTLP/gRPC, whose receivers hang up on HTTP/1.1. */
const GRPC_PORT = "4317";

function hintFor(url: string): string {
  return new URL(url).port === GRPC_PORT ? ". Port 4317 is that of OTLP/gRPC: OTLP/HTTP has 4318" : "";
}

type Encoded = { readonly encoding: OtlpEncoding; readonly bytes: Uint8Array<ArrayBuffer> };

function encode({ protocol }: UpstreamTarget, content: SignalContent): Encoded {
  if (content.signal === "metrics") return { encoding: content.encoding, bytes: content.body };
  if (protocol === "http/protobuf") {
    const bytes = content.signal === "traces" ? encodeTraces(content.resourceSpans) : encodeLogs(content.resourceLogs);
    return { encoding: "protobuf", bytes };
  }
  const request =
    content.signal === "traces" ? { resourceSpans: content.resourceSpans } : { resourceLogs: content.resourceLogs };
  // Beside the preview of a value that was cut: not OTLP's.
  const text = JSON.stringify(request, (key, value: unknown) => (key === "offloaded" ? undefined : value));
  return { encoding: "json", bytes: new Uint8Array(new TextEncoder().encode(text)) };
}

/** Of a receiver that finds its own name in `spanfold-via` (HTTP 508, Loop Detected). */
const LOOP_STATUS = 508;

/** `items`: of the request. */
function outcomeOf(answer: SinkAnswer, items: number, now: number, credentials: readonly string[]): DeliveryOutcome {
  if (answer.status === LOOP_STATUS)
    return { outcome: "accepted", rejected: { items, reason: "a loop: the spans come from this receiver" } };
  const failure = failureOf(answer, now, credentials);
  if (failure !== undefined) return failure;
  if (isHtml(answer)) return { outcome: "refused", reason: "there is no OTLP endpoint: a web page answers" };
  const partial = readPartialSuccess(answer);
  if (partial === undefined) return { outcome: "accepted" };
  const reason = oneLine(withoutCredentials(partial.message, credentials), MAX_MESSAGE);
  return { outcome: "accepted", rejected: { items: partial.rejected, reason } };
}
