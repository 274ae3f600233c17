import { retentionSlack } from "../../trace/retention.ts";
import type { RetentionRule } from "../../trace/retention.ts";
import type { SessionState } from "./session-state.ts";

/** Owes a look at what arrived then, for when it will be old. */
export function oweExpiry({ maxAge }: RetentionRule, { jobs }: SessionState, arrived: number): void {
  if (maxAge !== undefined) jobs.owe("expire", dueOf(maxAge, arrived));
}

/** When something will be old that is shown here; of what shows nothing, and is no trace's home, when its marks will be. */
export function nextExpiry({ maxAge }: RetentionRule, state: SessionState, now: number): number | undefined {
  if (maxAge === undefined || state.log.life.incarnation === undefined) return undefined;
  const oldest = state.oldestArrival();
  if (oldest !== undefined) return dueOf(maxAge, oldest);
  return state.rows.home() === undefined ? dueOf(maxAge, now) : undefined;
}

/** A little later than it might be: whatever else becomes old by then goes with it. */
function dueOf(maxAge: number, arrived: number): number {
  return arrived + maxAge + retentionSlack(maxAge);
}
