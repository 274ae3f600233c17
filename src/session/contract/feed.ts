/** The order in which a tenant's sessions told the directory of their logs: what a stream of all of them follows. */

/** The revisions of one session that one report told of: those after `after`, up to `revision`. */
export type FeedEntry = {
  /** Of its last revision; the one before stands one place before. */
  readonly place: number;
  readonly id: string;
  readonly generation: string;
  readonly after: number;
  readonly revision: number;
};

export type FeedQuery = {
  readonly after: number;
  readonly limit: number;
};

export type FeedPage = {
  /** The last place that was given out; 0 before the first. */
  readonly head: number;
  readonly entries: readonly FeedEntry[];
};

const EPOCH = Date.UTC(2025, 0);
const MILLIS_A_PLACE = 50;

/**
 * Where a feed's places begin: later with time, by 20 places a second, so that a directory that was lost and began anew
 * goes on after the places of the old one, and a cursor of those means the beginning.
 */
export function mintFeedStart(now: number): number {
  return Math.max(1, Math.floor((now - EPOCH) / MILLIS_A_PLACE));
}

/** Up to where, in its own order, a trace was told of as a session of its own. */
export type ReportedBefore = {
  readonly revision: number;
  /** Unix milliseconds: what was received later is of another life of the trace, and counts from one again. */
  readonly until?: number;
};
