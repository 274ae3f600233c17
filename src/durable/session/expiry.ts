import { retentionSlack } from "../../session/contract/retention.ts";
import type { RetentionRule } from "../../session/contract/retention.ts";
import type { SessionState } from "./state.ts";

/** Where a trace went is remembered for so long at least. */
export const MARK_MILLIS = 7 * 86_400_000;

/** Owes a look at what arrived then, for when it will be old. */
export function oweExpiry({ maxAge }: RetentionRule, { jobs }: SessionState, arrived: number): void {
  if (maxAge !== undefined) jobs.owe("expire", dueOf(maxAge, arrived));
}

/**
 * When something will be old that is shown here; of what shows nothing, and is no trace's home, when the last mark will be. Told by
 * what is on disk alone: an object that wakes for it must find it due.
 */
export function nextExpiry({ maxAge }: RetentionRule, state: SessionState): number | undefined {
  if (maxAge === undefined || state.log.meta.generation === undefined) return undefined;
  const oldest = state.oldestArrival();
  if (oldest !== undefined) return dueOf(maxAge, oldest);
  if (state.rows.home() !== undefined) return undefined;
  const left = state.lastLeft();
  return Math.max(dueOf(maxAge, left), left + MARK_MILLIS);
}

/** A little later than it might be: whatever else becomes old by then goes with it. */
function dueOf(maxAge: number, arrived: number): number {
  return arrived + maxAge + retentionSlack(maxAge);
}
