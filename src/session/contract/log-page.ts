/** What crosses between an object and the Worker that reads it for a viewer: pages on demand, frames as they happen. */
import type { Receipt } from "../../facts/delivery.ts";
import type { ChunkEncoding } from "../../lib/chunk-encoding.ts";
import type { Retention } from "./retention.ts";
import type { Continuation } from "../table/continuations.ts";
import type { QuerySummary, SessionSummary } from "../summary.ts";

/** Which chunks a viewer follows: all that the session shows, or the trace whose home the object is. */
export type View = "session" | "trace";

/** What a delivery brought: spans, or log records. */
export type ChunkEntry = {
  readonly kind: "spans" | "logs";
  readonly revision: number;
  readonly traceId: string;
  /** Its place in the trace's own order, which is the same wherever the trace is shown. */
  readonly traceRevision: number;
  /** Unix milliseconds. */
  readonly received: number;
  readonly receipt: Receipt;
  readonly encoding: ChunkEncoding;
  /** JSON text of an array of ResourceSpans, or of ResourceLogs. */
  readonly body: Uint8Array;
  /** Positions of spans that a better encoding has replaced since, as far as is read. */
  readonly superseded: readonly number[];
  /** Of those, what was beaten when it came: it never told anything. */
  readonly supersededOnArrival?: readonly number[];
  /** Spans that the log told of before, in an encoding that these replaced. */
  readonly continued?: readonly Continuation[];
  /** Hashes of the values that previews name. */
  readonly hashes: readonly string[];
};

/** The mark of a trace that left. */
export type TombstoneEntry = {
  readonly kind: "gone";
  readonly revision: number;
  readonly traceId: string;
  readonly session?: string;
};

export type LogEntry = ChunkEntry | TombstoneEntry;

export type Cursor = { readonly generation: string; readonly revision: number };

export type LogPage =
  /** Nothing was ever written, or it was forgotten. */
  | { readonly state: "absent" }
  /** Nothing is left: its traces went to these sessions. `gone`: their marks, to a viewer whose cursor is of this life of the log. */
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
      /** The asked cursor is of another life of the log, or past its head: the page begins at the beginning. */
      readonly reset: boolean;
      readonly entries: readonly LogEntry[];
      /** Where to go on reading; equals `head` when nothing is left. */
      readonly next: number;
      /** The last revision at which a trace left this view; 0 if none did. */
      readonly lastTombstone: number;
      /** On the page that reaches the head, unless that was given. */
      readonly summary?: SessionSummary;
      /** With the summary. */
      readonly retention?: Retention;
      /** Where they were asked for. */
      readonly queries?: readonly QuerySummary[];
      /** The deployment's own prices, as its setting says them. */
      readonly prices?: string;
      /** The session that the trace of a `trace` view is bound to. */
      readonly session?: string;
    };

/** A message to a subscriber's socket. A frame without an entry only moves the known head. */
export type Frame = {
  readonly generation: string;
  /** The revision that this view showed before; a viewer whose cursor is another one pulls. */
  readonly previous: number;
  readonly revision: number;
  readonly entry?: LogEntry;
};

/** A larger entry is announced, and pulled by each viewer at its own pace. */
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
