import type { UpstreamAnswer } from "../api/upstream-schema.ts";
import { nanoseconds } from "../lib/nanoseconds.ts";
import type { LastAttempt } from "../session/contract/upstreams.ts";

/** The state of an upstream or an alert. `off`: why nothing is sent there; `last`: absent before the first attempt. */
export function lastAttemptAnswer(
  off: string | undefined,
  last: LastAttempt = { isUp: true },
): Pick<UpstreamAnswer, "state" | "reason" | "lastAttempt"> {
  const reason = off ?? last.message;
  return {
    state: off !== undefined ? "off" : last.isUp ? "on" : "failing",
    ...(reason === undefined ? {} : { reason }),
    ...(last.at === undefined ? {} : { lastAttempt: nanoseconds(last.at) }),
  };
}
