import { countEvents, tracesWithSpans } from "../../session/count-events.ts";
import { keptBy } from "./retention/storage-usage.ts";
import type { SessionCore } from "./core.ts";

/**
 * A report folds the whole session, a microsecond or two a span: one of many spans reports less often than the directory would
 * have it, so that its folds take a fiftieth of the time, and appends don't wait behind them.
 */
const MILLIS_PER_SPAN = 0.1;

/** Tells the directory what the session looks like now, or that nothing is left of it; run again at the interval that it names. */
export async function report(core: SessionCore): Promise<void> {
  const { state } = core;
  const { generation } = state.log.meta;
  if (generation === undefined) return;
  const summary = core.summary();
  const revision = state.shownHead;
  const { listed } = state.log.meta;
  if (summary !== undefined) {
    const at = Date.now();
    const search = core.search();
    const arkCounts = { events: countEvents(state.shown), traces: tracesWithSpans(state.shown).length };
    const reportedRevision = state.shows(state.id) ? (state.traceHeads.get(state.id) ?? 0) : 0;
    const { interval, later } = await core.directory().report({
      id: state.id,
      generation,
      revision,
      summary,
      search,
      reportedRevision,
      ...arkCounts,
      storage: keptBy(core),
    });
    core.reported(at, Math.max(interval, state.shown.itemCount * MILLIS_PER_SPAN));
    if (later !== undefined) outlive(core, generation, later);
  } else if (listed) {
    const to = state.destinations;
    const only = to.length === 1 ? to[0] : undefined;
    await core
      .directory()
      .remove({ id: state.id, generation, revision, ...(only === undefined ? {} : { session: only }) }, "empty");
    // What came meanwhile is still to be told of, also by an object that wakes.
    core.write(({ log, shown }) => shown.itemCount === 0 && log.meta.setListed(false));
  }
  if (!core.exists) return;
  const { jobs, log, shownHead } = core.state;
  const changed =
    log.meta.generation !== generation ||
    shownHead !== revision ||
    // Of a session that nothing is left of nobody counts who still listens.
    (summary !== undefined && core.subscribers.count("session") !== summary.watchers);
  if (changed) jobs.postpone("directory", core.nextReport(Date.now()));
  else jobs.done("directory");
  jobs.arm(Date.now());
}

/** The session was deleted, and began anew after the clock was set back: its life must be later than the one that is over, or no list shows it. */
function outlive(core: SessionCore, generation: string, later: string): void {
  const { meta: life } = core.state.log;
  if (life.generation !== generation || life.forgetting) return;
  core.write(({ log }) => log.meta.renew(Date.now(), later));
  core.discard();
  core.subscribers.dismiss();
}
