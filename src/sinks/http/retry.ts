import { fullJitter } from "../../lib/backoff.ts";
import { DAY_MILLIS } from "../../lib/nanoseconds.ts";
import type { Failures, NextTry } from "../../session/contract/outbox.ts";

const FIRST_RETRY_MILLIS = 1_000;
const LAST_RETRY_MILLIS = 600_000;
/** A receiver can't ask for a longer pause. */
const LONGEST_PAUSE_MILLIS = 3_600_000;
const GIVE_UP_MILLIS = DAY_MILLIS;

/**
 * After another failed attempt: when the next one is due, after the pause that the receiver asks for, else with full jitter, so that a
 * thousand deliveries that failed together do not come back together. "given up" after failures for 24 h.
 */
export function nextTry(failures: Failures, now: number, afterMillis?: number): NextTry | "given up" {
  const failingSince = failures.failingSince || now;
  if (now - failingSince > GIVE_UP_MILLIS) return "given up";
  const attempts = failures.attempts + 1;
  const wait =
    afterMillis === undefined
      ? fullJitter(attempts, FIRST_RETRY_MILLIS, Math.random(), LAST_RETRY_MILLIS)
      : Math.max(FIRST_RETRY_MILLIS, Math.min(afterMillis, LONGEST_PAUSE_MILLIS));
  return { attempts, failingSince, dueAt: now + wait };
}
