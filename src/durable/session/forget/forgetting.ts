import type { Release, ReleaseOutcome } from "../copy/copying.ts";
import type { HomeCopy } from "../copy/home-copy.ts";
import type { SessionCore } from "../session-core.ts";
import { leaveTombstone, TOMBSTONE_MILLIS } from "./tombstone.ts";
import { isShown } from "../log/trace-rows.ts";
import type { TraceRow } from "../log/trace-rows.ts";

/** Begins to forget a session; what a fault leaves undone the alarm does. Answers false where there is none. */
export function beginForgetting(core: SessionCore): boolean {
  if (core.state.log.life.forgetting) return true;
  if (!core.exists || core.state.shown.held === 0) return false;
  begin(core);
  return true;
}

/** Nothing is shown here any more, nor will be: also where nothing is shown already. */
export function begin(core: SessionCore): void {
  core.write(({ log, jobs }) => {
    log.life.setForgetting(true);
    jobs.owe("forget", Date.now());
  });
}

/** Homes asked in one run: an invocation may make 1,000 calls. */
const RELEASES_A_RUN = 500;

/** Homes first, then the list, then what lies here: until the last step the session knows what it still has to do. */
export async function forget(core: SessionCore, copier: HomeCopy): Promise<void> {
  const { state } = core;
  const { id } = state;
  const { incarnation } = state.log.life;
  if (incarnation === undefined) return;
  core.subscribers.announce("deleted");
  core.subscribers.dismiss();
  const copies = Array.from(state.rows.all()).filter((row) => row.role === "copy");
  for (const row of copies.slice(0, RELEASES_A_RUN)) {
    await core.session(row.traceId).release(core.tenant, { traceId: row.traceId, session: id, epoch: row.epoch });
    core.write(({ rows }) => rows.put({ ...row, role: "withdrawn" }));
  }
  if (copies.length > RELEASES_A_RUN) return state.jobs.postpone("forget", Date.now());
  await core.directory().remove({ id, incarnation }, "over");
  await copier.settled();
  await dropShown(core);
}

/** A session that held the trace was forgotten: the home forgets it too, unless the trace has been bound elsewhere since. */
export async function release(core: SessionCore, copier: HomeCopy, released: Release): Promise<ReleaseOutcome> {
  for (;;) {
    // A copy under way would bring the trace back to the session that is going.
    await copier.settled();
    const row = core.exists ? core.state.rows.get(released.traceId) : undefined;
    if (row?.role !== "home") return "gone";
    // Since that binding the home was forgotten and began anew: what came since is not meant, and what was before is gone.
    if (released.epoch < core.state.log.firstReceived(row.traceId)) return "gone";
    if (row.session !== released.session || row.refused !== undefined) return "kept";
    if (released.newest !== undefined && core.state.newest(row.traceId) > released.newest) return "kept";
    if (row.leaving.length === 0) {
      await dropHome(core, row);
      return "gone";
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
    log.life.renew(Date.now());
  });
  leaveTombstone(core.ctx.storage, "trace", Date.now());
  core.discard();
}

/** A home whose trace another session shows outlives the session of the same name. */
async function dropShown(core: SessionCore): Promise<void> {
  const { state } = core;
  const home = state.rows.home();
  if (home === undefined || isShown(home, state.id)) return await wipe(core);
  core.write(({ log, rows }) => {
    log.dropOthers(home.traceId);
    rows.removeOthers(home.traceId);
    log.life.setListed(false);
    log.life.renew(Date.now());
    log.life.setForgetting(false);
  });
  leaveTombstone(core.ctx.storage, "session", Date.now());
  core.discard();
}

/** Without an `await` between: what is admitted next is of a new life, and stays. */
async function wipe(core: SessionCore): Promise<void> {
  const { storage } = core.ctx;
  const deletions = [storage.deleteAlarm(), storage.deleteAll()];
  for (const of of ["session", "trace"] as const) leaveTombstone(storage, of, Date.now());
  deletions.push(storage.setAlarm(Date.now() + TOMBSTONE_MILLIS));
  core.discard();
  await Promise.all(deletions);
}
