/** The outbox of a trace, between its owner and the Worker that delivers. Revisions are the trace's own. */
import type { ChunkEntry } from "./log-page.ts";
import type { ValueReader } from "./log-reader.ts";

/** A run begins no request after this time, and the next run goes on. */
export const SENDING_MILLIS = 20_000;
/** The longest time limit of one request. */
export const LONGEST_TIMEOUT_MILLIS = 60_000;
/** A run that did not end after this time counts as lost, and another one begins: later than the end of its last request. */
export const LOST_RUN_MILLIS = 90_000;

/** Failed attempts in a row. */
export type Failures = {
  readonly attempts: number;
  /** When the first of them was, Unix milliseconds; 0 without one. */
  readonly failingSince: number;
};

/** `dueAt`: of the next attempt, Unix milliseconds. */
export type NextTry = Failures & { readonly dueAt: number };

/** How far one sink is with one trace. */
export type OutboxRow = NextTry & {
  readonly sink: string;
  /** When the upstream was made, Unix milliseconds: another one of its name begins anew. Absent in rows of 0.2.0. */
  readonly since?: number;
  /** The sink's rule by which `matched` and `scanned` hold. */
  readonly rule: string;
  readonly matched: boolean;
  /** The last revision in which a match was looked for. */
  readonly scanned: number;
  /** The last revision that the sink has whole, or that was parked. */
  readonly delivered: number;
  /** Spans of the revision after it, by position, that the sink has too: one delivery may take several runs. */
  readonly position: number;
};

export type OutboxPage =
  /** There is no trace here, or another run delivers it. */
  | { readonly state: "absent" | "busy" }
  /** `run`: its number. `head`: the last revision. `newest`: when its last delivery was received, Unix milliseconds. */
  | {
      readonly state: "present";
      readonly run: number;
      readonly head: number;
      readonly newest: number;
      readonly rows: readonly OutboxRow[];
    };

/** `superseded`: positions of versions that a better one had superseded before they came. */
export type OwnedChunk = Pick<ChunkEntry, "kind" | "traceRevision" | "encoding" | "body" | "superseded"> & {
  readonly via: readonly string[];
};

export type CursorMoves = {
  readonly run: number;
  readonly rows: readonly OutboxRow[];
  /** Sinks that are no more. */
  readonly dropped: readonly string[];
  /** Ends the run: everything up to this revision was looked at. */
  readonly end?: { readonly head: number };
};

/** The owner of a trace, for a run that delivers it. The object's stub implements it. */
export type Outbox = ValueReader & {
  /** Begins a run. */
  openOutbox(traceId: string): Promise<OutboxPage>;
  /** Deliveries after a revision: one at least if one is left, then up to about `maxBytes`. */
  readOwned(traceId: string, after: number, maxBytes: number): Promise<readonly OwnedChunk[]>;
  moveCursors(traceId: string, moves: CursorMoves): Promise<void>;
};
