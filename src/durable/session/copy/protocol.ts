/** The conversation in which a home copies a trace on to the session that its spans name. */
import type { OffloadedValue } from "../../../facts/delivery.ts";
import type { NewChunk } from "../log/chunk.ts";

export type Copy = {
  /** The receiving session's id. */
  readonly session: string;
  readonly traceId: string;
  readonly epoch: number;
  /** Consecutive by `traceRevision`; none asks only where to begin. */
  readonly chunks: readonly NewChunk[];
  readonly values: readonly OffloadedValue[];
};

export type CopyOutcome =
  /** The trace revision that is wanted next: what came before it is on disk. */
  | { readonly outcome: "held"; readonly next: number }
  /** A later binding of this trace is known there. */
  | { readonly outcome: "stale"; readonly epoch: number }
  /** The session is at its ceiling and has let go of the trace. */
  | { readonly outcome: "full" }
  /** It is being forgotten; try again. */
  | { readonly outcome: "busy" };

/** A session that showed the trace is forgotten, and the trace with it. */
export type Release = {
  readonly traceId: string;
  readonly session: string;
  /** Of the binding by which the session held it. */
  readonly epoch: number;
  /** Where it is forgotten for its age: its last arrival that the session knows of, Unix milliseconds. A home that has later ones keeps it. */
  readonly newest?: number;
};

export type ReleaseOutcome =
  /** The trace is at its home no more: all of its bindings up to this epoch are void. */
  { readonly outcome: "gone"; readonly epoch: number } | { readonly outcome: "kept" };

export type Withdrawal = {
  readonly session: string;
  readonly traceId: string;
  /** Of the binding that replaces the one to withdraw. */
  readonly epoch: number;
  /** Where the trace went. */
  readonly to: string;
};
