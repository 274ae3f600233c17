import type { OtlpEncoding } from "./media-type.ts";

export const SIGNALS = ["traces", "logs", "metrics"] as const;
export type Signal = (typeof SIGNALS)[number];

/** Content of a partial success: the number of rejected items, and the reason in English. */
export type PartialSuccess = { readonly rejected: number; readonly message: string };

/** The name of field 1 of each signal's partial success; field 2 is `error_message`. */
const REJECTED = { traces: "rejectedSpans", logs: "rejectedLogRecords", metrics: "rejectedDataPoints" } as const;

/** Characters. Far below the 4 MiB of a response that clients should read (OTLP/HTTP Response). */
const MAX_MESSAGE = 2_000;

/**
 * Export…ServiceResponse: on full success the partial success is left unset, which is `{}` in JSON and no bytes at all
 * in protobuf (OTLP/HTTP Response, Full Success).
 */
export function encodeSuccess(
  signal: Signal,
  encoding: OtlpEncoding,
  partial: PartialSuccess | undefined,
): Uint8Array<ArrayBuffer> {
  if (encoding === "json") {
    if (partial === undefined) return json({});
    const errorMessage = partial.message.slice(0, MAX_MESSAGE);
    return json({ partialSuccess: { [REJECTED[signal]]: String(partial.rejected), errorMessage } });
  }
  const response = new ProtobufWriter();
  if (partial === undefined) return response.finish();
  const message = new ProtobufWriter();
  if (partial.rejected > 0) message.varint(1, partial.rejected);
  message.string(2, partial.message.slice(0, MAX_MESSAGE));
  return response.bytes(1, message.finish()).finish();
}

/** google.rpc.Code of an HTTP status, by the comments of google.rpc.Code. 408 is missing there: DEADLINE_EXCEEDED. */
export function codeOf(http: number): number {
  if (http === 401) return 16;
  if (http === 403) return 7;
  if (http === 404) return 5;
  if (http === 408) return 4;
  if (http === 413 || http === 429) return 8;
  if (http === 405 || http === 501) return 12;
  if (http === 502 || http === 503 || http === 504) return 14;
  return http < 500 ? 3 : 13;
}

/** A refusal of an export. `field`: the faulty part of the request, which becomes google.rpc.BadRequest. */
export type StatusParts = { readonly code: number; readonly message: string; readonly field?: string };

/** google.rpc.Status: every refusal carries it in the request's encoding (OTLP/HTTP Response, Failures). */
export function encodeStatus(encoding: OtlpEncoding, { code, message, field }: StatusParts): Uint8Array<ArrayBuffer> {
  const said = statusMessage(message);
  if (encoding === "protobuf") return protobufStatus({ code, message, ...(field === undefined ? {} : { field }) });
  if (field === undefined) return json({ code, message: said });
  const fieldViolations = [{ field, description: said }];
  return json({ code, message: said, details: [{ "@type": BAD_REQUEST, fieldViolations }] });
}

/**
 * google.rpc.Status in protobuf. `retrySeconds` becomes google.rpc.RetryInfo: gRPC has no Retry-After, and exporters repeat a call
 * that failed with RESOURCE_EXHAUSTED only with it (OTLP/gRPC Throttling).
 */
export function protobufStatus(parts: StatusParts & { readonly retrySeconds?: number }): Uint8Array<ArrayBuffer> {
  const { code, message, field, retrySeconds } = parts;
  const said = statusMessage(message);
  const status = new ProtobufWriter().varint(1, code).string(2, said);
  if (field !== undefined) {
    const violation = new ProtobufWriter().string(1, field).string(2, said).finish();
    const badRequest = new ProtobufWriter().bytes(1, violation).finish();
    status.bytes(3, new ProtobufWriter().string(1, BAD_REQUEST).bytes(2, badRequest).finish());
  }
  if (retrySeconds !== undefined) {
    const delay = new ProtobufWriter().varint(1, retrySeconds).finish();
    const retryInfo = new ProtobufWriter().bytes(1, delay).finish();
    status.bytes(3, new ProtobufWriter().string(1, RETRY_INFO).bytes(2, retryInfo).finish());
  }
  return status.finish();
}

/** The part of a message that a status has room for. */
export function statusMessage(message: string): string {
  return message.slice(0, MAX_MESSAGE);
}

const RETRY_INFO = "type.googleapis.com/google.rpc.RetryInfo";
const BAD_REQUEST = "type.googleapis.com/google.rpc.BadRequest";

function json(message: object): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new TextEncoder().encode(JSON.stringify(message)));
}

/** Writes the few small messages of a receiver's responses. The caller omits defaults. */
export class ProtobufWriter {
  readonly #bytes: number[] = [];

  varint(field: number, value: number): this {
    this.#number(field << 3);
    this.#number(value);
    return this;
  }

  string(field: number, text: string): this {
    return this.bytes(field, new TextEncoder().encode(text));
  }

  bytes(field: number, bytes: Uint8Array): this {
    this.#number((field << 3) | 2);
    this.#number(bytes.length);
    for (const byte of bytes) this.#bytes.push(byte);
    return this;
  }

  finish(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#bytes);
  }

  /** Any integer from 0 to 2^53. */
  #number(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes.push((rest % 0x80) | 0x80);
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes.push(rest);
  }
}
