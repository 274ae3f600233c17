import type { TraceDeletion, TraceDeletionOutcome } from "../copy/protocol.ts";
import type { OwnerCopy } from "../copy/sending.ts";
import type { SessionCore } from "../core.ts";
import { FENCE_MILLIS, fenceOf, raiseFence } from "../log/deletion-fence.ts";
import type { Fenced } from "../log/deletion-fence.ts";
import { isVisible } from "../log/rows.ts";
import type { TraceRow, TraceRows } from "../log/rows.ts";

/** Begins to delete a session; the alarm continues after a fault. Returns false if there is none. */
export function beginDeletion(core: SessionCore): boolean {
  if (core.state.log.meta.deleting) return true;
  if (!core.exists || core.state.visible.itemCount === 0) return false;
  setDeleting(core);
  return true;
}

/** From now on nothing is shown or admitted. Also for a session that shows nothing already. */
export function setDeleting(core: SessionCore): void {
  core.write(({ log, jobs }) => {
    log.meta.setDeleting(true);
    jobs.schedule("delete", Date.now());
  });
}

/** Owners called in one run: an invocation may make 1,000 calls. */
const TRACES_A_RUN = 500;

/** Owners first, then the list, then its own rows: until the last step the session knows what is left to do. */
export async function deleteSession(core: SessionCore, copier: OwnerCopy): Promise<void> {
  const { state } = core;
  const { id } = state;
  const { generation } = state.log.meta;
  if (generation === undefined) return;
  core.subscribers.announce("deleted");
  core.subscribers.closeAll();
  const copies = Array.from(state.rows.all()).filter((row) => row.role === "replica");
  for (const row of copies.slice(0, TRACES_A_RUN)) {
    const { traceId } = row;
    const released = await core.session(traceId).deleteTrace(core.tenant, { traceId, session: id, epoch: row.epoch });
    core.write(({ rows }) => rows.upsert({ ...row, role: "revoked", epoch: voidUntil(row.epoch, released) }));
  }
  if (copies.length > TRACES_A_RUN) return state.jobs.postpone("delete", Date.now());
  await core.directory().remove({ id, generation }, "deleted");
  await copier.idle();
  await deleteSessionRows(core);
}

/** The last void epoch of a trace after its owner answered: the owner may have bound and copied it again since the epoch known here. */
export function voidUntil(epoch: number, released: TraceDeletionOutcome): number {
  return released.outcome === "deleted" ? Math.max(epoch, released.epoch) : epoch;
}

/** A session that showed the trace deletes it: the owner deletes it too, unless the trace was bound to another session since. */
export async function deleteTrace(
  core: SessionCore,
  copier: OwnerCopy,
  deletion: TraceDeletion,
): Promise<TraceDeletionOutcome> {
  for (;;) {
    // A copy under way would bring the trace back to the deleted session.
    await copier.idle();
    const row = core.exists ? core.state.rows.get(deletion.traceId) : undefined;
    const fence = fenceOf(core.ctx.storage, "trace");
    if (row?.role !== "owner") return { outcome: "deleted", epoch: fence };
    // The owner was deleted since that binding, and began anew: the new spans are not meant, and the old ones are deleted already.
    const isEarlier = deletion.epoch <= fence || deletion.epoch < core.state.log.firstReceived(row.traceId);
    if (isEarlier) return { outcome: "deleted", epoch: fence };
    if (row.session !== deletion.session || row.refused !== undefined) return { outcome: "kept" };
    if (deletion.newest !== undefined && core.state.lastReceived(row.traceId) > deletion.newest)
      return { outcome: "kept" };
    if (row.revoking.length === 0) {
      await deleteOwned(core, row);
      return { outcome: "deleted", epoch: row.epoch };
    }
    // Sessions of earlier bindings would show it for ever, once its owner has no row of them.
    await copier.revoke(row);
  }
}

async function deleteOwned(core: SessionCore, row: TraceRow): Promise<void> {
  // Viewers of the trace attach again, and find it deleted.
  core.subscribers.closeAll();
  const others = Array.from(core.state.rows.all()).some(
    (other) => other.traceId !== row.traceId && other.role === "replica",
  );
  if (!others) return await deleteObject(core);
  core.write(({ log, rows }) => {
    log.deleteTraces([row.traceId]);
    rows.delete(row.traceId);
    log.meta.renew(Date.now());
    raiseFence(core.ctx.storage, "trace", row.epoch);
  });
  core.evict();
}

/** An owner with a moved trace outlives the session of the same name. */
async function deleteSessionRows(core: SessionCore): Promise<void> {
  const { state } = core;
  const owned = state.rows.owned();
  if (owned === undefined || isVisible(owned, state.id)) return await deleteObject(core);
  core.write(({ log, rows }) => {
    raiseFence(core.ctx.storage, "session", lastEpochOf(rows, "session"));
    log.deleteOthers(owned.traceId);
    rows.deleteOthers(owned.traceId);
    log.meta.setListed(false);
    log.meta.renew(Date.now());
    log.meta.setDeleting(false);
  });
  core.evict();
}

/** Without an `await` between: spans that are admitted next are of a new generation, and stay. */
async function deleteObject(core: SessionCore): Promise<void> {
  const { storage } = core.ctx;
  const fences = (["session", "trace"] as const).map(
    (of) => [of, Math.max(fenceOf(storage, of), lastEpochOf(core.state.rows, of))] as const,
  );
  const deletions = [storage.deleteAlarm(), storage.deleteAll()];
  for (const [of, epoch] of fences) raiseFence(storage, of, epoch);
  deletions.push(storage.setAlarm(Date.now() + FENCE_MILLIS));
  core.evict();
  await Promise.all(deletions);
}

/** Of the bindings that are known here: of the owned trace, or of those that were copied to this session. */
function lastEpochOf(rows: TraceRows, of: Fenced): number {
  let last = 0;
  for (const { role, epoch } of rows.all()) if ((role === "owner") === (of === "trace")) last = Math.max(last, epoch);
  return last;
}
