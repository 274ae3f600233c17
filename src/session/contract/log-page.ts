/** What a session's object sends to the Worker that serves a viewer: pages on request, frames as they happen. */
import type { Receipt } from "../../facts/delivery.ts";
import type { ChunkEncoding } from "../../lib/chunk-encoding.ts";
import type { Retention } from "./retention.ts";
import type { Continuation } from "../table/continuations.ts";
import type { QuerySummary, SessionSummary } from "../summary.ts";

/** Which chunks a viewer follows: those of the session, replicas included, or those of the trace that the object owns. */
export type View = "session" | "trace";

/** One delivery: spans or log records. */
export type ChunkEntry = {
  readonly kind: "spans" | "logs";
  readonly revision: number;
  readonly traceId: string;
  /** Revision in the trace's own order: the same at its owner and in every replica. */
  readonly traceRevision: number;
  /** Unix milliseconds. */
  readonly received: number;
  readonly receipt: Receipt;
  readonly encoding: ChunkEncoding;
  /** JSON text of an array of ResourceSpans, or of ResourceLogs. */
  readonly body: Uint8Array;
  /** Positions of span versions that were superseded, as far as the log was read. */
  readonly superseded: readonly number[];
  /** Of those, the versions that were already superseded on arrival: they never changed anything. */
  readonly supersededOnArrival?: readonly number[];
  /** Spans whose earlier version in the log these superseded. */
  readonly continued?: readonly Continuation[];
  /** If requested: the session names of its trace with their weights, best first. */
  readonly claims?: readonly string[];
  /** Hashes of offloaded values that the previews refer to. */
  readonly hashes: readonly string[];
};

/** Says that a trace was removed from this log. */
export type TombstoneEntry = {
  readonly kind: "gone";
  readonly revision: number;
  readonly traceId: string;
  readonly session?: string;
};

export type LogEntry = ChunkEntry | TombstoneEntry;

export type Cursor = { readonly generation: string; readonly revision: number };

export type LogPage =
  /** Never written, or deleted. */
  | { readonly state: "absent" }
  /** All of its traces moved to these sessions. `tombstones`: for a viewer whose cursor is of this generation of the log. */
  | {
      readonly state: "moved";
      readonly sessions: readonly string[];
      readonly tombstones: readonly TombstoneEntry[];
    }
  | {
      readonly state: "present";
      readonly generation: string;
      /** Last revision that this view shows. */
      readonly head: number;
      /** The requested cursor is of another generation of the log, or past its head: the page starts at the beginning. */
      readonly reset: boolean;
      readonly entries: readonly LogEntry[];
      /** Where to continue reading; equals `head` on the last page. */
      readonly next: number;
      /** Revision of the last removal of a trace from this view; 0 if there was none. */
      readonly lastTombstone: number;
      /** On the page that reaches the head, unless the request names a head. */
      readonly summary?: SessionSummary;
      /** With the summary. */
      readonly retention?: Retention;
      /** If requested. */
      readonly queries?: readonly QuerySummary[];
      /** The deployment's own prices: the text of its setting. */
      readonly prices?: string;
      /** The session that the trace of a `trace` view is bound to. */
      readonly session?: string;
    };

/** A message to a subscriber's socket. A frame without an entry only moves the known head. */
export type Frame = {
  readonly generation: string;
  /** The previous revision of this view. A viewer with another cursor reads pages instead. */
  readonly previous: number;
  readonly revision: number;
  readonly entry?: LogEntry;
};

/** A larger entry is only announced. Each viewer reads it at its own pace. */
export const FRAME_BYTES = 256_000;

/** Four bytes of header length, little-endian; the header as JSON; the entry's body. */
export function encodeFrame(frame: Frame): ArrayBuffer {
  const body = frame.entry === undefined || frame.entry.kind === "gone" ? new Uint8Array() : frame.entry.body;
  const fits = body.length <= FRAME_BYTES;
  const { entry, ...head } = frame;
  const header = new TextEncoder().encode(
    JSON.stringify(entry === undefined || !fits ? head : { ...head, entry: { ...entry, body: undefined } }),
  );
  const bytes = new Uint8Array(4 + header.length + (fits ? body.length : 0));
  new DataView(bytes.buffer).setUint32(0, header.length, true);
  bytes.set(header, 4);
  if (fits) bytes.set(body, 4 + header.length);
  return bytes.buffer;
}

export function decodeFrame(message: ArrayBuffer): Frame {
  const length = new DataView(message).getUint32(0, true);
  const frame = JSON.parse(new TextDecoder().decode(new Uint8Array(message, 4, length))) as Frame;
  if (frame.entry === undefined || frame.entry.kind === "gone") return frame;
  return { ...frame, entry: { ...frame.entry, body: new Uint8Array(message, 4 + length) } };
}

/** Bytes of text in one page, once inflated: bounds what the Worker holds for a viewer. */
export const PAGE_BYTES = 1_000_000;
