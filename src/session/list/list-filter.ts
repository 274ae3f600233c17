import { liveness, LIVENESS_TRANSITIONS } from "../liveness.ts";
import type { Status } from "../liveness.ts";
import type { SessionSummary, LivenessFacts } from "../summary.ts";

export const STATUSES: readonly Status[] = ["waiting", "stalled", "running", "idle", "failed", "finished"];

/** Which sessions a list or its watch shows: all conditions hold. */
export type ListFilter = {
  readonly kind: "session" | "trace" | "all";
  /** Empty: any. */
  readonly statuses: readonly Status[];
  /** What is searched for, as `searchPhrases` makes it. */
  readonly phrases: readonly string[];
  /** Whole names that it must have, as `nameToken` makes them. */
  readonly names: readonly string[];
  /** Unix milliseconds: what began after `until` or ended before `since` is left out. */
  readonly since?: number;
  readonly until?: number;
};

/** All but status and words, for whoever has the row's columns. */
export function isInRange(
  { kind, since, until }: ListFilter,
  rowKind: SessionSummary["kind"],
  start: number,
  end: number,
): boolean {
  return (
    (kind === "all" || kind === rowKind) &&
    (since === undefined || end >= since) &&
    (until === undefined || start <= until)
  );
}

export function hasStatus({ statuses }: ListFilter, status: Status): boolean {
  return statuses.length === 0 || statuses.includes(status);
}

/** Whether only the session's text tells if it is shown. */
export function needsText({ phrases, names }: ListFilter): boolean {
  return phrases.length > 0 || names.length > 0;
}

/** What a filter asks of a session beside its text. */
export type FilteredFacts = Pick<ListFacts, "kind" | "start" | "end" | "liveness">;

/** Whether the session is shown at this time (Unix milliseconds), as far as its text does not matter. */
export function admits(filter: ListFilter, facts: FilteredFacts, now: number): boolean {
  if (!isInRange(filter, facts.kind, facts.start, facts.end)) return false;
  return filter.statuses.length === 0 || filter.statuses.includes(liveness(facts.liveness, now).status);
}

/** What the list of sessions filters, sorts and counts by. Times in Unix milliseconds with fractions. */
export type ListFacts = {
  readonly kind: SessionSummary["kind"];
  /** Last arrival. */
  readonly activity: number;
  readonly start: number;
  readonly end: number;
  /** In and out. */
  readonly tokens: number;
  /** US dollars; 0 where nobody knows. */
  readonly cost: number;
  readonly errors: number;
  readonly liveness: LivenessFacts;
};

export function listFacts({ kind, liveness: facts, start, end, tokens, cost, errors }: SessionSummary): ListFacts {
  return {
    kind,
    activity: arrivalMillis(facts),
    start: Number(start) / 1e6,
    end: Number(end) / 1e6,
    tokens: tokens.input + tokens.output,
    cost: cost ?? 0,
    errors,
    liveness: facts,
  };
}

/** The status from so many milliseconds of silence on, until the next step. */
export type StatusStep = { readonly after: number; readonly status: Status };

/** How the status of unchanged facts moves on while nothing is heard: the first step is after 0, the last one lasts. */
export type StatusSchedule = readonly StatusStep[];

const TRANSITIONS = [0, ...LIVENESS_TRANSITIONS];

/** What {@link liveness} will say of these facts at any time, asked once: a list of many sessions is computed from steps. */
export function statusSchedule(facts: LivenessFacts): StatusSchedule {
  const arrival = arrivalMillis(facts);
  const steps: StatusStep[] = [];
  for (const after of TRANSITIONS) {
    const { status } = liveness(facts, arrival + after);
    if (steps.at(-1)?.status !== status) steps.push({ after, status });
  }
  return steps;
}

/** The status after so many milliseconds of silence. */
export function statusAfter(schedule: StatusSchedule, silentMillis: number): Status {
  let at = schedule.length - 1;
  while (at > 0 && silentMillis < (schedule[at]?.after ?? 0)) at--;
  return schedule[at]?.status ?? "finished";
}

/** When silence alone will next move the status on, Unix milliseconds; `undefined` when it has come to rest. */
export function nextTransition(facts: LivenessFacts, now: number): number | undefined {
  const arrival = arrivalMillis(facts);
  const step = statusSchedule(facts).find(({ after }) => arrival + after > now);
  return step && arrival + step.after;
}

/** Of the last delivery, Unix milliseconds. */
export function arrivalMillis({ lastArrival }: LivenessFacts): number {
  return Number(BigInt(lastArrival) / 1_000_000n);
}
