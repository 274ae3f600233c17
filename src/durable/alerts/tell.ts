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
export function tell(
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
    for (const event of ALERT_STATUSES)
      if (!holdings.some((one) => one.event === event)) leave(rows, alert, summary.id, event, now);
    for (const holding of holdings) {
      const pauseEnd = tellOne(rows, alert, summary, holding, now);
      if (pauseEnd !== undefined) looks.push(pauseEnd);
    }
  }
  return looks.length === 0 ? undefined : Math.min(...looks);
}

/** The state ended: the same one is news again, after the pause. */
function leave(rows: AlertRows, { name }: StoredAlert, session: string, event: AlertEvent, now: number): void {
  const told = rows.told(name, session, event);
  if (told !== undefined && told.key !== "") rows.setTold(name, session, event, { ...told, key: "" }, now);
}

/** Answers the end of the pause if it is too early to tell. */
function tellOne(
  rows: AlertRows,
  { name, rule, since }: StoredAlert,
  summary: SessionSummary,
  holding: Holding,
  now: number,
): number | undefined {
  const { event, key } = holding;
  const told = rows.told(name, summary.id, event);
  if (told?.key === key) return undefined;
  const at = told?.at ?? 0;
  const isNews = holding.isTimely && holding.since >= Math.max(since, rows.forgotten);
  // A clock that was set back must not silence.
  const pauseEnd = at > now ? 0 : at + rule.coolDown;
  if (isNews && pauseEnd > now) return pauseEnd;
  if (isNews) rows.deliver(name, `msg_${crypto.randomUUID()}`, alertOf(rule, summary, holding, now));
  rows.setTold(name, summary.id, event, { key, at: isNews ? now : at }, now);
  return undefined;
}
