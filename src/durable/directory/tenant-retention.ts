import { settingsOf } from "../../config.ts";
import type { Bindings } from "../../config.ts";
import { DAY_MILLIS, nanoseconds } from "../../lib/nanoseconds.ts";
import { pool } from "../../lib/pool.ts";
import { sessionAt, tenantOf } from "../../place.ts";
import type { SessionRemoval } from "../../session/contract/directory.ts";
import { retentionSlack } from "../../session/contract/retention.ts";
import type { StorageUsage, Retention, RetentionRule } from "../../session/contract/retention.ts";
import type { DirectoryRows } from "./rows/session-rows.ts";
import { log } from "../../lib/log.ts";

const SOON_MILLIS = 1_000;
const MINUTE_MILLIS = 60_000;
/** Sessions called in one run: an invocation may make 1,000 calls. */
const CALLS = 500;
const CALLS_AT_ONCE = 20;
/** Share of the limit down to which a full tenant is emptied, so that the room lasts for a while. */
const EXPIRE_TO = 0.95;

type Expired = { readonly sessions: number; readonly at: number };

/**
 * Keeps a tenant within its maximum size: the least recently active sessions expire whole. Once a day it also calls sessions with
 * overdue traces: their alarms were lost, or set by another rule.
 */
export class TenantRetention {
  readonly #ctx: DurableObjectState;
  readonly #env: Bindings;
  readonly #rows: DirectoryRows;
  readonly #remove: (removal: SessionRemoval) => void;
  #usage: TenantUsage | undefined;
  /** Time of the alarm, as far as it is known. */
  #alarmAt: number | undefined;

  constructor(ctx: DurableObjectState, env: Bindings, rows: DirectoryRows, remove: (removal: SessionRemoval) => void) {
    this.#ctx = ctx;
    this.#env = env;
    this.#rows = rows;
    this.#remove = remove;
  }

  /** Reads the storage usage as it is before several rows are written. */
  load(): void {
    this.#usage ??= new TenantUsage(this.#ctx.storage.sql);
  }

  /** Many rows were written: the next use reads them anew. */
  evict(): void {
    this.#usage = undefined;
  }

  /** A row of the list was written or removed: its storage usage before and after. */
  change(before: StorageUsage | undefined, after: StorageUsage | undefined, now: number): void {
    // The rows, read now, have the change already.
    if (this.#usage === undefined) this.#usage = new TenantUsage(this.#ctx.storage.sql);
    else this.#usage.change(before, after);
    if (this.#isOver(1)) this.schedule(now + SOON_MILLIS);
    // After a wake the alarm is unknown; one more than a day ahead was set before the clock was set back.
    else if (this.#alarmAt === undefined || this.#alarmAt > now + DAY_MILLIS)
      this.#ctx.waitUntil(this.#scheduleDaily(now));
  }

  retention(): Retention {
    const { maxAge, tenantBytes } = this.#rule();
    this.#usage ??= new TenantUsage(this.#ctx.storage.sql);
    const { bytes, oldest } = this.#usage;
    const expired = this.#expired();
    return {
      ...(maxAge === undefined ? {} : { maxAge: maxAge / 1_000 }),
      ...(maxAge === undefined || oldest === undefined ? {} : { oldest: nanoseconds(oldest) }),
      bytes,
      ...(tenantBytes === undefined ? {} : { maxBytes: tenantBytes }),
      ...(expired.sessions === 0 ? {} : { deleted: { sessions: expired.sessions, at: nanoseconds(expired.at) } }),
    };
  }

  /** One run of the alarm. Failed calls are repeated by the next one. */
  async run(): Promise<void> {
    this.#alarmAt = undefined;
    this.#usage ??= new TenantUsage(this.#ctx.storage.sql);
    // A tenant may remove nothing more.
    this.#rows.write(() => this.#rows.expireTombstones(Date.now()));
    const called = await this.#expireOverdue();
    const isFull = await this.#expireForRoom();
    this.schedule(Date.now() + (isFull || called === CALLS ? MINUTE_MILLIS : DAY_MILLIS));
  }

  /** The alarm fires at this time at the latest, Unix milliseconds: the directory has no other one. */
  schedule(at: number): void {
    if (this.#alarmAt !== undefined && this.#alarmAt <= at) return;
    this.#alarmAt = at;
    void this.#ctx.storage.setAlarm(at);
  }

  async #expireOverdue(): Promise<number> {
    const { maxAge } = this.#rule();
    const before = maxAge === undefined ? 0 : Date.now() - maxAge - 2 * retentionSlack(maxAge);
    const overdue = this.#rows.overdue(before, CALLS);
    await this.#each(overdue, CALLS_AT_ONCE, async ({ id, generation }) => {
      const found = await this.#session(id).expireOverdue();
      if (found === "absent") this.#remove({ id, generation });
    });
    return overdue.length;
  }

  /** One after the other, so that no more sessions than necessary expire. Returns whether there is not enough room yet. */
  async #expireForRoom(): Promise<boolean> {
    if (!this.#isOver(1)) return false;
    let sessions = 0;
    let deleting = 0;
    await this.#each(this.#rows.leastActive(CALLS), 1, async ({ id, generation, bytes }) => {
      if (!this.#isOver(EXPIRE_TO, deleting)) return;
      const outcome = await this.#session(id).deleteSession();
      if (outcome === "absent") return this.#remove({ id, generation });
      sessions++;
      if (outcome === "begun") deleting += bytes;
    });
    if (sessions > 0) {
      const expired: Expired = { sessions: this.#expired().sessions + sessions, at: Date.now() };
      this.#rows.meta.set("expired", JSON.stringify(expired));
      log("sessions-expired-for-room", { level: "warn", sessions });
    }
    return this.#isOver(1, deleting);
  }

  async #each<Row extends { readonly id: string }>(
    rows: readonly Row[],
    atOnce: number,
    call: (row: Row) => Promise<void>,
  ): Promise<void> {
    await pool(rows, atOnce, async (row) => {
      try {
        await call(row);
      } catch (error) {
        log("session-expiry-failed", { level: "warn", id: row.id, error });
      }
    });
  }

