import type { Bindings } from "../../config.ts";
import { log } from "../../lib/log.ts";
import type { ShardTables } from "./log/tables.ts";
import { PLACES } from "./log/tables.ts";

/** Bytes in use from which a shard makes room: a fifth below the platform's 10 GB for an object, for what is stored meanwhile. */
const SHARD_BYTES = 8_000_000_000;
/** Shares of these bytes: until so few are in use it makes room, and from so many it takes nothing. */
const EXPIRE_TO = 0.95;
const REFUSE_FROM = 1.1;
/** Sessions deleted in one run, and the least time between two, milliseconds. */
const SESSIONS_A_RUN = 500;
const RUN_MILLIS = 60_000;
/** Least time between two measurements, milliseconds, while less than half of these bytes are in use: nothing writes the rest in it. Each is a query. */
const MEASURE_MILLIS = 10_000;

const HAS_ROOM = { isFull: false };

/** Keeps a shard within the size of an object: the sessions that were silent for longest expire whole. */
export class ShardRoom {
  readonly #sql: SqlStorage;
  readonly #env: Bindings;
  readonly #tables: ShardTables;
  readonly #deleteSession: (id: string) => Promise<unknown>;
  #ranAt = 0;
  #measuredAt = 0;
  #bytesInUse = 0;

  /** `deleteSession`: of this shard or of another. */
  constructor(env: Bindings, tables: ShardTables, deleteSession: (id: string) => Promise<unknown>) {
    this.#sql = tables.sql;
    this.#env = env;
    this.#tables = tables;
    this.#deleteSession = deleteSession;
  }

  /** Makes room if it is due. `making` resolves when there is some, and never rejects. */
  look(now: number): { readonly isFull: boolean; readonly making?: Promise<void> } {
    const bytesInUse = this.#measure(now);
    if (bytesInUse < this.#bytes || !this.#tables.exists) return HAS_ROOM;
    const isFull = bytesInUse >= this.#bytes * REFUSE_FROM;
    if (now >= this.#ranAt && now < this.#ranAt + RUN_MILLIS) return { isFull };
    this.#ranAt = now;
    return { isFull, making: this.#expire() };
  }

  #measure(now: number): number {
    const isRecent = now >= this.#measuredAt && now < this.#measuredAt + MEASURE_MILLIS;
    if (isRecent && this.#bytesInUse < this.#bytes / 2) return this.#bytesInUse;
    this.#measuredAt = now;
    this.#bytesInUse = this.#sql.databaseSize;
    return this.#bytesInUse;
  }

  get #bytes(): number {
    return Number(this.#env.SHARD_BYTES ?? SHARD_BYTES);
  }

  /** One after the other, so that no more than necessary expire. */
  async #expire(): Promise<void> {
    let sessions = 0;
    for (const id of this.#mostSilent()) {
      if (this.#sql.databaseSize < this.#bytes * EXPIRE_TO) break;
      try {
        await this.#deleteSession(id);
        sessions++;
      } catch (error) {
        log("session-expiry-failed", { level: "warn", id, error });
      }
    }
    log("sessions-expired-for-room-of-shard", { level: "warn", sessions });
  }

  /** The sessions of the logs whose last delivery is the oldest: a trace that moved expires with the session that shows it. */
  #mostSilent(): ReadonlySet<string> {
    const rows = this.#sql.exec<{ session: string }>(
      `SELECT coalesce(nullif(session, ''), id) AS session
       FROM log LEFT JOIN trace ON trace.log = log.log AND trace.trace = log.id AND role = 'owner'
       WHERE log.log <> 0
       ORDER BY (SELECT received FROM chunk WHERE place BETWEEN log.log * ${PLACES} AND log.log * ${PLACES} + ${PLACES - 1} ORDER BY place DESC LIMIT 1)
       LIMIT ?`,
      SESSIONS_A_RUN,
    );
    return new Set(rows.toArray().map(({ session }) => session));
  }
}
