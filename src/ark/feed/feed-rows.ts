import { DAY_MILLIS } from "../../lib/nanoseconds.ts";
import type { SchemaSteps } from "../../lib/schema.ts";
import type { FeedQuery, FeedEntry } from "./contract.ts";
import { mintFeedStart } from "./contract.ts";

/** Maximum age and number of entries: some 150 MB. */
const FEED_DAYS = 7;
const FEED_ROWS = 1_000_000;
/** Rows that one report expires at most: more than it adds, and few enough not to delay it. */
const EXPIRED_ROWS = 100;

export const FEED = `
CREATE TABLE feed (
  place INTEGER PRIMARY KEY, id TEXT NOT NULL, generation TEXT NOT NULL, after INTEGER NOT NULL,
  revision INTEGER NOT NULL, at INTEGER NOT NULL, reported INTEGER
)`;

export const FEED_STEPS: SchemaSteps = { 9: "ALTER TABLE feed ADD COLUMN reported INTEGER" };

/** How far a session is that was read ahead of its report. `reported`: as in the report. */
export type ReadAhead = { readonly generation: string; readonly revision: number; readonly reported: number };

/**
 * The tenant's revisions in one order: each report with new revisions of a session gets the next places, one for each
 * revision. A stream of all sessions resumes from a place.
 */
export class FeedRows {
  readonly #sql: SqlStorage;
  readonly #most: number;
  /** Unknown between a wake and the first report. */
  #count: number | undefined;

  constructor(sql: SqlStorage, most = FEED_ROWS) {
    this.#sql = sql;
    this.#most = most;
  }

  /** The last place given out; 0 before the first. */
  get head(): number {
    return this.#sql.exec<{ head: number | null }>("SELECT max(place) AS head FROM feed").one().head ?? 0;
  }

  /**
   * Adds the entry of a session from after one revision up to another; call inside the transaction that reads it. `reported`: it is read
   * ahead of its report.
   */
  append(id: string, generation: string, after: number, revision: number, now: number, reported?: number): void {
    if (revision <= after) return;
    const place = (this.head || mintFeedStart(now)) + revision - after;
    this.#count ??= this.#sql.exec<{ count: number }>("SELECT count(*) AS count FROM feed").one().count;
    const row = [place, id, generation, after, revision, now, reported ?? null];
    this.#sql.exec("INSERT INTO feed VALUES (?, ?, ?, ?, ?, ?, ?)", ...row);
    this.#count++;
    this.#expire(now - FEED_DAYS * DAY_MILLIS);
  }

  /** Entries with places after the given one, in order. */
  entriesAfter({ after, limit }: FeedQuery): FeedEntry[] {
    return this.#sql
      .exec<FeedEntry>(
        "SELECT place, id, generation, after, revision FROM feed WHERE place > ? ORDER BY place LIMIT ?",
        after,
        limit,
      )
      .toArray();
  }

  /** The sessions that were read ahead of their reports after a place, and in how many entries. */
  readAhead(after: number): { readonly sessions: Map<string, ReadAhead>; entries: number } {
    const rows = this.#sql
      .exec<ReadAhead & { id: string; entries: number }>(
        `SELECT id, generation, max(revision) AS revision, reported, count(*) AS entries
         FROM feed WHERE place > ? AND reported IS NOT NULL GROUP BY id`,
        after,
      )
      .toArray();
    return {
      sessions: new Map(rows.map(({ id, generation, revision, reported }) => [id, { generation, revision, reported }])),
      entries: rows.reduce((sum, { entries }) => sum + entries, 0),
    };
  }

  #expire(before: number): void {
    const oldest = this.#sql.exec<{ at: number }>("SELECT at FROM feed ORDER BY place LIMIT 1").toArray()[0];
    const tooMany = (this.#count ?? 0) > this.#most;
    if (!tooMany && (oldest === undefined || oldest.at >= before)) return;
    const expired = this.#sql.exec(
      `DELETE FROM feed WHERE place IN (SELECT place FROM feed ${tooMany ? "" : "WHERE at < ?"} ORDER BY place LIMIT ?) RETURNING place`,
      ...(tooMany ? [] : [before]),
      EXPIRED_ROWS,
    );
    this.#count = (this.#count ?? 0) - expired.toArray().length;
  }
}
