import { capitalised } from "../lib/figures.ts";
import type { LivenessFacts, OpenInputRequest, SessionSummary } from "./summary.ts";

export type Status = "waiting" | "stalled" | "running" | "idle" | "failed" | "finished";

/** As a reader sees it: "Waiting". */
export const statusWord: (status: Status) => string = capitalised;

export type Liveness = {
  readonly status: Status;
  /** For `stalled` and `idle`: the running span that started first, and the silence so far, milliseconds. */
  readonly open?: { readonly name: string; readonly forMillis: number };
  /** For `waiting`: the input request, and how long it has been open, milliseconds. */
  readonly waiting?: OpenInputRequest & { readonly forMillis: number };
  readonly silentMillis: number;
  readonly missingParents: number;
};

/** A model may think for a minute. A session that is silent for longer, with a running span, needs a look. */
export const STALLED_MILLIS = 120_000;
/** Exporters send every 5 s, some every 30 s. */
export const IDLE_MILLIS = 30_000;
/** With nothing open, more data may come for two intervals of an exporter's batches. */
export const SETTLED_MILLIS = 10_000;
/** After this silence a missing parent is no longer expected. */
export const GIVEN_UP_MILLIS = 600_000;

/** People answer the next morning. After a day of silence no answer is expected, and the input request no longer counts. */
export const UNANSWERED_MILLIS = 86_400_000;
/** Silences, milliseconds, ascending, at which the result of {@link liveness} may change for unchanged facts. */
export const LIVENESS_TRANSITIONS: readonly number[] = [
  SETTLED_MILLIS,
  IDLE_MILLIS,
  STALLED_MILLIS,
  GIVEN_UP_MILLIS,
  UNANSWERED_MILLIS,
];

/**
 * One pure function of facts and the present (Unix milliseconds), for the list, the stream and the page. No status is
 * final: later data can change each of them.
 */
export function liveness(facts: LivenessFacts, now: number): Liveness {
  // A page's clock may be behind the server's.
  const silentMillis = Math.max(0, now - Number(BigInt(facts.lastArrival) / 1_000_000n));
  const isGivenUp = silentMillis >= GIVEN_UP_MILLIS;
  const missingParents = facts.missingParents + (isGivenUp ? facts.awaitedParents : 0);
  const isOpen = facts.running > 0 || (facts.awaitedParents > 0 && !isGivenUp);
  const open = facts.oldestRunning && { open: { name: facts.oldestRunning.name, forMillis: silentMillis } };

  if (facts.waiting !== undefined && silentMillis < UNANSWERED_MILLIS) {
    const forMillis = Math.max(0, now - Number(BigInt(facts.waiting.since) / 1_000_000n));
    return { status: "waiting", waiting: { ...facts.waiting, forMillis }, silentMillis, missingParents };
  }
  if (facts.running > 0 && silentMillis >= STALLED_MILLIS) {
    return { status: "stalled", ...open, silentMillis, missingParents };
  }
  if (silentMillis < (isOpen ? IDLE_MILLIS : SETTLED_MILLIS))
    return { status: "running", silentMillis, missingParents };
  if (isOpen) return { status: "idle", ...open, silentMillis, missingParents };
  return { status: facts.failed ? "failed" : "finished", silentMillis, missingParents };
}

export type SummaryWithStatus = SessionSummary & { readonly status: Status };

/** The summary and its status at this time (Unix milliseconds). */
export function withStatus(summary: SessionSummary, now: number): SummaryWithStatus {
  return { ...summary, status: liveness(summary.liveness, now).status };
}
