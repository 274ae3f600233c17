import { oneLine } from "../../lib/one-line.ts";
import type { Alert, AlertEvent, AlertRule, AlertStatus } from "../contract/alerts.ts";
import { arrivalMillis, statusSchedule } from "../list/list-filter.ts";
import { isTimely, stateAt, stateKey } from "../list/state-change.ts";
import type { Status } from "../liveness.ts";
import type { LivenessFacts, SessionSummary } from "../summary.ts";

/** An event of a rule that holds now. */
export type Holding = {
  readonly event: AlertEvent;
  /** As a text to compare: an alert of the same key is not sent again. */
  readonly key: string;
  /** When it began to hold, Unix milliseconds. */
  readonly since: number;
  /** Whether it reached the server about when it happened: an import sends no alerts. */
  readonly isTimely: boolean;
};

/** What of the rule holds of the session at this time, Unix milliseconds. */
export function holdingsOf(rule: AlertRule, summary: SessionSummary, now: number): Holding[] {
  const { status, since } = stateAt(summary, now);
  const holdings: Holding[] = [];
  if (isIn(rule.on, status))
    holdings.push({
      event: status,
      key: stateKey(summary, status),
      since: status === "waiting" ? waitingSince(summary) : since,
      isTimely: isTimely(summary, status),
    });
  const passed = { key: "passed", isTimely: isTimely(summary, status) };
  if (rule.cost !== undefined && (summary.cost ?? 0) >= rule.cost)
    holdings.push({ event: "cost", ...passed, since: arrivalMillis(summary.liveness) });
  if (rule.duration !== undefined && durationAt(summary, status, now) >= rule.duration)
    holdings.push({ event: "duration", ...passed, since: startOf(summary) + rule.duration });
  return holdings;
}

/** When something of the rule may begin to hold without new data, Unix milliseconds. */
export function nextLook(rule: AlertRule, summary: SessionSummary, now: number): number | undefined {
  const arrival = arrivalMillis(summary.liveness);
  const step = statusSchedule(summary.liveness).find(
    ({ after, status }) => arrival + after > now && isIn(rule.on, status),
  );
  const times = step === undefined ? [] : [arrival + step.after];
  const { status } = stateAt(summary, now);
  if (rule.duration !== undefined && isOpen(summary.liveness, status)) {
    const passing = startOf(summary) + rule.duration;
    if (passing > now) times.push(passing);
  }
  return times.length === 0 ? undefined : Math.min(...times);
}

const MAX_TITLE = 80;
const MAX_QUESTION = 200;

/** The alert to send. */
export function alertOf(rule: AlertRule, summary: SessionSummary, { event, since }: Holding, now: number): Alert {
  const { id, liveness } = summary;
  const { status } = stateAt(summary, now);
  const span = stepOf(liveness, status);
  const question = status === "waiting" && rule.question === "included" ? liveness.waiting?.question : undefined;
  return {
    event,
    session: id,
    title: oneLine(summary.title || id, MAX_TITLE),
    status,
    at: now,
    since: Math.round(since),
    ...(span === undefined ? {} : { span }),
    ...(question === undefined ? {} : { question: oneLine(question, MAX_QUESTION) }),
    ...(event === "cost" ? { cost: summary.cost ?? 0 } : {}),
    ...(event === "duration" ? { duration: Math.round(durationAt(summary, status, now)) } : {}),
  };
}

const isIn = (on: readonly AlertStatus[], status: Status): status is AlertStatus => on.some((one) => one === status);

function waitingSince({ liveness: { waiting } }: SessionSummary): number {
  return Number(BigInt(waiting?.since ?? 0) / 1_000_000n);
}

const startOf = ({ start }: SessionSummary): number => Number(BigInt(start) / 1_000_000n);

/** Whether its time passes: something of it runs, is awaited, or waits for an answer. */
function isOpen({ running, awaitedParents }: LivenessFacts, status: Status): boolean {
  return status === "waiting" || running > 0 || (awaitedParents > 0 && status !== "finished" && status !== "failed");
}

function durationAt(summary: SessionSummary, status: Status, now: number): number {
  const end = Number(BigInt(summary.end) / 1_000_000n);
  return (isOpen(summary.liveness, status) ? Math.max(end, now) : end) - startOf(summary);
}

/** The step that asks, or that runs since the earliest. */
function stepOf({ waiting, oldestRunning }: LivenessFacts, status: Status): string | undefined {
  return status === "waiting" ? waiting?.span : oldestRunning?.span;
}
