import type { FeedQuery, FeedEntry } from "../../../session/contract/feed.ts";
import { mintFeedStart } from "../../../session/contract/feed.ts";

/** How long it is remembered in which order sessions told of their logs, and how many of their reports at most: some 150 MB. */
const FEED_DAYS = 7;
const FEED_ROWS = 1_000_000;
const DAY_MILLIS = 86_400_000;
/** Rows that one report clears away: more than it adds, few enough not to be felt. */
const CLEARED_ROWS = 100;

export const FEED = `
CREATE TABLE feed (
  place INTEGER PRIMARY KEY, id TEXT NOT NULL, generation TEXT NOT NULL, after INTEGER NOT NULL,
  revision INTEGER NOT NULL, at INTEGER NOT NULL
)`;

/**
 * The tenant's revisions in one order: each report that tells of more of a session's log gets the next places, one for
 * each revision. It is what makes a stream of all sessions one log that can be resumed.
 */
export class FeedRows {
  readonly #sql: SqlStorage;
  readonly #most: number;
  /** Unknown after a wake, until a report comes. */
  #count: number | undefined;

  constructor(sql: SqlStorage, most = FEED_ROWS) {
    this.#sql = sql;
    this.#most = most;
  }

  /** The last place given out; 0 before the first. */
  get head(): number {
    return this.#sql.exec<{ head: number | null }>("SELECT max(place) AS head FROM feed").one().head ?? 0;
  }

  /** Notes that a session told of its log from after one revision up to another; call inside the report's transaction. */
  note(id: string, generation: string, after: number, revision: number, now: number): void {
    if (revision <= after) return;
    const place = (this.head || mintFeedStart(now)) + revision - after;
    this.#count ??= this.#sql.exec<{ count: number }>("SELECT count(*) AS count FROM feed").one().count;
    this.#sql.exec("INSERT INTO feed VALUES (?, ?, ?, ?, ?, ?)", place, id, generation, after, revision, now);
    this.#count++;
    this.#clear(now - FEED_DAYS * DAY_MILLIS);
  }

  /** Turns that hold places after the asked one, in order. */
  turns({ after, limit }: FeedQuery): FeedEntry[] {
    return this.#sql
      .exec<FeedEntry>(
        "SELECT place, id, generation, after, revision FROM feed WHERE place > ? ORDER BY place LIMIT ?",
        after,
        limit,
      )
      .toArray();
  }

  #clear(before: number): void {
    const oldest = this.#sql.exec<{ at: number }>("SELECT at FROM feed ORDER BY place LIMIT 1").toArray()[0];
    const tooMany = (this.#count ?? 0) > this.#most;
    if (!tooMany && (oldest === undefined || oldest.at >= before)) return;
    const cleared = this.#sql.exec(
      `DELETE FROM feed WHERE place IN (SELECT place FROM feed ${tooMany ? "" : "WHERE at < ?"} ORDER BY place LIMIT ?) RETURNING place`,
      ...(tooMany ? [] : [before]),
      CLEARED_ROWS,
    );
    this.#count = (this.#count ?? 0) - cleared.toArray().length;
  }
}
