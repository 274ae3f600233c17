/** Queries whose purge is remembered in lists of others' events: the last ones. */
const MOST_PURGES = 10_000;

/** Ark's queries whose events were posted, by UID: an event names its query by it, and nothing else does. */
export class QueryRows {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** `name`: `<namespace>/<name>`. */
  note(uid: string, session: string, name: string, now: number): void {
    this.#sql.exec("INSERT OR IGNORE INTO query VALUES (?, ?, ?, ?)", uid, session, name, now);
  }

  /** Where the query's events went, the last first. */
  named(uid: string): { readonly session: string; readonly name: string }[] {
    return this.#sql
      .exec<{ session: string; name: string }>("SELECT session, name FROM query WHERE uid = ? ORDER BY at DESC", uid)
      .toArray();
  }

  /** Names of the queries whose events were posted to a session. */
  posted(session: string): string[] {
    return this.#sql
      .exec<{ name: string }>("SELECT DISTINCT name FROM query WHERE session = ?", session)
      .toArray()
      .map(({ name }) => name);
  }

  /** Notes that what was told until now is not to be told any more: of one query, or, with "", of all. */
  purge(key: string, now: number): void {
    this.#sql.exec("INSERT OR REPLACE INTO meta VALUES (?, ?)", `purged ${key}`, String(now));
  }

  /** Since when events of this key are told, Unix milliseconds; 0 where none were purged. */
  purged(key: string): number {
    const keys = [`purged ${key}`, "purged "];
    return (
      this.#sql
        .exec<{ at: number | null }>("SELECT max(CAST(value AS REAL)) AS at FROM meta WHERE key IN (?, ?)", ...keys)
        .one().at ?? 0
    );
  }

  /** What was purged one by one, and until when. */
  purges(): { readonly key: string; readonly at: number }[] {
    const sql = `SELECT substr(key, 8) AS key, CAST(value AS REAL) AS at FROM meta
      WHERE key > 'purged ' AND key < 'purged!' ORDER BY at DESC LIMIT ?`;
    return this.#sql.exec<{ key: string; at: number }>(sql, MOST_PURGES).toArray();
  }

  forget(session: string): void {
    this.#sql.exec("DELETE FROM query WHERE session = ?", session);
  }
}
