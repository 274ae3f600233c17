import { randomBytes } from "node:crypto";
import type { OtlpEncoding } from "../../src/otlp/media-type.ts";
import { encodeProtobuf } from "./encode-protobuf.ts";
import { realisticRequest } from "./realistic-spans.ts";
import { requestHead } from "./connection.ts";

export type BatchShape = {
  readonly encoding: OtlpEncoding;
  readonly spans: number;
  readonly traces: number;
  /** Whether each span names a session. */
  readonly session: boolean;
};

/** As long as a UUID. */
const SESSION_DIGITS = 36;
const PLACEHOLDER = "s".repeat(SESSION_DIGITS);
/** The ids of tools' calls: `call_` and hex digits. */
const CALL = "call_";
const CALL_DIGITS = 24;
const CALL_ID = /call_[0-9a-f]{24}/g;
/** Bytes of randomness that are made at a time: each call for some has its price. */
const RANDOM_BYTES = 65_536;

/**
 * One prebuilt POST, body included, whose ids are written in place: new spans cost microseconds, so that the load is no
 * bottleneck. Not to be changed while it is on its way.
 */
export class Batch {
  readonly request: Buffer;
  readonly bodyBytes: number;
  readonly spans: number;
  readonly #encoding: OtlpEncoding;
  readonly #spanIds: readonly (readonly number[])[];
  readonly #traceIds: readonly (readonly number[])[];
  readonly #sessions: readonly number[];
  /** Where the digits of each call's id stand. */
  readonly #calls: readonly (readonly number[])[];
  #random: Buffer = Buffer.alloc(0);
  #used = 0;
  #digits: Buffer = Buffer.alloc(0);
  #usedDigits = 0;

  constructor(shape: BatchShape, path = "/v1/traces", seed = 1, host = "localhost") {
    const { encoding, spans, traces } = shape;
    const request = realisticRequest({ spans, traces, seed, ...(shape.session ? { session: PLACEHOLDER } : {}) });
    const body = encoding === "json" ? Buffer.from(JSON.stringify(request)) : encodeProtobuf(request);
    const all = request.resourceSpans.flatMap(
      (resource) => resource.scopeSpans?.flatMap(({ spans: of }) => of ?? []) ?? [],
    );
    const type = encoding === "json" ? "application/json" : "application/x-protobuf";
    const head = requestHead(path, type, body.length, "", { host });
    this.#encoding = encoding;
    this.request = Buffer.concat([head, body]);
    this.bodyBytes = body.length;
    this.spans = spans;
    this.#spanIds = all.map(({ spanId }) => this.#places(spanId));
    this.#traceIds = Array.from(new Set(all.map(({ traceId }) => traceId)), (traceId) => this.#places(traceId));
    const calls = new Set(JSON.stringify(request).match(CALL_ID));
    this.#calls = Array.from(calls, (id) =>
      placesOf(this.request, Buffer.from(id, "latin1")).map((at) => at + CALL.length),
    );
    this.#sessions = shape.session ? placesOf(this.request, Buffer.from(PLACEHOLDER, "latin1")) : [];
  }

  get body(): Buffer {
    return this.request.subarray(this.request.length - this.bodyBytes);
  }

  get traces(): number {
    return this.#traceIds.length;
  }

  /** Gives every span an id that was never sent, here and where it is a parent, and every call too: a call with a known id is that one again. */
  renewSpans(): void {
    const length = this.#encoding === "json" ? 16 : 8;
    for (const places of this.#spanIds) {
      if (this.#used + length > this.#random.length) {
        this.#random = this.#written(randomBytes(RANDOM_BYTES));
        this.#used = 0;
      }
      this.#write(places, this.#random, this.#used, length);
      this.#used += length;
    }
    for (const places of this.#calls) {
      if (this.#usedDigits + CALL_DIGITS > this.#digits.length) {
        this.#digits = Buffer.from(randomBytes(RANDOM_BYTES).toString("hex"), "latin1");
        this.#usedDigits = 0;
      }
      this.#write(places, this.#digits, this.#usedDigits, CALL_DIGITS);
      this.#usedDigits += CALL_DIGITS;
    }
  }

  /** As 16 hex digits, whatever the encoding. */
  get firstSpanId(): string {
    const at = this.#spanIds[0]?.[0] ?? 0;
    return this.#encoding === "json"
      ? this.request.toString("latin1", at, at + 16)
      : this.request.toString("hex", at, at + 8);
  }

  /** The spans are of these traces from now on; 16 bytes each. */
  setTraces(ids: readonly Buffer[]): void {
    ids.forEach((id, at) => {
      const written = this.#written(id);
      this.#write(this.#traceIds[at] ?? [], written, 0, written.length);
    });
  }

  setSession(id: string): void {
    const bytes = Buffer.from(id, "latin1");
    for (const place of this.#sessions) bytes.copy(this.request, place);
  }

  #places(id: string): readonly number[] {
    return placesOf(this.request, this.#written(Buffer.from(id, "hex")));
  }

  #write(places: readonly number[], source: Buffer, from: number, length: number): void {
    const { request } = this;
    for (const place of places) for (let at = 0; at < length; at++) request[place + at] = source[from + at] ?? 0;
  }

  /** Ids as they stand in the body. */
  #written(ids: Buffer): Buffer {
    return this.#encoding === "json" ? Buffer.from(ids.toString("hex"), "latin1") : ids;
  }
}

export function newTraceId(): Buffer {
  return randomBytes(16);
}

export function newSessionId(): string {
  return crypto.randomUUID();
}

function placesOf(buffer: Buffer, marker: Buffer): readonly number[] {
  const places: number[] = [];
  for (let at = buffer.indexOf(marker); at >= 0; at = buffer.indexOf(marker, at + marker.length)) places.push(at);
  return places;
}
