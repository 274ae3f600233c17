import type { Purges } from "./contract.ts";
import { keyPrefix, queryKey, runKey } from "./contract.ts";

/** Queries whose events were posted, by Ark's UID: session and name. */
export const QUERIES = `
CREATE TABLE query (
  uid TEXT NOT NULL, session TEXT NOT NULL, name TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (uid, session)
) WITHOUT ROWID;
CREATE INDEX query_session ON query (session)`;

/** The last purges, which lists of all events apply. */
const MOST_PURGES = 10_000;

/** Ark's queries whose events were posted, by UID, since an event names its query by nothing else. */
export class QueryRows {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** `name`: `<namespace>/<name>`. */
  insert(uid: string, session: string, name: string, now: number): void {
    this.#sql.exec("INSERT OR IGNORE INTO query VALUES (?, ?, ?, ?)", uid, session, name, now);
  }

  /** The sessions with events of the query, the last first. */
  byUid(uid: string): { readonly session: string; readonly name: string }[] {
    return this.#sql
      .exec<{ session: string; name: string }>("SELECT session, name FROM query WHERE uid = ? ORDER BY at DESC", uid)
      .toArray();
  }

  /** Names of the queries whose events were posted to a session. */
  namesOf(session: string): string[] {
    return this.#sql
      .exec<{ name: string }>("SELECT DISTINCT name FROM query WHERE session = ?", session)
      .toArray()
      .map(({ name }) => name);
  }

  /** Hides the events until now of one query, or, with "", of all. */
  purge(key: string, now: number): void {
    this.#sql.exec("INSERT OR REPLACE INTO meta VALUES (?, ?)", `purged ${key}`, String(now));
  }

  /**
   * Purges one run, by its UID, in every session with its events. Spans carry no UID, so events derived from spans of this name
   * are purged with the last of its runs. False for an unknown UID.
   */
  purgeRun(uid: string, now: number): boolean {
    const sessions = this.byUid(uid);
    for (const { session, name } of sessions) {
      const isLast = this.#runsLeft(session, name).every((run) => run === uid);
      this.purge(isLast ? queryKey(session, name) : runKey(session, name, uid), now);
    }
    return sessions.length > 0;
  }

  /** UIDs of the runs of a name that are not purged. */
  #runsLeft(session: string, name: string): string[] {
    const sql = "SELECT uid, at FROM query WHERE session = ? AND name = ? AND at > ?";
    return this.#sql
      .exec<{ uid: string; at: number }>(sql, session, name, this.#purged(queryKey(session, name)))
      .toArray()
      .filter(({ uid, at }) => this.#purged(runKey(session, name, uid)) < at)
      .map(({ uid }) => uid);
  }

  #purged(key: string): number {
    const sql = "SELECT max(CAST(value AS REAL)) AS at FROM meta WHERE key = ?";
    return this.#sql.exec<{ at: number | null }>(sql, `purged ${key}`).one().at ?? 0;
  }

  /** With a session: only the purges of its queries. */
  purges(session?: string): Purges {
    const [from, to] = purgeRange(session);
    const sql = `SELECT substr(key, 8) AS key, CAST(value AS REAL) AS at FROM meta
      WHERE key > ? AND key < ? ORDER BY at DESC LIMIT ?`;
    const queries = this.#sql.exec<{ key: string; at: number }>(sql, from, to, MOST_PURGES).toArray();
    return { all: this.#purged(""), queries };
  }

  delete(session: string): void {
    this.#sql.exec("DELETE FROM query WHERE session = ?", session);
    this.#sql.exec("DELETE FROM meta WHERE key > ? AND key < ?", ...purgeRange(session));
  }
}

/** The keys of `meta` between which the purges of a session's queries, or of all queries, are. */
function purgeRange(session: string | undefined): [string, string] {
  if (session === undefined) return ["purged ", "purged!"];
  const prefix = `purged ${keyPrefix(session)}`;
  // The prefix ends in a comma, and the hyphen follows the comma.
  return [prefix, `${prefix.slice(0, -1)}-`];
}
