import type { ChunkEncoding } from "../lib/chunk-encoding.ts";

/** What crosses between the Worker and the objects. One union for each conversation; bytes stay opaque to objects. */

/** How a request's spans or log records came: kept with the chunk and shown as "what arrived last". */
export type Receipt = {
  readonly encoding: "json" | "protobuf";
  readonly service?: string;
  readonly spans: number;
  /** Log records, where it is these that came. */
  readonly records?: number;
  /** Spans, or log records, of this trace in the same request that were refused, and why (English, names the field). */
  readonly rejected?: { readonly spans: number; readonly reason: string };
};

/** The JSON text of one AnyValue, by the hash under which previews name it. */
export type OffloadedValue = { readonly hash: string; readonly encoding: ChunkEncoding; readonly body: Uint8Array };

/** The spans, or the log records, of one trace out of one request: admitted whole or not at all. */
export type Delivery = {
  readonly kind: "spans" | "logs";
  readonly traceId: string;
  /** Number of spans, or of log records, in body and facts. */
  readonly spans: number;
  readonly facts: string;
  readonly encoding: ChunkEncoding;
  /** The JSON text of an array of canonical ResourceSpans or ResourceLogs, compressed as `encoding` says. */
  readonly body: Uint8Array;
  readonly values: readonly OffloadedValue[];
  readonly receipt: Receipt;
};

export type AppendOutcome =
  | { readonly outcome: "appended" }
  /** Every log record is known; every span is, or is beaten by a better encoding of itself. */
  | { readonly outcome: "known" }
  /** Nothing was stored; send again without these positions (ascending, in the delivery's order). */
  | { readonly outcome: "partly-known"; readonly known: readonly number[] }
  /** The session is at a ceiling. */
  | { readonly outcome: "full"; readonly reason: string }
  /** A fault of ours that would come again; the log has the reference too. */
  | { readonly outcome: "fault"; readonly reference: string };
