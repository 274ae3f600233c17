import { storageUsage } from "./retention/storage-usage.ts";
import type { SessionCore } from "./core.ts";

/**
 * A report folds the whole session, a microsecond or two a span: a large session reports less often than the directory requests,
 * so that folds take a fiftieth of the time, and appends do not wait for them.
 */
const MILLIS_PER_SPAN = 0.1;

/** Reports the summary to the directory, or that the session is empty; repeated at the interval that the directory returns. */
export async function report(core: SessionCore): Promise<void> {
  const { state } = core;
  const { generation } = state.log.meta;
  if (generation === undefined) return;
  const summary = core.summary();
  const revision = state.sessionHead;
  const { listed } = state.log.meta;
  if (summary !== undefined) {
    const at = Date.now();
    const search = core.search();
    const reportedRevision = state.shows(state.id) ? (state.traceHeads.get(state.id) ?? 0) : 0;
    const { interval, later } = await core.directory().report({
      id: state.id,
      generation,
      revision,
      summary,
      search,
      reportedRevision,
      storage: storageUsage(core),
    });
    core.reported(at, Math.max(interval, state.visible.itemCount * MILLIS_PER_SPAN));
    if (later !== undefined) renewAfter(core, generation, later);
  } else if (listed) {
    const to = state.destinations;
    const only = to.length === 1 ? to[0] : undefined;
    await core
      .directory()
      .remove({ id: state.id, generation, revision, ...(only === undefined ? {} : { session: only }) }, "empty");
    // Spans that came meanwhile are still to be reported, also by an object that wakes.
    core.write(({ log, visible: shown }) => shown.itemCount === 0 && log.meta.setListed(false));
  }
  if (!core.exists) return;
  const { jobs, log, sessionHead: shownHead } = core.state;
  const changed =
    log.meta.generation !== generation ||
    shownHead !== revision ||
    // Watchers of an empty session are not counted.
    (summary !== undefined && core.subscribers.count("session") !== summary.watchers);
  if (changed) jobs.postpone("directory", core.nextReportAt(Date.now()));
  else jobs.done("directory");
  jobs.arm(Date.now());
}

/** The session was deleted, and began anew after the clock was set back: its generation must be later than the deleted one, or no list shows it. */
function renewAfter(core: SessionCore, generation: string, later: string): void {
  const { meta } = core.state.log;
  if (meta.generation !== generation || meta.deleting) return;
  core.write(({ log }) => log.meta.renew(Date.now(), later));
  core.evict();
  core.subscribers.closeAll();
}
