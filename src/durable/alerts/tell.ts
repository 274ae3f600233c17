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
    const left = ALERT_STATUSES.filter(
      (event) => !holdings.some((one) => one.event === event) && leave(rows, alert, summary.id, event, now),
    );
    let isTold = false;
    for (const holding of holdings) {
      const outcome = tellOne(rows, alert, summary, holding, now);
      if (outcome === "told") isTold = true;
      else if (outcome !== undefined) looks.push(outcome);
    }
    if (left.length > 0 && !isTold) withdraw(rows, alert, summary.id, now);
  }
  return looks.length === 0 ? undefined : Math.min(...looks);
}

/** A target that can take back what it shows does. What was not delivered yet is not any more. */
export function withdraw(rows: AlertRows, { name, target }: StoredAlert, session: string, now: number): void {
  if (target.kind !== "push") return;
  rows.dropPending(name, session);
  const over = { event: "over", session, title: "", status: "running", at: now, since: now } as const;
  rows.deliver(name, `msg_${crypto.randomUUID()}`, over);
}

/** The state ended: the same one is news again, after the pause. Answers whether it was told. */
function leave(rows: AlertRows, { name }: StoredAlert, session: string, event: AlertEvent, now: number): boolean {
  const told = rows.told(name, session, event);
  if (told === undefined || told.key === "") return false;
  rows.setTold(name, session, event, { ...told, key: "" }, now);
  return told.at > 0;
}

/** The end of the pause if it is too early to tell; `undefined` if there is nothing to tell. */
function tellOne(
  rows: AlertRows,
  { name, rule, since, target }: StoredAlert,
  summary: SessionSummary,
  holding: Holding,
  now: number,
): "told" | number | undefined {
  const { event, key } = holding;
  const told = rows.told(name, summary.id, event);
  if (told?.key === key) return undefined;
  const at = told?.at ?? 0;
  const isNews = holding.isTimely && holding.since >= Math.max(since, rows.forgotten);
  // A clock that was set back must not silence.
  const pauseEnd = at > now ? 0 : at + rule.coolDown;
  if (isNews && pauseEnd > now) return pauseEnd;
  rows.setTold(name, summary.id, event, { key, at: isNews ? now : at }, now);
  if (!isNews) return undefined;
  // It shows one message of a session.
  if (target.kind === "push") rows.dropPending(name, summary.id);
  rows.deliver(name, `msg_${crypto.randomUUID()}`, alertOf(rule, summary, holding, now));
  return "told";
}
