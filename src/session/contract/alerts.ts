/** What the tenant's alerts are, between the Worker and their object. */
import type { ListFilter } from "../list/list-filter.ts";
import type { Status } from "../liveness.ts";
import type { LastAttempt, Sealed } from "./upstreams.ts";
import type { Cursor } from "./log-page.ts";
import type { Failures, NextTry } from "./outbox.ts";

export const ALERT_STATUSES = ["waiting", "stalled", "failed", "finished"] as const satisfies readonly Status[];
export type AlertStatus = (typeof ALERT_STATUSES)[number];

/** The values that a setting may have, the default first. */
export const ALERT_CHOICES = {
  format: ["standard", "slack", "teams"],
  question: ["omitted", "included"],
} as const;

type Choice<Name extends keyof typeof ALERT_CHOICES> = (typeof ALERT_CHOICES)[Name][number];

/** A status that a session comes to; `cost`, `duration`: it passes the rule's. */
export type AlertEvent = AlertStatus | "cost" | "duration";

/** When to notify, and of which sessions. */
export type AlertRule = {
  readonly on: readonly AlertStatus[];
  /** US dollars. */
  readonly cost?: number;
  /** Milliseconds. */
  readonly duration?: number;
  /** Sessions of the list with this query; `text`: as given. Without it, and without ids, all sessions. */
  readonly filter?: { readonly text: string; readonly filter: ListFilter };
  /** Single sessions, beside those of the filter. */
  readonly ids?: readonly string[];
  /** Whether an alert has the question of a session that waits. */
  readonly question: Choice<"question">;
  /** After an alert of a session, the next one of the same event waits for so long, milliseconds. */
  readonly coolDown: number;
};

/** Of a webhook's body. `standard`: facts, for programs. */
export type AlertFormat = Choice<"format">;

/** Where to, without secrets. */
export type AlertTarget =
  | {
      readonly kind: "webhook";
      readonly format: AlertFormat;
      readonly host: string;
      readonly isSigned: boolean;
    }
  /** A browser's subscription of Web Push. */
  | { readonly kind: "push"; readonly host: string };

/** The key by which push services know this deployment (VAPID, RFC 8292). `publicKey`: base64url of the uncompressed point. */
export type StoredVapid = { readonly publicKey: string; readonly sealed: Sealed };

export type StoredAlert = {
  readonly name: string;
  readonly rule: AlertRule;
  readonly target: AlertTarget;
  /** The target's address and secrets. */
  readonly sealed: Sealed;
  /** The origin of the page that links lead to. */
  readonly page: string;
  /** States from before are not notified of; Unix milliseconds. */
  readonly since: number;
};

/** An alert of a session. Times in Unix milliseconds. */
export type Alert = {
  /** `over`: the state of the last alert ended. Only for targets that can close its notification. */
  readonly event: AlertEvent | "over";
  readonly session: string;
  /** One line. */
  readonly title: string;
  readonly status: Status;
  readonly at: number;
  /** When it became so. */
  readonly since: number;
  /** The step, `<traceId>:<spanId>`, if one is known. */
  readonly span?: string;
  /** One line; only if the rule includes it. */
  readonly question?: string;
  /** For `cost`: US dollars so far. */
  readonly cost?: number;
  /** For `duration`: milliseconds so far. */
  readonly duration?: number;
};

/** An alert on its way to one target. `id` names it in every attempt. */
export type AlertDelivery = {
  readonly id: string;
  readonly alert: Alert;
  readonly failures: Failures;
};

/** One attempt. `at`: Unix milliseconds. */
export type AlertTry = {
  readonly at: number;
  readonly millis: number;
  readonly outcome: "accepted" | "retry" | "refused";
  /** HTTP status; absent without an answer. */
  readonly status?: number;
  readonly reason?: string;
};

/** `next`: the attempt after it; absent for none. Without `attempt` nothing was sent: the destination rests. */
export type AlertOutcome = {
  readonly attempt?: AlertTry;
  /** The target does not exist any more. */
  readonly isGone?: true;
  readonly next?: NextTry;
};

export type ListedDelivery = {
  readonly id: string;
  readonly alert: Alert;
  readonly state: "pending" | "delivered" | "refused";
  /** Of the next attempt, Unix milliseconds. */
  readonly dueAt?: number;
  /** All of them. */
  readonly attempts: number;
  /** The last ones. */
  readonly tries: readonly AlertTry[];
};

/** Since the alert was made. */
export type AlertCounts = LastAttempt & {
  readonly delivered: number;
  readonly refused: number;
  /** Not sent, as too many were pending. */
  readonly dropped: number;
};

export type AlertState = { readonly stored: StoredAlert; readonly counts: AlertCounts; readonly pending: number };

/** What the alerts read from the directory: sessions that changed after the cursor, and these. */
export type WatchQuery = {
  readonly from?: Cursor;
  /** Sessions whose state may have changed by the passing of time. */
  readonly ids: readonly string[];
  readonly filters: readonly ListFilter[];
};

export type WatchedSession = {
  readonly id: string;
  /** JSON text of the SessionSummary. */
  readonly summary: string;
  /** The positions of the filters that admit it. */
  readonly admitted: readonly number[];
};

export type WatchPage = {
  readonly sessions: readonly WatchedSession[];
  /** Sessions that left the list. */
  readonly gone: readonly string[];
  /** Where the next page begins. Without a cursor, or with one of another list, it is the end of the list. */
  readonly next: Cursor;
  /** Whether this is all so far. */
  readonly isWhole: boolean;
};
