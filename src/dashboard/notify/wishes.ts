import { NOTIFIED_STATUSES, type NotifiedStatus } from "../../session/list/list-groups.ts";

/** What a reader wants to be notified of, in this browser. */
export type Wishes = {
  readonly all: boolean;
  /** Ids of single sessions, the latest choice last. */
  readonly sessions: readonly string[];
  /** Beside sessions that wait for an answer. */
  readonly also: readonly Exclude<NotifiedStatus, "waiting">[];
};

export const NO_WISHES: Wishes = { all: false, sessions: [], also: [] };

/** Sessions of earlier days end by themselves; the oldest choices make room. */
const MOST_SESSIONS = 100;

/** What a button is about: a session's id, or all sessions. */
export type Subject = { readonly session: string } | "all";

export const isWished = (wishes: Wishes, subject: Subject): boolean =>
  subject === "all" ? wishes.all : wishes.sessions.includes(subject.session);

export function withSubject(wishes: Wishes, subject: Subject, choice: "on" | "off"): Wishes {
  if (subject === "all") return { ...wishes, all: choice === "on" };
  const others = wishes.sessions.filter((id) => id !== subject.session);
  return { ...wishes, sessions: choice === "on" ? [...others, subject.session].slice(-MOST_SESSIONS) : others };
}

/** The statuses to watch; none without a wish. */
export function watchedStatuses({ all, sessions, also }: Wishes): readonly NotifiedStatus[] {
  return all || sessions.length > 0 ? ["waiting", ...also] : [];
}

/** Of the text that a browser stores. Nothing is wished in a text of another form. */
export function readWishes(text: string | null): Wishes {
  let stored: unknown;
  try {
    stored = JSON.parse(text ?? "{}");
  } catch {
    return NO_WISHES;
  }
  const field = (name: string): unknown => Reflect.get(Object(stored), name);
  const texts = (name: string): readonly string[] => {
    const list = field(name);
    return Array.isArray(list) ? list.filter((item) => typeof item === "string") : [];
  };
  const also = texts("also");
  return {
    all: field("all") === true,
    sessions: texts("sessions").slice(-MOST_SESSIONS),
    also: NOTIFIED_STATUSES.filter((status) => status !== "waiting").filter((status) => also.includes(status)),
  };
}
