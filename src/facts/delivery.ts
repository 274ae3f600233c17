import type { ChunkEncoding } from "../lib/chunk-encoding.ts";

/** The types that the Worker and the objects exchange. Bytes stay opaque to objects. */

/** How a request delivered its spans or log records. Stored with the chunk. */
export type Receipt = {
  readonly encoding: "json" | "protobuf";
  readonly service?: string;
  readonly spans: number;
  /** Number of log records, if the request had log records. */
  readonly records?: number;
  /** Spans or log records of this trace that were rejected from the same request, and the reason (English, names the field). */
  readonly rejected?: { readonly spans: number; readonly reason: string };
  /** It came in a file of an import: nothing in it is news. */
  readonly isImported?: true;
  /** The names of the instances of this program that forwarded the spans, the first one first. */
  readonly via?: readonly string[];
};

/** The JSON text of one AnyValue. Previews refer to it by its hash. */
export type OffloadedValue = { readonly hash: string; readonly encoding: ChunkEncoding; readonly body: Uint8Array };

/** The spans or log records of one trace from one request: admitted whole or not at all. */
export type Delivery = {
  readonly kind: "spans" | "logs";
  readonly traceId: string;
  /** Number of spans or log records in body and facts. */
  readonly spans: number;
  readonly facts: string;
  readonly encoding: ChunkEncoding;
  /** JSON text of an array of canonical ResourceSpans or ResourceLogs, compressed as in `encoding`. */
  readonly body: Uint8Array;
  readonly values: readonly OffloadedValue[];
  readonly receipt: Receipt;
};

export type AppendOutcome =
  /** `wrote`: from when to when, in Unix milliseconds of the object's clock, if the trace of the call is recorded. */
  | { readonly outcome: "appended"; readonly wrote?: readonly [start: number, end: number] }
  /** Every log record is known. Every span is known or superseded by another version. */
  | { readonly outcome: "known" }
  /** Nothing was stored. Send again without these positions (ascending, in the delivery's order). */
  | { readonly outcome: "partly-known"; readonly known: readonly number[] }
  /** The session has reached a size limit. */
  | { readonly outcome: "full"; readonly reason: string }
  /** A transient fault. Nothing was stored: send it again. */
  | { readonly outcome: "failed"; readonly reason: string }
  /** The object does not hold the log of this trace. `move`: its own object does, since this move; without it, its shard. */
  | { readonly outcome: "elsewhere"; readonly move?: number }
  /** A fault of this program that would recur. The program's log has the reference too. */
  | { readonly outcome: "fault"; readonly reference: string };
