import { liveness, LIVENESS_TURNS } from "../liveness.ts";
import type { Status } from "../liveness.ts";
import type { LivenessFacts } from "../summary.ts";

/** The status from so many milliseconds of silence on, until the next step. */
export type StatusStep = { readonly after: number; readonly status: Status };

/** How the status of unchanged facts moves on while nothing is heard: the first step is after 0, the last one lasts. */
export type StatusSchedule = readonly StatusStep[];

const TURNS = [0, ...LIVENESS_TURNS];

/** What {@link liveness} will say of these facts at any time, asked once: a list of many sessions is computed from steps. */
export function statusSchedule(facts: LivenessFacts): StatusSchedule {
  const arrival = arrivalMillis(facts);
  const steps: StatusStep[] = [];
  for (const after of TURNS) {
    const { status } = liveness(facts, arrival + after);
    if (steps.at(-1)?.status !== status) steps.push({ after, status });
  }
  return steps;
}

/** The status after so many milliseconds of silence. */
export function statusAfter(schedule: StatusSchedule, silentMillis: number): Status {
  let at = schedule.length - 1;
  while (at > 0 && silentMillis < (schedule[at]?.after ?? 0)) at--;
  return schedule[at]?.status ?? "finished";
}

/** When silence alone will next move the status on, Unix milliseconds; `undefined` when it has come to rest. */
export function nextTurn(facts: LivenessFacts, now: number): number | undefined {
  const arrival = arrivalMillis(facts);
  const step = statusSchedule(facts).find(({ after }) => arrival + after > now);
  return step && arrival + step.after;
}

/** Of the last delivery, Unix milliseconds. */
export function arrivalMillis({ lastArrival }: LivenessFacts): number {
  return Number(BigInt(lastArrival) / 1_000_000n);
}
