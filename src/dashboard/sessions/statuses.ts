import { groupOf, type ListGroup, STALLED_PINNED_MILLIS } from "../../session/list/list-groups.ts";
import { arrivalMillis, statusAfter, statusSchedule, type StatusSchedule } from "../../session/list/list-filter.ts";
import type { Status } from "../../session/liveness.ts";
import type { SessionSummary } from "../../session/summary.ts";

export type ListedStatus = { readonly status: Status; readonly group: ListGroup };

/** The statuses of a list at one moment. */
export type ListStatuses = {
  readonly of: ReadonlyMap<string, ListedStatus>;
  /** When time alone changes the next one, Unix milliseconds; infinite if it changes none. */
  readonly until: number;
};

type Course = { readonly arrival: number; readonly schedule: StatusSchedule };

/** A summary is read once, however often the list is shown. */
const courses = new WeakMap<SessionSummary, Course>();

function courseOf(summary: SessionSummary): Course {
  let course = courses.get(summary);
  if (course === undefined) {
    course = { arrival: arrivalMillis(summary.liveness), schedule: statusSchedule(summary.liveness) };
    courses.set(summary, course);
  }
  return course;
}

export function statusesAt(sessions: Iterable<SessionSummary>, now: number): ListStatuses {
  const of = new Map<string, ListedStatus>();
  let until = Infinity;
  for (const summary of sessions) {
    const { arrival, schedule } = courseOf(summary);
    const silentMillis = Math.max(0, now - arrival);
    const status = statusAfter(schedule, silentMillis);
    of.set(summary.id, { status, group: groupOf({ status, silentMillis }) });
    const changes = schedule.map(({ after }) => arrival + after);
    if (status === "stalled") changes.push(arrival + STALLED_PINNED_MILLIS);
    for (const at of changes) if (at > now && at < until) until = at;
  }
  return { of, until };
}
