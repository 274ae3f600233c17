import type { Cause } from "../../../place.ts";
import { pool } from "../../../lib/pool.ts";
import { appendTombstone } from "../admission.ts";
import { TOMBSTONE_MILLIS, nextExpiryAt } from "../expiry.ts";
import { setDeleting, voidUntil } from "./deleting.ts";
import type { OwnerCopy } from "../copy/sending.ts";
import type { SessionState } from "../state.ts";
import { isVisible, revokedRow } from "../binding.ts";
import { waitsForSink } from "../outbox/delivering.ts";

/** Owners called in one run: an invocation may make 1,000 calls. */
const TRACES_A_RUN = 500;
/** Owners called at once. */
const TRACES_AT_ONCE = 50;
/** Old tombstones are kept up to this count. */
const MOST_TOMBSTONES = 1_000;
/** An owner with later spans retains its trace, and copies them on; it is called again after so long. */
const RETRY_MILLIS = 3_600_000;

/**
 * Expires traces without a delivery for longer than the maximum age: at their owners first, then here, so that after a fault
 * between the two it is done again, and no trace stays visible for ever. A session without traces is deleted.
 */
export async function expire(state: SessionState, copier: OwnerCopy, cause: Cause): Promise<void> {
  const { maxAge } = state.settings.retention;
  if (maxAge === undefined || !state.exists || state.isDeleting) return state.jobs.done("expire");
  const before = Date.now() - maxAge;
  const old = oldTraces(state, before).slice(0, TRACES_A_RUN);
  const expired: ExpiredTrace[] = [];
  try {
    await pool(old, TRACES_AT_ONCE, async (trace) => {
      const outcome = await expireAtOwner(state, copier, trace, cause);
      if (outcome !== undefined) expired.push(outcome);
    });
  } finally {
    // After a fault too: their owners deleted these.
    deleteExpired(state, expired, before);
  }
  expireTombstones(state);
  scheduleNext(state, { retained: old.length - expired.length, isMore: old.length === TRACES_A_RUN }, cause);
}

type OldTrace = { readonly traceId: string; readonly epoch: number; readonly newest: number };
/** `until`: the last void epoch of its bindings. */
type ExpiredTrace = { readonly traceId: string; readonly epoch: number; readonly until: number };

function oldTraces(state: SessionState, before: number): OldTrace[] {
  const old: OldTrace[] = [];
  for (const [traceId, newest] of state.visibleTraces()) {
    const row = state.traces.get(traceId);
    if (newest < before && row !== undefined) old.push({ traceId, newest, epoch: row.epoch });
  }
  return old;
}

/** `undefined` if the trace stays: its owner has later spans, or another session may still show it. */
async function expireAtOwner(
  state: SessionState,
  copier: OwnerCopy,
  { traceId, epoch, newest }: OldTrace,
  cause: Cause,
): Promise<ExpiredTrace | undefined> {
  const { id } = state;
  const row = state.traces.get(traceId);
  if (row?.role === "replica") {
    const revision = state.traceHead(traceId);
    const outcome = await state.objectOf(traceId, cause).deleteTrace({ traceId, session: id, epoch, newest, revision });
    return outcome.outcome === "deleted" ? { traceId, epoch, until: voidUntil(epoch, outcome) } : undefined;
  }
  for (let owned = row; owned !== undefined; owned = state.traces.get(traceId)) {
    if (owned.role !== "owner" || !isVisible(owned, id)) return undefined;
    if (waitsForSink(state, traceId, Date.now())) return undefined;
    if (owned.revoking.length === 0) return { traceId, epoch, until: epoch };
    await copier.idle();
    await copier.revoke(owned, cause);
  }
  return undefined;
}

/** One transaction, for the traces without a new delivery meanwhile. */
function deleteExpired(state: SessionState, traces: readonly ExpiredTrace[], before: number): void {
  if (traces.length === 0 || !state.exists || state.isDeleting) return;
  const now = Date.now();
  let isOwner = false;
  const frames = state.write(() => {
    const stillOld = traces.filter(({ traceId, epoch }) => {
      const row = state.traces.get(traceId);
      return (
        row?.epoch === epoch &&
        isVisible(row, state.id) &&
        row.revoking.length === 0 &&
        state.lastReceived(traceId) < before
      );
    });
    state.log.deleteTraces(stillOld.map(({ traceId }) => traceId));
    return stillOld.map(({ traceId, until }) => {
      // An owner begins anew with the next delivery; a late copy must not.
      if (state.traces.get(traceId)?.role === "owner") {
        isOwner = true;
        state.log.meta.raiseFence("trace", until);
        state.traces.delete(traceId);
        state.outbox.deleteTrace(traceId);
      } else state.traces.upsert(revokedRow(traceId, until));
      const previous = state.fold.sessionHead;
      state.scheduleReport(now);
      return { previous, entry: appendTombstone(state, traceId, "", now) };
    });
  });
  state.evict();
  for (const { previous, entry } of frames) state.publish("session", previous, entry);
  // Viewers of the trace by its own name attach again, and find it deleted.
  if (isOwner) state.subscribers.closeAll();
}

/** Tombstones are a row for each trace that ever left. Without them readers cannot resume: a new generation begins. */
function expireTombstones(state: SessionState): void {
  const before = Date.now() - TOMBSTONE_MILLIS;
  if (!state.exists || state.log.tombstones.countBefore(before) < MOST_TOMBSTONES) return;
  state.write(() => {
    state.log.meta.storeHead(state.log.head);
    state.log.tombstones.expire(before);
    state.log.meta.raiseFence("session", state.traces.expireRevoked());
    state.log.meta.renew(Date.now());
  });
  state.evict();
}

function scheduleNext(
  state: SessionState,
  { retained, isMore }: { readonly retained: number; readonly isMore: boolean },
  cause: Cause,
): void {
  if (!state.exists) return;
  const now = Date.now();
  if (isObsolete(state, now)) return setDeleting(state);
  const next = nextExpiryAt(state);
  // A trace that its owner retains is old here until its later spans are copied: the owner is not called again at once.
  if (next === undefined) state.jobs.done("expire");
  else if (retained > 0) state.jobs.postpone("expire", Math.max(next, now + RETRY_MILLIS));
  else state.jobs.postpone("expire", isMore ? now : next);
  state.kick(cause);
}

/** The session shows nothing, and no viewer needs its tombstones any more. */
function isObsolete(state: SessionState, now: number): boolean {
  if (!state.isEmpty || state.traces.owned() !== undefined) return false;
  return state.destinations.length === 0 || state.log.tombstones.lastReceived() <= now - TOMBSTONE_MILLIS;
}
