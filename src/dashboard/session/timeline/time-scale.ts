import { GIVEN_UP_MILLIS, IDLE_MILLIS } from "../../../session/liveness.ts";
import type { LivenessFacts } from "../../../session/summary.ts";
import { toMillis } from "../../ui/moments.ts";

/** The common time axis of a session's bars: nanoseconds to fractions of its width. */
export type TimeScale = { readonly start: bigint; readonly end: bigint };

/** Nanoseconds. */
export const SECOND = 1_000_000_000n;
export const MINUTE = 60n * SECOND;
export const HOUR = 60n * MINUTE;
export const DAY = 24n * HOUR;

/** Steps between ticks. Below a second they are decimal, above 10 days multiples of 10 days. */
const STEPS: readonly bigint[] = [
  ...[1n, 2n, 5n, 10n, 15n, 30n].map((seconds) => seconds * SECOND),
  ...[1n, 2n, 5n, 10n, 15n, 30n].map((minutes) => minutes * MINUTE),
  ...[1n, 2n, 3n, 6n, 12n].map((hours) => hours * HOUR),
  ...[1n, 2n, 5n, 10n].map((days) => days * DAY),
];

/** The smallest step not below `least`. */
export function stepOver(least: bigint): bigint {
  if (least <= SECOND / 2n) {
    for (let decade = 1n; ; decade *= 10n) {
      for (const factor of [1n, 2n, 5n]) if (factor * decade >= least) return factor * decade;
    }
  }
  const step = STEPS.find((candidate) => candidate >= least);
  return step ?? (least / (10n * DAY) + 1n) * 10n * DAY;
}

/**
 * The axis of a growing session ends at a round figure ahead, so that bars move in steps instead of continuously. At least four
 * fifths of it are full.
 */
export function roomy(start: bigint, end: bigint): bigint {
  const length = end - start;
  if (length <= 0n) return start + SECOND;
  const step = stepOver(length / 14n + 1n);
  const least = length + length / 20n;
  return start + ((least + step - 1n) / step) * step;
}

/** A scale around a span with a margin on both sides, not before the session's start. */
export function around(start: bigint, end: bigint, earliest: bigint): TimeScale {
  const length = end > start ? end - start : 1_000n;
  const margin = length / 10n + 1n;
  const from = start - margin < earliest ? earliest : start - margin;
  return { start: from, end: (end > start ? end : start + length) + margin };
}

/** Data that ended longer than this before its receipt is historical: nothing in it is still running. */
const RECORD_MILLIS = 86_400_000;

/** The assumed end of open spans. */
export type OpenEnd = {
  /** The present for the counters of header, rows and panel, Unix milliseconds. `undefined`: nothing is open. */
  readonly counted: number | undefined;
  /** The end of drawn bars, Unix nanoseconds. The axis does not grow while no data arrives. */
  readonly drawn: bigint;
};

/** `end`: the latest time in the spans, Unix nanoseconds; `now`: Unix milliseconds. */
export function openEnd(facts: LivenessFacts, end: bigint, now: number): OpenEnd {
  const received = toMillis(facts.lastArrival);
  const isAwaited = facts.awaitedParents > 0 && now - received < GIVEN_UP_MILLIS;
  const isHistorical = received - toMillis(end) > RECORD_MILLIS;
  if ((facts.running === 0 && !isAwaited) || isHistorical) return { counted: undefined, drawn: end };
  const drawn = BigInt(Math.floor(Math.min(now, received + IDLE_MILLIS))) * 1_000_000n;
  return { counted: now, drawn: drawn > end ? drawn : end };
}
