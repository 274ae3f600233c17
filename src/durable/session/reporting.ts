import type { Cause } from "../../place.ts";
import { storageUsage } from "./retention/storage-usage.ts";
import type { SessionState } from "./state.ts";

/**
 * A report of a session that is one part folds all of it, a microsecond or two a span: a large session reports less often than the
 * directory requests, so that folds take a fiftieth of the time, and appends do not wait for them.
 */
const MILLIS_PER_SPAN = 0.1;

/** Reports the summary to the directory, or that the session is empty; repeated at the interval that the directory returns. */
export async function report(state: SessionState, cause: Cause): Promise<void> {
  const { generation } = state;
  if (generation === undefined) return;
  const summary = state.summary();
  const revision = state.fold.sessionHead;
  const { listed } = state.log.meta;
  if (summary !== undefined) {
    const at = Date.now();
    const search = state.search();
    const reportedRevision = state.shows(state.id) ? (state.fold.traceHeads.get(state.id) ?? 0) : 0;
    const { parts, recent } = state.fold;
    const ended = state.reportedSpans.unreported(recent, parts.folds(state.settings.prices));
    const { interval, later } = await state.sendReport(
      {
        id: state.id,
        generation,
        revision,
        summary,
        search,
        reportedRevision,
        storage: storageUsage(state),
        ended: ended.spans,
      },
      cause,
    );
    if (later === undefined) ended.reported();
    state.reported(at, Math.max(interval, state.visible.itemCount * MILLIS_PER_SPAN));
    state.reportedSpans.generation = generation;
    if (later !== undefined) renewAfter(state, generation, later);
  } else if (listed) {
    const to = state.destinations;
    const only = to.length === 1 ? to[0] : undefined;
    await state
      .directory(cause)
      .remove({ id: state.id, generation, revision, ...(only === undefined ? {} : { session: only }) }, "empty");
    state.reportedSpans.generation = undefined;
    // Spans that came meanwhile are still to be reported, also by an object that wakes.
    state.write(() => state.isEmpty && state.log.meta.setListed(false));
  }
  if (!state.exists) return;
  const { jobs } = state;
  if (state.generation === generation && state.fold.sessionHead !== revision) state.announceHead();
  const changed =
    state.generation !== generation ||
    state.fold.sessionHead !== revision ||
    // Watchers of an empty session are not counted.
    (summary !== undefined && state.subscribers.count("session") !== summary.watchers);
  if (changed) jobs.postpone("report", state.nextReportAt(Date.now()));
  else jobs.done("report", state.nextReportAt(Date.now()));
  jobs.arm(Date.now());
}

/** The session was deleted, and began anew after the clock was set back: its generation must be later than the deleted one, or no list shows it. */
function renewAfter(state: SessionState, generation: string, later: string): void {
  if (state.generation !== generation || state.isDeleting) return;
  state.write(() => state.log.meta.renew(Date.now(), later));
  state.evict();
  state.subscribers.closeAll();
}
