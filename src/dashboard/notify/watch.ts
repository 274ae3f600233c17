import { LIST_PATH } from "../address/address.ts";
import { computed, effect, type ReadonlySignal } from "@preact/signals";
import { decodeListEvent } from "../../client/decode-event.ts";
import { openEventStream } from "../../client/event-stream.ts";
import { NotificationFold, type NotificationStep, type SessionNotification } from "../../session/list/notifications.ts";
import type { NotifiedStatus } from "../../session/list/list-groups.ts";
import { readListPage } from "../../session/list/list-page.ts";
import type { SessionSummary } from "../../session/summary.ts";
import { go } from "../address/location.ts";
import { authorisation } from "../server.ts";
import { browser } from "../stream/browser.ts";
import { type Preferences, watchedStatuses } from "./preferences.ts";
import { isPushed, syncPush } from "./push.ts";

/** The tab that has it notifies; with its end the next tab does. */
const LOCK = "spanfold.notifications";
/** What is known of before: sessions that wait, and ends of the last minutes. */
const FIRST_PAGE = 100;

/** Notifies of what changes while this tab is open, unless another one does. Returns the end of it. */
export function watchSessions(preferences: ReadonlySignal<Preferences>): () => void {
  const ending = new AbortController();
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  const whileFirst = async (): Promise<void> => {
    const stop = followStatuses(preferences);
    await ended;
    stop();
  };
  navigator.locks.request(LOCK, { signal: ending.signal }, whileFirst).catch(() => undefined);
  return () => {
    end();
    ending.abort();
  };
}

/** A stream for each choice of statuses; none while a push service notifies this browser. */
function followStatuses(preferences: ReadonlySignal<Preferences>): () => void {
  const statuses = computed(() => (isPushed.value ? "" : watchedStatuses(preferences.value).join(",")));
  const stopSync = effect(() => syncPush(preferences.value));
  const stopWatch = effect(() => {
    const chosen = statuses.value;
    return chosen === "" ? undefined : watchStatuses(chosen, preferences);
  });
  return () => {
    stopSync();
    stopWatch();
  };
}

function watchStatuses(statuses: string, preferences: ReadonlySignal<Preferences>): () => void {
  const isWanted = ({ id, kind }: SessionSummary): boolean => {
    const { all, sessions } = preferences.peek();
    return (all && kind === "session") || sessions.includes(id);
  };
  const fold = new NotificationFold(statuses.split(",") as NotifiedStatus[], isWanted);
  const notices = new Notices();
  const url = `${LIST_PATH}?kind=all&status=${statuses}`;
  const stream = openEventStream(
    {
      url: () => `${url}&watch=true`,
      decode: decodeListEvent,
      prologue: {
        url: `${url}&limit=${FIRST_PAGE}`,
        take(body) {
          const { sessions, nextCursor, resourceVersion } = readListPage(body);
          notices.follow(fold.begin(sessions, nextCursor === undefined ? "whole" : "part"));
          return resourceVersion;
        },
      },
      authorisation,
      kind: "watch",
      whenMissing: "retry",
      onEvents: (received) => notices.follow(received.flatMap(({ event }) => fold.apply(event))),
    },
    browser("never"),
  );
  return () => {
    stream.close();
    notices.close();
  };
}

/** The notifications that the browser shows. */
class Notices {
  readonly #open = new Map<string, Notification>();

  constructor() {
    // A click on it would lead nowhere.
    addEventListener("pagehide", this.close);
  }

  follow(steps: readonly NotificationStep[]): void {
    for (const step of steps) {
      if (step.step === "show") this.#show(step.notification);
      else this.#close(step.id);
    }
  }

  close = (): void => {
    removeEventListener("pagehide", this.close);
    for (const id of this.#open.keys()) this.#close(id);
  };

  #show({ id, title, body, span }: SessionNotification): void {
    let notice: Notification;
    try {
      notice = new Notification(title, { body, tag: id, icon: "/favicon.svg" });
    } catch {
      // Some phones allow notifications of service workers only.
      return;
    }
    this.#open.set(id, notice);
    notice.addEventListener("click", () => {
      window.focus();
      go({ page: "session", id, span });
      this.#close(id);
    });
    notice.addEventListener("close", () => {
      if (this.#open.get(id) === notice) this.#open.delete(id);
    });
  }

  #close(id: string): void {
    this.#open.get(id)?.close();
    this.#open.delete(id);
  }
}
