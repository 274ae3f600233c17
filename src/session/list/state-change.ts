import type { Status } from "../liveness.ts";
import type { SessionSummary } from "../summary.ts";
import { arrivalMillis, statusSchedule } from "./list-filter.ts";

/** A question or an end that reached the server so much later than it happened is from an old log, milliseconds. Exporters that were cut off send earlier. */
const NEWS_MILLIS = 600_000;

/** `since`: when time alone made the status what it is, Unix milliseconds. */
export type State = { readonly status: Status; readonly since: number };

export function stateAt({ liveness }: SessionSummary, now: number): State {
  const arrival = arrivalMillis(liveness);
  const silentMillis = Math.max(0, now - arrival);
  const step = statusSchedule(liveness).findLast(({ after }) => after <= silentMillis);
  return { status: step?.status ?? "finished", since: arrival + (step?.after ?? 0) };
}

/** The state as a text to compare: another question is another state. */
export function stateKey({ liveness: { waiting } }: SessionSummary, status: Status): string {
  if (status !== "waiting" || waiting === undefined) return status;
  return `waiting ${waiting.span ?? waiting.since} ${waiting.question}`;
}

/** Whether the change to this status reached the server about when it happened. One in an import, or in an export of old logs, did not. */
export function isTimely({ liveness, end }: SessionSummary, status: Status): boolean {
  const happened = Number(BigInt((status === "waiting" ? liveness.waiting?.since : undefined) ?? end) / 1_000_000n);
  return !liveness.isImported && arrivalMillis(liveness) - happened < NEWS_MILLIS;
}

/** What a message begins with. */
export const STATE_WORDS = {
  waiting: "Needs you",
  stalled: "Stalled",
  failed: "Failed",
  finished: "Finished",
} as const satisfies Partial<Record<Status, string>>;
