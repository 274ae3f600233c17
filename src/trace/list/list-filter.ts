import type { ListFacts } from "./list-facts.ts";
import { liveness } from "../liveness.ts";
import type { Status } from "../liveness.ts";
import type { SessionSummary } from "../summary.ts";

export const STATUSES: readonly Status[] = ["waiting", "stalled", "running", "quiet", "failed", "finished"];

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
