import { arrivalMillis } from "./status-schedule.ts";
import type { LivenessFacts, SessionSummary } from "../summary.ts";

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

export function listFacts({ kind, liveness, start, end, tokens, cost, errors }: SessionSummary): ListFacts {
  return {
    kind,
    activity: arrivalMillis(liveness),
    start: Number(start) / 1e6,
    end: Number(end) / 1e6,
    tokens: tokens.input + tokens.output,
    cost: cost ?? 0,
    errors,
    liveness,
  };
}
