import { DAY_MILLIS } from "../../lib/nanoseconds.ts";
import { retentionSlack } from "../../session/contract/retention.ts";
import type { SessionState } from "./state.ts";

/** Tombstones are kept for so long at least. */
export const TOMBSTONE_MILLIS = 7 * DAY_MILLIS;

/** Schedules the expiry of a delivery. */
export function scheduleExpiry({ settings, jobs }: SessionState, received: number): void {
  const { maxAge } = settings.retention;
  if (maxAge !== undefined) jobs.schedule("expire", expiryOf(maxAge, received));
}

/**
 * When the next visible trace expires; if none is visible or owned, when the last tombstone does. Computed from what is on
 * disk alone: an object that wakes for it must find it due.
 */
export function nextExpiryAt(state: SessionState): number | undefined {
  const { maxAge } = state.settings.retention;
  if (maxAge === undefined || state.generation === undefined) return undefined;
  const oldest = state.oldestReceived();
  if (oldest !== undefined) return expiryOf(maxAge, oldest);
  if (state.traces.owned() !== undefined) return undefined;
  const left = state.lastMovedAt();
  return Math.max(expiryOf(maxAge, left), left + TOMBSTONE_MILLIS);
}

/** Somewhat later than necessary, so that traces of about the same age expire together. */
function expiryOf(maxAge: number, received: number): number {
  return received + maxAge + retentionSlack(maxAge);
}
