import { alertOf, holdingsOf, nextLook } from "../../session/alerts/judge.ts";
import type { Holding } from "../../session/alerts/judge.ts";
import { ALERT_STATUSES } from "../../session/contract/alerts.ts";
import type { AlertEvent, StoredAlert } from "../../session/contract/alerts.ts";
import type { SessionSummary } from "../../session/summary.ts";
import type { AlertRows } from "./rows.ts";

/**
 * Judges a session by alerts: each event once for each change of state, with a pause between two of a session; nothing that was so
 * before the alert was made, and nothing that was imported. Answers when to look at the session again without a change of it, Unix
 * milliseconds.
 */
export function notify(
  rows: AlertRows,
  alerts: readonly StoredAlert[],
  summaryText: string,
  now: number,
): number | undefined {
  // The directory's own text.
  const summary = JSON.parse(summaryText) as SessionSummary;
  const looks: number[] = [];
  for (const alert of alerts) {
    const look = nextLook(alert.rule, summary, now);
    if (look !== undefined) looks.push(look);
    const holdings = holdingsOf(alert.rule, summary, now);
    const ended = ALERT_STATUSES.filter(
      (event) => !holdings.some((one) => one.event === event) && endState(rows, alert, summary.id, event, now),
    );
    let isSent = false;
    for (const holding of holdings) {
      const outcome = notifyOnce(rows, alert, summary, holding, now);
      if (outcome === "sent") isSent = true;
      else if (outcome !== undefined) looks.push(outcome);
    }
    if (ended.length > 0 && !isSent) closeNotification(rows, alert, summary.id, now);
  }
  return looks.length === 0 ? undefined : Math.min(...looks);
}

/** Has a browser close its notification of the session, and deletes what was not delivered yet. Other targets show no notification. */
export function closeNotification(rows: AlertRows, { name, target }: StoredAlert, session: string, now: number): void {
  if (target.kind !== "push") return;
  rows.dropPending(name, session);
  const over = { event: "over", session, title: "", status: "running", at: now, since: now } as const;
  rows.deliver(name, `msg_${crypto.randomUUID()}`, over);
}

/** The state ended: the same one notifies again, after the pause. Answers whether an alert of it was sent. */
function endState(rows: AlertRows, { name }: StoredAlert, session: string, event: AlertEvent, now: number): boolean {
  const last = rows.lastState(name, session, event);
  if (last === undefined || last.key === "") return false;
  rows.setLastState(name, session, event, { ...last, key: "" }, now);
  return last.at > 0;
}

/** The end of the pause if an alert has to wait for it; `undefined` if none is due. */
function notifyOnce(
  rows: AlertRows,
  { name, rule, since, target }: StoredAlert,
  summary: SessionSummary,
  holding: Holding,
  now: number,
): "sent" | number | undefined {
  const { event, key } = holding;
  const last = rows.lastState(name, summary.id, event);
  if (last?.key === key) return undefined;
  const at = last?.at ?? 0;
  const isNew = holding.isTimely && holding.since >= Math.max(since, rows.deletedUpTo);
  // A clock that was set back must not silence.
  const pauseEnd = at > now ? 0 : at + rule.coolDown;
  if (isNew && pauseEnd > now) return pauseEnd;
  rows.setLastState(name, summary.id, event, { key, at: isNew ? now : at }, now);
  if (!isNew) return undefined;
  // It shows one message of a session.
  if (target.kind === "push") rows.dropPending(name, summary.id);
  rows.deliver(name, `msg_${crypto.randomUUID()}`, alertOf(rule, summary, holding, now));
  return "sent";
}
