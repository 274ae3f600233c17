import { retentionSetting } from "../../config.ts";
import type { Bindings } from "../../config.ts";
import { nanoseconds } from "../../lib/nanoseconds.ts";
import { sessionAt, tenantOf } from "../../place.ts";
import type { SessionRemoval } from "../../session/contract/directory.ts";
import { retentionSlack } from "../../session/contract/retention.ts";
import type { StorageUsage, Retention, RetentionRule } from "../../session/contract/retention.ts";
import type { DirectoryRows } from "./rows/session-rows.ts";

const DAY_MILLIS = 86_400_000;
const SOON_MILLIS = 1_000;
const MINUTE_MILLIS = 60_000;
/** Sessions called in one run: an invocation may make 1,000 calls. */
const CALLS = 500;
const CALLS_AT_ONCE = 20;
/** What is forgotten for want of room makes room for a while. */
const FULL_AGAIN = 0.95;

type Forgotten = { readonly sessions: number; readonly at: number };

/**
 * Keeps a tenant within its ceiling: the sessions that were silent for longest are forgotten whole. And once a day it
 * wakes those that should have forgotten something and have not: their alarms were lost, or set by another rule.
 */
export class Sweeper {
  readonly #ctx: DurableObjectState;
  readonly #env: Bindings;
  readonly #rows: DirectoryRows;
  readonly #remove: (removal: SessionRemoval) => void;
  readonly #rule: RetentionRule;
  #kept: TenantKept | undefined;
  /** When the alarm rings, as far as is known. */
  #armed: number | undefined;

  constructor(ctx: DurableObjectState, env: Bindings, rows: DirectoryRows, remove: (removal: SessionRemoval) => void) {
    this.#ctx = ctx;
    this.#env = env;
    this.#rows = rows;
    this.#remove = remove;
    this.#rule = retentionSetting(env);
  }

  /** A row of the list was written, or went: what its session kept, and keeps now. */
  change(before: StorageUsage | undefined, after: StorageUsage | undefined, now: number): void {
    // What is read now has the change already.
    if (this.#kept === undefined) this.#kept = new TenantKept(this.#ctx.storage.sql);
    else this.#kept.change(before, after);
    if (this.#isOver(1)) this.#arm(now + SOON_MILLIS);
    // After a wake it is not known whether an alarm stands; one that is further away was set before the clock was set back.
    else if (this.#armed === undefined || this.#armed > now + DAY_MILLIS) this.#ctx.waitUntil(this.#armDaily(now));
  }

  retention(): Retention {
    const { maxAge, tenantBytes } = this.#rule;
    this.#kept ??= new TenantKept(this.#ctx.storage.sql);
    const { bytes, oldest } = this.#kept;
    const forgotten = this.#forgotten();
    return {
      ...(maxAge === undefined ? {} : { maxAge: maxAge / 1_000 }),
      ...(maxAge === undefined || oldest === undefined ? {} : { oldest: nanoseconds(oldest) }),
      bytes,
      ...(tenantBytes === undefined ? {} : { maxBytes: tenantBytes }),
      ...(forgotten.sessions === 0 ? {} : { deleted: { sessions: forgotten.sessions, at: nanoseconds(forgotten.at) } }),
    };
  }

  /** One run of the alarm. What fails is tried again with the next one. */
  async sweep(): Promise<void> {
    this.#armed = undefined;
    this.#kept ??= new TenantKept(this.#ctx.storage.sql);
    const asked = await this.#tidy();
    const isFull = await this.#makeRoom();
    this.#arm(Date.now() + (isFull || asked === CALLS ? MINUTE_MILLIS : DAY_MILLIS));
  }

  async #tidy(): Promise<number> {
    const { maxAge } = this.#rule;
    const before = maxAge === undefined ? 0 : Date.now() - maxAge - 2 * retentionSlack(maxAge);
    const overdue = this.#rows.overdue(before, CALLS);
    await this.#each(overdue, CALLS_AT_ONCE, async ({ id, generation }) => {
      const found = await this.#session(id).tidy();
      if (found === "absent") this.#remove({ id, generation });
    });
    return overdue.length;
  }

  /** One after the other, so that no more go than must. Answers whether there is not enough room yet. */
  async #makeRoom(): Promise<boolean> {
    if (!this.#isOver(1)) return false;
    let sessions = 0;
    let leaving = 0;
    await this.#each(this.#rows.mostSilent(CALLS), 1, async ({ id, generation, bytes }) => {
      if (!this.#isOver(FULL_AGAIN, leaving)) return;
      const outcome = await this.#session(id).forget();
      if (outcome === "absent") return this.#remove({ id, generation });
      sessions++;
      if (outcome === "begun") leaving += bytes;
    });
    if (sessions > 0) {
      const forgotten: Forgotten = { sessions: this.#forgotten().sessions + sessions, at: Date.now() };
      this.#rows.setMeta("forgotten", JSON.stringify(forgotten));
      console.warn(JSON.stringify({ message: "sessions were forgotten: the tenant is at its ceiling", sessions }));
    }
    return this.#isOver(1, leaving);
  }

  async #each<Row extends { readonly id: string }>(
    rows: readonly Row[],
    atOnce: number,
    call: (row: Row) => Promise<void>,
  ): Promise<void> {
    let next = 0;
    const worker = async () => {
      for (let row = rows[next++]; row !== undefined; row = rows[next++]) {
        try {
          await call(row);
        } catch (error) {
          console.warn(JSON.stringify({ message: "a session could not be tidied", id: row.id, error: String(error) }));
        }
      }
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
  }

  #session(id: string) {
    return sessionAt(this.#env, tenantOf(this.#ctx.id), id);
  }

  #isOver(share: number, leaving = 0): boolean {
    const { tenantBytes } = this.#rule;
    return tenantBytes !== undefined && (this.#kept?.bytes ?? 0) - leaving > tenantBytes * share;
  }

  #forgotten(): Forgotten {
    const stored = this.#rows.meta("forgotten");
    return stored === undefined ? { sessions: 0, at: 0 } : (JSON.parse(stored) as Forgotten);
  }

  #arm(at: number): void {
    if (this.#armed !== undefined && this.#armed <= at) return;
    this.#armed = at;
    void this.#ctx.storage.setAlarm(at);
  }

  async #armDaily(now: number): Promise<void> {
    this.#armed = (await this.#ctx.storage.getAlarm()) ?? undefined;
    this.#arm(now + DAY_MILLIS);
  }
}

/** What all sessions of the list keep together: read from the rows once, then kept up with them. */
export class TenantKept {
  readonly #sql: SqlStorage;
  #bytes = 0;
  #oldest: number | undefined;
  /** The oldest may have gone: it is looked for when somebody asks. */
  #isCertain = false;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    this.#read();
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The last arrival of the trace that is forgotten next, Unix milliseconds; `undefined` without a session. */
  get oldest(): number | undefined {
    if (!this.#isCertain) this.#read();
    return this.#oldest;
  }

  /** A row was written, or went: what it had, and what it has now. */
  change(before: StorageUsage | undefined, after: StorageUsage | undefined): void {
    this.#bytes += (after?.bytes ?? 0) - (before?.bytes ?? 0);
    if (before !== undefined && before.oldest === this.#oldest && after?.oldest !== before.oldest)
      this.#isCertain = false;
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
    this.#isCertain = true;
  }
}
