import { GIVEN_UP_MILLIS, IDLE_MILLIS } from "../../../session/liveness.ts";
import type { LivenessFacts } from "../../../session/summary.ts";
import { toMillis } from "../../ui/moments.ts";

/** Data that ended longer than this before it came is a record: nothing in it goes on now. */
const RECORD_MILLIS = 86_400_000;

/** Where what has not ended is thought to be. */
export type OpenEnd = {
  /** To when it lasts as far as anybody knows, Unix milliseconds: header, rows and panel count to it. `undefined`: nothing goes on. */
  readonly counted: number | undefined;
  /** To where it is drawn, Unix nanoseconds: an axis does not grow while nothing is heard. */
  readonly drawn: bigint;
};

/** `end`: the latest that spans tell of, Unix nanoseconds; `now`: Unix milliseconds. */
export function openEnd(facts: LivenessFacts, end: bigint, now: number): OpenEnd {
  const heard = toMillis(facts.lastArrival);
  const isAwaited = facts.awaitedParents > 0 && now - heard < GIVEN_UP_MILLIS;
  const isRecord = heard - toMillis(end) > RECORD_MILLIS;
  if ((facts.running === 0 && !isAwaited) || isRecord) return { counted: undefined, drawn: end };
  const drawn = BigInt(Math.floor(Math.min(now, heard + IDLE_MILLIS))) * 1_000_000n;
  return { counted: now, drawn: drawn > end ? drawn : end };
}
