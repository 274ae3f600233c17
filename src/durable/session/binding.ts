import type { TraceRow } from "./log/rows.ts";

/**
 * The states of a trace's row at its owner and at a replica, and the events that change them: one function for each arrow of
 * the diagram in docs/decisions/009-states-of-a-binding.md. All functions are pure; the caller stores the row.
 */

/** Where an owner's trace is shown, and why. `own`: the id of the owner's object. */
type BindingState =
  /** No span names a session, or the name is the owner's own id: the owner shows the trace. */
  | "unbound"
  /** Another session shows the trace, or will once it is copied. */
  | "moved"
  /** The session had no room: the owner shows the trace again. */
  | "refused";

function bindingState({ session, refused }: TraceRow, own: string): BindingState {
  if (session === undefined || session === own) return "unbound";
  return refused === undefined ? "moved" : "refused";
}

/** Whether another object's session shows the trace, to which this owner copies it. */
export function isMoved(row: TraceRow, own: string): boolean {
  return row.role === "owner" && bindingState(row, own) === "moved";
}

/** Whether the session of the object named `own` shows this trace. */
export function isVisible(row: TraceRow | undefined, own: string): boolean {
  if (row === undefined || row.role === "revoked") return false;
  return row.role === "replica" || !isMoved(row, own);
}

/** Whether the owner may have to call other sessions: to copy the trace, or to revoke replicas of earlier bindings. */
export function needsCopy(row: TraceRow, own: string): boolean {
  return isMoved(row, own) || row.revoking.length > 0;
}

/** The first delivery arrives. Bound at once if its spans name a session, so that the trace is never shown elsewhere. */
export function begin(traceId: string, session: string | undefined, epoch: number): TraceRow {
  return { traceId, role: "owner", epoch, revoking: [], ...(session === undefined ? {} : { session }) };
}

/** A delivery makes another name the best one. The same row if it does not. The replica of the earlier binding is to be revoked. */
export function bind(row: TraceRow, own: string, session: string | undefined, now: number): TraceRow {
  if (session === row.session) return row;
  const revoking = isMoved(row, own) && row.session !== undefined ? [...row.revoking, row.session] : row.revoking;
  return {
    ...begin(row.traceId, session, Math.max(row.epoch + 1, now)),
    revoking: revoking.filter((id) => id !== session),
  };
}

/** The session answers `stale`: it knows a later epoch, of an earlier generation of this owner. The same binding, with an epoch above that one. */
export function outrank(row: TraceRow, epoch: number): TraceRow {
  return { ...row, epoch: epoch + 1 };
}

/**
 * Another log of this owner bound the trace too, while its shard knew nothing of this one: the sessions of that log's bindings are
 * revoked, and this one has a later epoch than all.
 */
export function joinOwner(row: TraceRow, other: TraceRow, own: string): TraceRow {
  const others =
    isMoved(other, own) && other.session !== undefined ? [...other.revoking, other.session] : other.revoking;
  const shown = isMoved(row, own) ? row.session : undefined;
  const revoking = Array.from(new Set([...row.revoking, ...others])).filter((id) => id !== shown);
  return { ...row, epoch: Math.max(row.epoch, other.epoch) + 1, revoking };
}

/** The session answers `full`, and has no replica. The trace becomes its own session again until another name is the best one. */
export function refuse(row: TraceRow, session: string): TraceRow {
  return { ...row, refused: session };
}

/** A session of an earlier binding has no replica any more. */
export function revoked(row: TraceRow, session: string): TraceRow {
  return { ...row, revoking: row.revoking.filter((id) => id !== session) };
}

/** At the session: the first copy of a binding arrives. */
export function replicaRow(traceId: string, epoch: number): TraceRow {
  return { traceId, role: "replica", epoch, revoking: [] };
}

/** At the session: the replica was revoked, refused, expired or deleted. Copies up to this epoch are void. */
export function revokedRow(traceId: string, epoch: number): TraceRow {
  return { traceId, role: "revoked", epoch, revoking: [] };
}
