import { DAY_MILLIS } from "../../lib/nanoseconds.ts";
import type { ShardTables } from "./log/tables.ts";

/**
 * The logs of a shard with a job in the next day, each with its time: the table `due`. While there is one, the shard's alarm stands,
 * set in the transaction that wrote it. Later times stand in the log's own row, which a daily scan reads.
 */
export class DueRows {
  readonly #storage: DurableObjectStorage;
  readonly #tables: ShardTables;
  /** Time of the alarm; unknown after a wake, and then set anew. */
  #alarmAt: number | undefined;

  constructor(storage: DurableObjectStorage, tables: ShardTables) {
    this.#storage = storage;
    this.#tables = tables;
  }

  /** Unix milliseconds; `undefined` if nothing is due. */
  at(id: string): number | undefined {
    return this.#tables.sql.exec<{ at: number }>("SELECT at FROM due WHERE id = ?", id).toArray()[0]?.at;
  }

  set(id: string, at: number): void {
    this.#tables.sql.exec("INSERT OR REPLACE INTO due VALUES (?, ?)", id, at);
    const earliest = this.#alarmAt === undefined ? (this.#earliest() ?? at) : at;
    if (this.#alarmAt === undefined || earliest < this.#alarmAt) this.#setAlarm(earliest);
  }

  remove(id: string): void {
    this.#tables.sql.exec("DELETE FROM due WHERE id = ?", id);
  }

  /** The alarm fired: the logs that are due, the longest waiting first. */
  fired(now: number): string[] {
    this.#alarmAt = undefined;
    if (!this.#tables.exists) return [];
    if (this.#tables.scanAt <= now || this.#tables.scanAt > now + DAY_MILLIS) this.#scan(now);
    const sql = "SELECT id FROM due WHERE at <= ? ORDER BY at";
    return this.#tables.sql
      .exec<{ id: string }>(sql, now)
      .toArray()
      .map(({ id }) => id);
  }

  /** Sets the next alarm, after the logs that were due have set their own times. */
  arm(now: number): void {
    const earliest = this.#earliest();
    if (earliest !== undefined) this.#setAlarm(Math.max(earliest, now + 1));
  }

  evict(): void {
    this.#alarmAt = undefined;
  }

  /** A day ahead of the scan after the next: no job of a log is late. */
  #scan(now: number): void {
    try {
      this.#storage.transactionSync(() => {
        const sql = "INSERT OR IGNORE INTO due SELECT id, wake FROM log WHERE wake < ?";
        this.#tables.sql.exec(sql, now + 2 * DAY_MILLIS);
        this.#tables.setScanAt(now + DAY_MILLIS);
      });
    } catch (error) {
      this.#tables.evict();
      throw error;
    }
  }

  #earliest(): number | undefined {
    if (!this.#tables.exists) return undefined;
    const { at } = this.#tables.sql.exec<{ at: number | null }>("SELECT min(at) AS at FROM due").one();
    return Math.min(at ?? Number.POSITIVE_INFINITY, this.#tables.scanAt);
  }

  #setAlarm(at: number): void {
    // Each time is a row.
    if (at === this.#alarmAt) return;
    this.#alarmAt = at;
    // Writes are in order and hold back the response until they are on disk: no need to wait here.
    void this.#storage.setAlarm(at);
  }
}
