import type { CallContext, Cause } from "../../../place.ts";
import type { TraceDeletion, TraceDeletionOutcome } from "../copy/protocol.ts";
import type { OwnerCopy } from "../copy/sending.ts";
import type { SessionState } from "../state.ts";
import type { Fenced } from "../log/log-meta.ts";
import { isVisible, revokedRow } from "../binding.ts";
import type { TraceRow, TraceRows } from "../log/rows.ts";
import { waitsForSink } from "../outbox/delivering.ts";

/** Begins to delete a session; the alarm continues after a fault. Returns false if there is none. */
export function beginDeletion(state: SessionState): boolean {
  if (state.isDeleting) return true;
  if (!state.exists || state.isEmpty) return false;
  setDeleting(state);
  return true;
}

/** From now on nothing is shown or admitted. Also for a session that shows nothing already. */
export function setDeleting(state: SessionState): void {
  state.write(() => {
    state.log.meta.setDeleting(true);
    state.jobs.schedule("delete", Date.now());
  });
}

/** Owners called in one run: an invocation may make 1,000 calls. */
const TRACES_A_RUN = 500;

/** Owners first, then the list, then its own rows: until the last step the session knows what is left to do. */
export async function deleteSession(state: SessionState, copier: OwnerCopy, cause: Cause): Promise<void> {
  const { id, generation } = state;
  if (generation === undefined) return;
  state.subscribers.announce("deleted");
  state.subscribers.closeAll();
  const copies = Array.from(state.traces.all()).filter((row) => row.role === "replica");
  for (const row of copies.slice(0, TRACES_A_RUN)) {
    const { traceId } = row;
    const deleted = await state.objectOf(traceId, cause).deleteTrace({ traceId, session: id, epoch: row.epoch });
    state.write(() => state.traces.upsert(revokedRow(traceId, voidUntil(row.epoch, deleted))));
  }
  if (copies.length > TRACES_A_RUN) return state.jobs.postpone("delete", Date.now());
  // Of a log that never stored anything the list has none; it may have an earlier one, whose object the shard does not know.
  if (state.log.head > 0) await state.directory(cause).remove({ id, generation }, "deleted");
  await copier.idle();
  deleteSessionRows(state);
}

/** The last void epoch of a trace after its owner answered: the owner may have bound and copied it again since the epoch known here. */
export function voidUntil(epoch: number, deleted: TraceDeletionOutcome): number {
  return deleted.outcome === "deleted" ? Math.max(epoch, deleted.epoch) : epoch;
}

/** A session that showed the trace deletes it: the owner deletes it too, unless the trace was bound to another session since. */
export async function deleteTrace(
  state: SessionState,
  copier: OwnerCopy,
  cause: CallContext,
  deletion: TraceDeletion,
): Promise<TraceDeletionOutcome> {
  for (;;) {
    // A copy under way would bring the trace back to the deleted session.
    await copier.idle();
    const row = state.exists ? state.traces.get(deletion.traceId) : undefined;
    const fence = state.log.meta.fence("trace");
    if (row?.role !== "owner") return { outcome: "deleted", epoch: fence };
    // The owner was deleted since that binding, and began anew: the new spans are not meant, and the old ones are deleted already.
    if (deletion.epoch <= fence) return { outcome: "deleted", epoch: fence };
    if (row.session !== deletion.session || row.refused !== undefined) return { outcome: "retained" };
    if (deletion.newest !== undefined) {
      // Without a revision it comes from an object that runs the version before: that one calls again.
      const lacksNone = deletion.revision !== undefined && state.traceHead(row.traceId) <= deletion.revision;
      if (!lacksNone || waitsForSink(state, row.traceId, Date.now())) return { outcome: "retained" };
    }
    if (row.revoking.length === 0) {
      deleteOwned(state, row);
      return { outcome: "deleted", epoch: row.epoch };
    }
    // Sessions of earlier bindings would show it for ever, once its owner has no row of them.
    await copier.revoke(row, cause);
  }
}

function deleteOwned(state: SessionState, row: TraceRow): void {
  // Viewers of the trace attach again, and find it deleted.
  state.subscribers.closeAll();
  const others = Array.from(state.traces.all()).some(
    (other) => other.traceId !== row.traceId && other.role === "replica",
  );
  if (!others) return deleteLog(state);
  state.write(() => {
    state.log.deleteTraces([row.traceId]);
    state.traces.delete(row.traceId);
    state.outbox.deleteTrace(row.traceId);
    state.log.meta.renew(Date.now());
    state.log.meta.raiseFence("trace", row.epoch);
  });
  state.evict();
}

/** An owner with a moved trace outlives the session of the same name. */
function deleteSessionRows(state: SessionState): void {
  const owned = state.traces.owned();
  if (owned === undefined || isVisible(owned, state.id)) return deleteLog(state);
  state.write(() => {
    const { meta } = state.log;
    meta.raiseFence("session", lastEpochOf(state.traces, "session"));
    state.log.deleteOthers(owned.traceId);
    state.traces.deleteOthers(owned.traceId);
    meta.setListed(false);
    meta.renew(Date.now());
    meta.setDeleting(false);
  });
  state.evict();
}

/** Spans that are admitted next are of a new generation, and stay. */
function deleteLog(state: SessionState): void {
  state.write(() => {
    const { meta, head } = state.log;
    for (const of of ["session", "trace"] as const) meta.raiseFence(of, lastEpochOf(state.traces, of));
    state.log.deleteAll();
    state.outbox.deleteTrace(state.id);
    state.jobs.clear();
    meta.close(Date.now(), head);
  });
  state.evict();
}

/** Of the bindings that are known here: of the owned trace, or of those that were copied to this session. */
function lastEpochOf(rows: TraceRows, of: Fenced): number {
  let last = 0;
  for (const { role, epoch } of rows.all()) if ((role === "owner") === (of === "trace")) last = Math.max(last, epoch);
  return last;
}
