import { markGone } from "../admission.ts";
import { MARK_MILLIS, nextExpiry } from "../expiry.ts";
import { raiseFence } from "../log/deletion-fence.ts";
import { begin, voidUntil } from "./deleting.ts";
import type { OwnerCopy } from "../copy/sending.ts";
import type { SessionCore } from "../core.ts";
import type { SessionState } from "../state.ts";
import { isShown } from "../log/rows.ts";

/** Homes asked in one run: an invocation may make 1,000 calls. */
const TRACES_A_RUN = 500;
/** Homes asked at once. */
const TRACES_AT_ONCE = 50;
/** Of older marks so many are kept. */
const MOST_MARKS = 1_000;
/** A home that has spans which are not here yet copies them on; until then it is not asked again. */
const KEPT_MILLIS = 3_600_000;

/**
 * Forgets traces that have been silent for longer than is kept: at their homes first, then here, so that whatever is lost
 * between is done again and nothing is shown that nobody would forget. Where nothing is left, the session is forgotten.
 */
export async function expire(core: SessionCore, copier: OwnerCopy): Promise<void> {
  const { maxAge } = core.retention;
  if (maxAge === undefined || !core.exists || core.state.log.meta.forgetting) return core.state.jobs.done("expire");
  const before = Date.now() - maxAge;
  const old = oldTraces(core.state, before).slice(0, TRACES_A_RUN);
  const gone: Gone[] = [];
  let failed: PromiseRejectedResult | undefined;
  for (let at = 0; at < old.length && failed === undefined; at += TRACES_AT_ONCE) {
    const some = old.slice(at, at + TRACES_AT_ONCE);
    const asked = await Promise.allSettled(some.map(async (trace) => await findGone(core, copier, trace)));
    failed = asked.find((outcome) => outcome.status === "rejected");
    for (const outcome of asked)
      if (outcome.status === "fulfilled" && outcome.value !== undefined) gone.push(outcome.value);
  }
  drop(core, gone, before);
  if (failed !== undefined) throw failed.reason;
  trimMarks(core);
  settle(core, old.length - gone.length, old.length === TRACES_A_RUN);
}

type Old = { readonly traceId: string; readonly epoch: number; readonly newest: number };
/** `until`: the last of its bindings that is void. */
type Gone = { readonly traceId: string; readonly epoch: number; readonly until: number };

function oldTraces(state: SessionState, before: number): Old[] {
  const old: Old[] = [];
  for (const [traceId, newest] of state.arrivals()) {
    const row = state.rows.get(traceId);
    if (newest < before && row !== undefined) old.push({ traceId, newest, epoch: row.epoch });
  }
  return old;
}

/** `undefined` where the trace is kept: by its home, or by sessions that it left and that may still show it. */
async function findGone(
  core: SessionCore,
  copier: OwnerCopy,
  { traceId, epoch, newest }: Old,
): Promise<Gone | undefined> {
  const { id } = core.state;
  const row = core.state.rows.get(traceId);
  if (row?.role === "copy") {
    const outcome = await core.session(traceId).release(core.tenant, { traceId, session: id, epoch, newest });
    return outcome.outcome === "gone" ? { traceId, epoch, until: voidUntil(epoch, outcome) } : undefined;
  }
  for (let home = row; home !== undefined; home = core.state.rows.get(traceId)) {
    if (home.role !== "home" || !isShown(home, id)) return undefined;
    if (home.leaving.length === 0) return { traceId, epoch, until: epoch };
    await copier.settled();
    await copier.withdraw(home);
  }
  return undefined;
}

/** One transaction, for those that nothing came of meanwhile. */
function drop(core: SessionCore, traces: readonly Gone[], before: number): void {
  if (traces.length === 0 || !core.exists || core.state.log.meta.forgetting) return;
  const now = Date.now();
  let isHome = false;
  const frames = core.write((state) => {
    const going = traces.filter(({ traceId, epoch }) => {
      const row = state.rows.get(traceId);
      return (
        row?.epoch === epoch && isShown(row, state.id) && row.leaving.length === 0 && state.newest(traceId) < before
      );
    });
    state.log.dropTraces(going.map(({ traceId }) => traceId));
    return going.map(({ traceId, until }) => {
      // A home begins anew with what comes next; a copy that is late must not.
      if (state.rows.get(traceId)?.role === "home") {
        isHome = true;
        raiseFence(core.ctx.storage, "trace", until);
        state.rows.remove(traceId);
      } else state.rows.put({ traceId, role: "withdrawn", epoch: until, leaving: [] });
      const previous = state.shownHead;
      core.oweReport(state, now);
      return { previous, entry: markGone(state, traceId, "", now) };
    });
  });
  core.discard();
  for (const { previous, entry } of frames) core.publish("session", previous, entry);
  // Who watches the trace by its own name attaches again, and finds that it is gone.
  if (isHome) core.subscribers.dismiss();
}

/** Marks are a row for each trace that ever left. Without them nobody can be told what went: everybody reads from the beginning. */
function trimMarks(core: SessionCore): void {
  const before = Date.now() - MARK_MILLIS;
  if (!core.exists || core.state.log.tombstones.countBefore(before) < MOST_MARKS) return;
  core.write(({ log, rows }) => {
    log.meta.keepHead(log.head);
    log.tombstones.drop(before);
    raiseFence(core.ctx.storage, "session", rows.forgetWithdrawn(before));
    log.meta.renew(Date.now());
  });
  core.discard();
}

function settle(core: SessionCore, kept: number, isMore: boolean): void {
  if (!core.exists) return;
  const { state } = core;
  const now = Date.now();
  if (isOver(state, now)) return begin(core);
  const next = nextExpiry(core.retention, state);
  // What is kept by a home that has more of it is old here, until that came: it is not asked for at once again.
  if (next === undefined) state.jobs.done("expire");
  else if (kept > 0) state.jobs.postpone("expire", Math.max(next, now + KEPT_MILLIS));
  else state.jobs.postpone("expire", isMore ? now : next);
  core.kick();
}

/** Nothing is shown here, and nobody needs to be told any more where it went. */
function isOver(state: SessionState, now: number): boolean {
  if (state.shown.itemCount > 0 || state.rows.home() !== undefined) return false;
  return state.destinations.length === 0 || state.log.tombstones.last() <= now - MARK_MILLIS;
}
