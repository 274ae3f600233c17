import { computed, type ReadonlySignal } from "@preact/signals";
import { NOTIFIED_STATUSES, type NotifiedStatus } from "../../session/list/list-groups.ts";
import { remembered } from "../ui/remembered.ts";

/** What a reader wants to be notified of, in this browser. */
export type Preferences = {
  readonly all: boolean;
  /** Ids of single sessions, the latest choice last. */
  readonly sessions: readonly string[];
  /** Beside sessions that wait for an answer. */
  readonly also: readonly Exclude<NotifiedStatus, "waiting">[];
};

const NONE: Preferences = { all: false, sessions: [], also: [] };

/** Sessions of earlier days end by themselves; the oldest choices make room. */
const MAX_SESSIONS = 100;

/** What a button is about: a session's id, or all sessions. */
export type Subject = { readonly session: string } | "all";

export const hasSubject = (preferences: Preferences, subject: Subject): boolean =>
  subject === "all" ? preferences.all : preferences.sessions.includes(subject.session);

export function withSubject(preferences: Preferences, subject: Subject, choice: "on" | "off"): Preferences {
  if (subject === "all") return { ...preferences, all: choice === "on" };
  const others = preferences.sessions.filter((id) => id !== subject.session);
  return { ...preferences, sessions: choice === "on" ? [...others, subject.session].slice(-MAX_SESSIONS) : others };
}

/** The statuses to watch; none if nothing is to be notified of. */
export function watchedStatuses({ all, sessions, also }: Preferences): readonly NotifiedStatus[] {
  return all || sessions.length > 0 ? ["waiting", ...also] : [];
}

/** Of what a browser stores. A value of another form has none. */
function readPreferences(stored: unknown): Preferences {
  const field = (name: string): unknown => Reflect.get(Object(stored), name);
  const texts = (name: string): readonly string[] => {
    const list = field(name);
    return Array.isArray(list) ? list.filter((item) => typeof item === "string") : [];
  };
  const also = texts("also");
  return {
    all: field("all") === true,
    sessions: texts("sessions").slice(-MAX_SESSIONS),
    also: NOTIFIED_STATUSES.filter((status) => status !== "waiting").filter((status) => also.includes(status)),
  };
}

const stored = remembered("notifications", readPreferences);

export const preferences: ReadonlySignal<Preferences> = computed(() => stored.value.value ?? NONE);

export const setPreferences = (next: Preferences): void => stored.set(next);
