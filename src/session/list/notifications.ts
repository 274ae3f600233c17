import { oneLine } from "../../lib/one-line.ts";
import type { ListStreamEvent } from "../contract/stream-events.ts";
import { NOTIFIED_STATUSES, type NotifiedStatus } from "./list-groups.ts";
import type { Status } from "../liveness.ts";
import type { SessionSummary } from "../summary.ts";
import { isTimely, STATE_WORDS, stateAt, stateKey } from "./state-change.ts";
import type { State } from "./state-change.ts";

export type SessionNotification = {
  readonly id: string;
  readonly status: NotifiedStatus;
  readonly title: string;
  /** The question, the cause of the failure, or nothing. */
  readonly body: string;
  /** The span that asks, as in a session's URL. */
  readonly span?: string;
};

export type NotificationStep =
  | { readonly step: "show"; readonly notification: SessionNotification }
  /** What was shown of the session no longer holds. */
  | { readonly step: "close"; readonly id: string };

/** An end that is older when it is learned of is no news: something else changed the session, milliseconds. */
export const SETTLED_NEWS_MILLIS = 60_000;
/** States of so many sessions are remembered, the latest ones. */
const REMEMBERED = 10_000;

type First = "first-page" | "later-page" | "change";

/**
 * Decides what to announce of sessions, from a watch of the list with {@link NOTIFIED_STATUSES} or some of them as its filter: one
 * notification for each change of state, none of what was so before. Changes count at the bookmark after them, which has the
 * server's time.
 */
export class NotificationFold {
  readonly #statuses: ReadonlySet<Status>;
  readonly #isWanted: (session: SessionSummary) => boolean;
  /** The announced state of each session, as a text to compare. */
  readonly #known = new Map<string, string>();
  readonly #shown = new Set<string>();
  #pending: { readonly summary: SessionSummary; readonly from: First }[] = [];
  #hasBegun = false;

  constructor(statuses: readonly NotifiedStatus[], isWanted: (session: SessionSummary) => boolean) {
    this.#statuses = new Set(statuses);
    this.#isWanted = isWanted;
  }

  /** The first page of the list, before the watch, and again after a reset. `page`: whether it has all sessions of the filter. */
  begin(sessions: readonly SessionSummary[], page: "whole" | "part"): readonly NotificationStep[] {
    const from = this.#hasBegun ? "later-page" : "first-page";
    this.#hasBegun = true;
    this.#pending = sessions.map((summary) => ({ summary, from }));
    if (page === "part") return [];
    const present = new Set(sessions.map(({ id }) => id));
    return [...this.#known.keys()].filter((id) => !present.has(id)).flatMap((id) => this.#leave(id));
  }

  apply(event: ListStreamEvent): readonly NotificationStep[] {
    switch (event.type) {
      case "session":
        this.#pending.push({ summary: event.summary, from: "change" });
        return [];
      case "gone":
        this.#pending = this.#pending.filter(({ summary }) => summary.id !== event.id);
        return this.#leave(event.id);
      case "bookmark": {
        const pending = this.#pending;
        this.#pending = [];
        return pending.flatMap(({ summary, from }) => this.#learn(summary, from, event.now));
      }
      case "recentExports":
      case "reset":
        return [];
    }
  }

  #leave(id: string): readonly NotificationStep[] {
    this.#known.delete(id);
    return this.#shown.delete(id) ? [{ step: "close", id }] : [];
  }

  #learn(summary: SessionSummary, from: First, now: number): readonly NotificationStep[] {
    const { id } = summary;
    const state = stateAt(summary, now);
    if (!isNotified(state.status) || !this.#statuses.has(state.status)) return this.#leave(id);
    const key = stateKey(summary, state.status);
    if (this.#known.get(id) === key) return [];
    const earlier = this.#leave(id);
    this.#remember(id, key);
    // After a reset, nothing says when the end of a session became known.
    const isNews = from === "change" || (from === "later-page" && state.status === "waiting");
    if (!isNews || !this.#isWanted(summary) || !isRecent(summary, state, now)) return earlier;
    this.#shown.add(id);
    return [...earlier, { step: "show", notification: notificationOf(summary, state.status) }];
  }

  #remember(id: string, key: string): void {
    this.#known.set(id, key);
    if (this.#known.size <= REMEMBERED) return;
    for (const oldest of this.#known.keys()) {
      if (this.#shown.has(oldest)) continue;
      this.#known.delete(oldest);
      return;
    }
  }
}

const isNotified = (status: Status): status is NotifiedStatus =>
  NOTIFIED_STATUSES.some((notified) => notified === status);

function isRecent(summary: SessionSummary, { status, since }: State, now: number): boolean {
  if (!isTimely(summary, status)) return false;
  return status === "waiting" || now - since < SETTLED_NEWS_MILLIS;
}

const MAX_TITLE = 80;
const MAX_BODY = 200;

function notificationOf(summary: SessionSummary, status: NotifiedStatus): SessionNotification {
  const { id, liveness } = summary;
  const title = `${STATE_WORDS[status]}: ${oneLine(summary.title || id, MAX_TITLE)}`;
  const waiting = status === "waiting" ? liveness.waiting : undefined;
  const body = oneLine(waiting?.question ?? (status === "failed" ? causeOf(summary) : ""), MAX_BODY);
  return { id, status, title, body, ...(waiting?.span === undefined ? {} : { span: waiting.span }) };
}

function causeOf({ causes: [first] = [] }: SessionSummary): string {
  if (first === undefined) return "";
  return first.reason === undefined ? first.name : `${first.name}: ${first.reason}`;
}
