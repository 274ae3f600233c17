/** The feed: all sessions' reports to the directory, in order. A stream of all sessions follows it. */

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
