import type { Release, ReleaseOutcome } from "../copy/protocol.ts";
import type { OwnerCopy } from "../copy/sending.ts";
import type { SessionCore } from "../core.ts";
import { FENCE_MILLIS, fenceOf, raiseFence } from "../log/deletion-fence.ts";
import type { Fenced } from "../log/deletion-fence.ts";
import { isShown } from "../log/rows.ts";
import type { TraceRow, TraceRows } from "../log/rows.ts";

/** Begins to forget a session; what a fault leaves undone the alarm does. Answers false where there is none. */
export function beginForgetting(core: SessionCore): boolean {
  if (core.state.log.meta.forgetting) return true;
  if (!core.exists || core.state.shown.itemCount === 0) return false;
  begin(core);
  return true;
}

/** Nothing is shown here any more, nor will be: also where nothing is shown already. */
export function begin(core: SessionCore): void {
  core.write(({ log, jobs }) => {
    log.meta.setForgetting(true);
    jobs.owe("forget", Date.now());
  });
}

/** Homes asked in one run: an invocation may make 1,000 calls. */
const RELEASES_A_RUN = 500;

/** Homes first, then the list, then what lies here: until the last step the session knows what it still has to do. */
export async function forget(core: SessionCore, copier: OwnerCopy): Promise<void> {
  const { state } = core;
  const { id } = state;
  const { generation } = state.log.meta;
  if (generation === undefined) return;
  core.subscribers.announce("deleted");
  core.subscribers.dismiss();
  const copies = Array.from(state.rows.all()).filter((row) => row.role === "copy");
  for (const row of copies.slice(0, RELEASES_A_RUN)) {
    const { traceId } = row;
    const released = await core.session(traceId).release(core.tenant, { traceId, session: id, epoch: row.epoch });
    core.write(({ rows }) => rows.put({ ...row, role: "withdrawn", epoch: voidUntil(row.epoch, released) }));
  }
  if (copies.length > RELEASES_A_RUN) return state.jobs.postpone("forget", Date.now());
  await core.directory().remove({ id, generation }, "over");
  await copier.settled();
  await dropShown(core);
}

/** The last binding of a trace that is void after its home answered: the home may have bound it anew, and copied, since the one known here. */
export function voidUntil(epoch: number, released: ReleaseOutcome): number {
  return released.outcome === "gone" ? Math.max(epoch, released.epoch) : epoch;
}

/** A session that held the trace was forgotten: the home forgets it too, unless the trace has been bound elsewhere since. */
export async function release(core: SessionCore, copier: OwnerCopy, released: Release): Promise<ReleaseOutcome> {
  for (;;) {
    // A copy under way would bring the trace back to the session that is going.
    await copier.settled();
    const row = core.exists ? core.state.rows.get(released.traceId) : undefined;
    const fence = fenceOf(core.ctx.storage, "trace");
    if (row?.role !== "home") return { outcome: "gone", epoch: fence };
    // Since that binding the home was forgotten and began anew: what came since is not meant, and what was before is gone.
    const isEarlier = released.epoch <= fence || released.epoch < core.state.log.firstReceived(row.traceId);
    if (isEarlier) return { outcome: "gone", epoch: fence };
    if (row.session !== released.session || row.refused !== undefined) return { outcome: "kept" };
    if (released.newest !== undefined && core.state.newest(row.traceId) > released.newest) return { outcome: "kept" };
    if (row.leaving.length === 0) {
      await dropHome(core, row);
      return { outcome: "gone", epoch: row.epoch };
    }
    // Sessions of earlier bindings would show it for ever, once its home knows of none.
    await copier.withdraw(row);
  }
}

async function dropHome(core: SessionCore, row: TraceRow): Promise<void> {
  // Who watches the trace attaches again, and finds that it is gone.
  core.subscribers.dismiss();
  const others = Array.from(core.state.rows.all()).some(
    (other) => other.traceId !== row.traceId && other.role === "copy",
  );
  if (!others) return await wipe(core);
  core.write(({ log, rows }) => {
    log.dropTraces([row.traceId]);
    rows.remove(row.traceId);
    log.meta.renew(Date.now());
    raiseFence(core.ctx.storage, "trace", row.epoch);
  });
  core.discard();
}

/** A home whose trace another session shows outlives the session of the same name. */
async function dropShown(core: SessionCore): Promise<void> {
  const { state } = core;
  const home = state.rows.home();
  if (home === undefined || isShown(home, state.id)) return await wipe(core);
  core.write(({ log, rows }) => {
    raiseFence(core.ctx.storage, "session", lastEpochOf(rows, "session"));
    log.dropOthers(home.traceId);
    rows.removeOthers(home.traceId);
    log.meta.setListed(false);
    log.meta.renew(Date.now());
    log.meta.setForgetting(false);
  });
  core.discard();
}

/** Without an `await` between: what is admitted next is of a new life, and stays. */
async function wipe(core: SessionCore): Promise<void> {
  const { storage } = core.ctx;
  const fences = (["session", "trace"] as const).map(
    (of) => [of, Math.max(fenceOf(storage, of), lastEpochOf(core.state.rows, of))] as const,
  );
  const deletions = [storage.deleteAlarm(), storage.deleteAll()];
  for (const [of, epoch] of fences) raiseFence(storage, of, epoch);
  deletions.push(storage.setAlarm(Date.now() + FENCE_MILLIS));
  core.discard();
  await Promise.all(deletions);
}

/** Of the bindings that are known here: of the trace whose home this is, or of those that were copied to this session. */
function lastEpochOf(rows: TraceRows, of: Fenced): number {
  let last = 0;
  for (const { role, epoch } of rows.all()) if ((role === "home") === (of === "trace")) last = Math.max(last, epoch);
  return last;
}
