import { liveness, LIVENESS_TRANSITIONS } from "../liveness.ts";
import type { Status } from "../liveness.ts";
import type { SessionSummary, LivenessFacts } from "../summary.ts";

export const STATUSES: readonly Status[] = ["waiting", "stalled", "running", "idle", "failed", "finished"];

/** Filter of a list and of its stream: all conditions must hold. */
export type ListFilter = {
  readonly kind: "session" | "trace" | "all";
  /** Empty: any. */
  readonly statuses: readonly Status[];
  /** Search phrases, made by `searchPhrases`. */
  readonly phrases: readonly string[];
  /** Required names, made by `nameToken`. */
  readonly names: readonly string[];
  /** Unix milliseconds. Excludes sessions that started after `until` or ended before `since`. */
  readonly since?: number;
  readonly until?: number;
};

/** All conditions but status and text, for callers that have the row's columns. */
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

/** Whether the filter depends on the session's text. */
export function needsText({ phrases, names }: ListFilter): boolean {
  return phrases.length > 0 || names.length > 0;
}

/** The facts that a filter needs, apart from the text. */
export type FilteredFacts = Pick<ListFacts, "kind" | "start" | "end" | "liveness">;

/** Whether the filter admits the session at this time (Unix milliseconds), its text aside. */
export function admits(filter: ListFilter, facts: FilteredFacts, now: number): boolean {
  if (!isInRange(filter, facts.kind, facts.start, facts.end)) return false;
  return filter.statuses.length === 0 || filter.statuses.includes(liveness(facts.liveness, now).status);
}

/** Facts that the list filters, sorts and counts by. Times in Unix milliseconds with fractions. */
export type ListFacts = {
  readonly kind: SessionSummary["kind"];
  /** Last delivery. */
  readonly activity: number;
  readonly start: number;
  readonly end: number;
  /** Input and output. */
  readonly tokens: number;
  /** US dollars; 0 if unknown. */
  readonly cost: number;
  /** The part of `cost` that comes from the price table. */
  readonly estimated: number;
  /** 1: some of its tokens have an unknown cost. */
  readonly unpriced: 0 | 1;
  readonly errors: number;
  readonly liveness: LivenessFacts;
};

export function listFacts(summary: SessionSummary): ListFacts {
  const { kind, liveness: facts, start, end, tokens, cost, estimated, unpriced, errors } = summary;
  return {
    kind,
    activity: arrivalMillis(facts),
    start: Number(start) / 1e6,
    end: Number(end) / 1e6,
    tokens: tokens.input + tokens.output,
    cost: cost ?? 0,
    estimated: estimated ?? 0,
    unpriced: unpriced === undefined ? 0 : 1,
    errors,
    liveness: facts,
  };
}

/** The status after this many milliseconds of silence, until the next step. */
export type StatusStep = { readonly after: number; readonly status: Status };

/** How the status of unchanged facts changes with silence: the first step is at 0, the last one stays. */
export type StatusSchedule = readonly StatusStep[];

const TRANSITIONS = [0, ...LIVENESS_TRANSITIONS];

/** All future results of {@link liveness} for these facts, computed once: a list of many sessions reads the steps. */
export function statusSchedule(facts: LivenessFacts): StatusSchedule {
  const arrival = arrivalMillis(facts);
  const steps: StatusStep[] = [];
  for (const after of TRANSITIONS) {
    const { status } = liveness(facts, arrival + after);
    if (steps.at(-1)?.status !== status) steps.push({ after, status });
  }
  return steps;
}

/** The status after this much silence. */
export function statusAfter(schedule: StatusSchedule, silentMillis: number): Status {
  let at = schedule.length - 1;
  while (at > 0 && silentMillis < (schedule[at]?.after ?? 0)) at--;
  return schedule[at]?.status ?? "finished";
}

/** When the status changes next without new data, Unix milliseconds; `undefined` if it is final. */
export function nextTransition(facts: LivenessFacts, now: number): number | undefined {
  const arrival = arrivalMillis(facts);
  const step = statusSchedule(facts).find(({ after }) => arrival + after > now);
  return step && arrival + step.after;
}

/** Time of the last delivery, Unix milliseconds. */
export function arrivalMillis({ lastArrival }: LivenessFacts): number {
  return Number(BigInt(lastArrival) / 1_000_000n);
}
