import { GIVEN_UP_MILLIS, IDLE_MILLIS } from "../../../session/liveness.ts";
import type { LivenessFacts } from "../../../session/summary.ts";
import { toMillis } from "../../ui/moments.ts";

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
