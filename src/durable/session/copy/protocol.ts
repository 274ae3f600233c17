/** The messages by which an owner copies its trace to the session that its spans name, and by which that session deletes it. */
import type { OffloadedValue } from "../../../facts/delivery.ts";
import type { Elsewhere } from "../../../place.ts";
import type { LocationHint } from "../../../session/contract/location.ts";
import type { NewChunk } from "../log/chunk.ts";

export type Copy = {
  /** The receiving session's id. */
  readonly session: string;
  readonly traceId: string;
  readonly epoch: number;
  /** Consecutive by `traceRevision`; an empty list only queries where to begin. */
  readonly chunks: readonly NewChunk[];
  readonly values: readonly OffloadedValue[];
  /** Where the owner's last export came from, if not from where the tenant's objects are made. */
  readonly exporter?: LocationHint;
};

/** Where a copy is to begin: what a copy without chunks asks, too. */
export type ReplicaQuery = Pick<Copy, "session" | "traceId" | "epoch">;

/** `unknown`: the session is closed for writing, or cannot be read. It is asked by itself then. */
export type ReplicaAnswer = CopyOutcome | Elsewhere | { readonly outcome: "unknown" };

export type CopyOutcome =
  /** `next`: the trace revision that the replica lacks first; everything before it is on disk. */
  | { readonly outcome: "stored"; readonly next: number }
  /** The receiver knows a later binding of this trace. */
  | { readonly outcome: "stale"; readonly epoch: number }
  /** The session has no room, and has deleted its replica of the trace. */
  | { readonly outcome: "full" }
  /** The session is being deleted; try again. */
  | { readonly outcome: "busy" };

/** A session deletes a trace that it shows, or expires it. */
export type TraceDeletion = {
  readonly traceId: string;
  readonly session: string;
  /** Of the binding by which the session got its replica. */
  readonly epoch: number;
  /** If it expires: the time of the last delivery in the replica, Unix milliseconds; objects of the version before compare it. */
  readonly newest?: number;
  /** If it expires: the last of the trace's own revisions in the replica. An owner with later ones retains the trace. */
  readonly revision?: number;
};

export type TraceDeletionOutcome =
  /** The owner has deleted the trace: all of its bindings up to this epoch are void. */
  { readonly outcome: "deleted"; readonly epoch: number } | { readonly outcome: "retained" };

export type Revocation = {
  readonly session: string;
  readonly traceId: string;
  /** Of the binding that replaces the one to revoke. */
  readonly epoch: number;
  /** The session that shows the trace now. */
  readonly to: string;
};
