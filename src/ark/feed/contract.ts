import type { LogHead } from "../../session/contract/directory.ts";

/** The feed: the revisions of all sessions in one order. A stream of all sessions follows it. */

/** The revisions of one session in one report: those after `after`, up to `revision`. */
export type FeedEntry = {
  /** Position of its last revision; each earlier revision has the position before. */
  readonly place: number;
  readonly id: string;
  readonly generation: string;
  readonly after: number;
  readonly revision: number;
};

export type FeedQuery = {
  /** All that changed since the reader's last call, if it knows: so far are these sessions. Absent: the feed looks for itself. */
  readonly heads?: readonly LogHead[];
  readonly after: number;
  readonly limit: number;
};

export type FeedPage = {
  /** The last assigned position; 0 before the first. */
  readonly head: number;
  readonly entries: readonly FeedEntry[];
};

const EPOCH = Date.UTC(2025, 0);
const MILLIS_PER_PLACE = 50;

/**
 * First position of a new feed. It grows by 20 positions a second, so that a directory that was lost and started again
 * continues after all positions of the old one. A cursor of the old feed then means the beginning.
 */
export function mintFeedStart(now: number): number {
  return Math.max(1, Math.floor((now - EPOCH) / MILLIS_PER_PLACE));
}

/** The last revision, in the trace's own order, that was reported while the trace was a session of its own. */
export type ReportedBefore = {
  readonly revision: number;
  /** Unix milliseconds. Later deliveries belong to another generation of the trace, and count from one again. */
  readonly until?: number;
};

/** Events of queries up to these times are purged: no route shows them. Unix milliseconds; 0 for none. */
export type Purges = {
  /** For all queries. */
  readonly all: number;
  /** By {@link queryKey} or {@link runKey}. */
  readonly queries: readonly { readonly key: string; readonly at: number }[];
};

/** Key of a purge of all runs of one query. `query`: `<namespace>/<name>`, or a trace id. */
export function queryKey(session: string, query: string): string {
  return JSON.stringify([session, query]);
}

/** Key of a purge of one run. Events posted for a run carry its UID. */
export function runKey(session: string, query: string, uid: string): string {
  return JSON.stringify([session, query, uid]);
}

/** Prefix of all keys of one session, and of no other session's. */
export function keyPrefix(session: string): string {
  return `[${JSON.stringify(session)},`;
}

export type Count = { readonly events: number; readonly traces: number };

/** A session's log, and the count of its events and traces up to the revision `counted`. */
export type CountedLog = Count & {
  readonly id: string;
  readonly generation: string;
  readonly revision: number;
  readonly counted: number;
};