  #session(id: string) {
    return sessionAt(this.#env, tenantOf(this.#ctx.id), id);
  }

  #isOver(share: number, leaving = 0): boolean {
    const { tenantBytes } = this.#rule();
    return tenantBytes !== undefined && (this.#usage?.bytes ?? 0) - leaving > tenantBytes * share;
  }

  #rule(): RetentionRule {
    return settingsOf(this.#env, tenantOf(this.#ctx.id)).retention;
  }

  #expired(): Expired {
    const stored = this.#rows.meta.get("expired");
    return stored === undefined ? { sessions: 0, at: 0 } : (JSON.parse(stored) as Expired);
  }

  async #scheduleDaily(now: number): Promise<void> {
    this.#alarmAt = (await this.#ctx.storage.getAlarm()) ?? undefined;
    this.schedule(now + DAY_MILLIS);
  }
}

/** Storage usage of all sessions of the list: read from the rows once, then kept up to date. */
export class TenantUsage {
  readonly #sql: SqlStorage;
  #bytes = 0;
  #oldest: number | undefined;
  /** False if the oldest may have been removed: it is read again when it is needed. */
  #isOldestKnown = false;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    this.#read();
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The last delivery of the trace that expires next, Unix milliseconds; `undefined` without a session. */
  get oldest(): number | undefined {
    if (!this.#isOldestKnown) this.#read();
    return this.#oldest;
  }

  /** A row was written or removed: its storage usage before and after. */
  change(before: StorageUsage | undefined, after: StorageUsage | undefined): void {
    this.#bytes += (after?.bytes ?? 0) - (before?.bytes ?? 0);
    if (before !== undefined && before.oldest === this.#oldest && after?.oldest !== before.oldest)
      this.#isOldestKnown = false;
    if (after !== undefined && (this.#oldest === undefined || after.oldest < this.#oldest)) this.#oldest = after.oldest;
  }

  #read(): void {
    const { bytes, oldest } = this.#sql
      .exec<{ bytes: number; oldest: number | null }>(
        "SELECT total(bytes) AS bytes, min(oldest) AS oldest FROM session",
      )
      .one();
    this.#bytes = bytes;
    this.#oldest = oldest ?? undefined;
    this.#isOldestKnown = true;
  }
}
