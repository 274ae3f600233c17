import { DAY_MILLIS } from "../../../lib/nanoseconds.ts";
import { createTables, hasTables, MetaTable, upgradeTables } from "../../../lib/meta-table.ts";
import type { SchemaSteps } from "../../../lib/schema.ts";
import type { Location } from "../../../location.ts";

/**
 * The tables that the logs of a shard share. A chunk's row number is `log · 2^28 + revision`: the log's chunks lie together, in order,
 * without a second index.
 */
const TABLES = `
CREATE TABLE log (
  id TEXT PRIMARY KEY, log INTEGER NOT NULL, generation TEXT NOT NULL, head INTEGER NOT NULL, listed INTEGER NOT NULL,
  deleting INTEGER NOT NULL, unreferenced INTEGER NOT NULL, deleted_session INTEGER NOT NULL, deleted_trace INTEGER NOT NULL,
  wake INTEGER, move INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX moved ON log (move) WHERE move > 0;
CREATE TABLE due (id TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE trace (
  log INTEGER NOT NULL, trace TEXT NOT NULL, role TEXT NOT NULL, session TEXT, epoch INTEGER NOT NULL,
  refused TEXT, revoking TEXT NOT NULL, PRIMARY KEY (log, trace)
) WITHOUT ROWID;
CREATE TABLE chunk (
  place INTEGER PRIMARY KEY, trace TEXT NOT NULL, trace_revision INTEGER NOT NULL, kind TEXT NOT NULL,
  received INTEGER NOT NULL, encoding TEXT NOT NULL, receipt TEXT NOT NULL, hashes TEXT, facts TEXT NOT NULL,
  body BLOB NOT NULL, parts INTEGER NOT NULL, bytes INTEGER NOT NULL
);
CREATE TABLE chunk_part (
  place INTEGER NOT NULL, part INTEGER NOT NULL, facts TEXT NOT NULL, body BLOB NOT NULL, PRIMARY KEY (place, part)
) WITHOUT ROWID;
CREATE TABLE value (
  log INTEGER NOT NULL, hash TEXT NOT NULL, part INTEGER NOT NULL, parts INTEGER NOT NULL, encoding TEXT NOT NULL,
  body BLOB NOT NULL, PRIMARY KEY (log, hash, part)
) WITHOUT ROWID;
`;

const STEPS: SchemaSteps = {
  9: "ALTER TABLE log ADD COLUMN move INTEGER NOT NULL DEFAULT 0; CREATE INDEX moved ON log (move) WHERE move > 0",
};

const IS_TRACE = "length(id) = 32 AND id NOT GLOB '*[^0-9a-f]*'";

/** Revisions of one log. Log numbers reach 2^25, so that a place is an exact number. */
export const PLACES = 2 ** 28;

/** What the isolate knows of the tenant's objects when a log begins. */
type Places = {
  /** How many shards there are, written with the first log. */
  readonly shards: () => number;
  /** Where objects are made, written with the first log that begins when it is known. */
  readonly location: () => Location | undefined;
};

/** Of an object that holds one log: by which move it came, its number here, and how far it is. */
export type OwnState = {
  readonly move: number;
  readonly log: number;
  /**
   * `arriving`: rows come. `arrived`: all are here, and the shard may have stored so. `open`: it has; this object has the log.
   * `leaving`: the log was deleted, and its shard takes the id back.
   */
  readonly state: "arriving" | "arrived" | "open" | "leaving";
};

/** A shard's own state, in memory as on disk: the last number that a log got, and when logs without a near job are looked at next. */
export class ShardTables {
  readonly sql: SqlStorage;
  readonly #storage: DurableObjectStorage;
  readonly #meta: MetaTable;
  readonly #places: Places;
  #exists: boolean | undefined;
  #lastLog = 0;
  #lastNumber = 0;
  #scanAt = 0;
  #own: OwnState | undefined;
  #location: Location | undefined;

  constructor(storage: DurableObjectStorage, places: Places) {
    this.sql = storage.sql;
    this.#storage = storage;
    this.#meta = new MetaTable(storage.sql);
    this.#places = places;
  }

  /** Whether anything was ever written here. Reading creates no tables. */
  get exists(): boolean {
    if (this.#exists === undefined) this.#open();
    return this.#exists === true;
  }

  /** How many shards the tenant has, as it was when the first log was written; only if `exists`. */
  get shards(): number {
    return Number(this.#meta.get("shards"));
  }

  /** Where the tenant's objects are made, for an isolate that does not know it; `undefined` if no log has begun since that was decided. */
  get location(): Location | undefined {
    return this.exists ? this.#location : undefined;
  }

  /** Throws if the shard is one of another number of shards: its logs are found by that number alone. */
  checkShards(given: number): void {
    if (!this.exists) return;
    const stored = this.shards;
    if (stored !== given)
      throw new Error(`this data is divided into ${stored} shards, and was asked for as one of ${given}`);
  }

  /** When logs without a near job are looked at next, Unix milliseconds. */
  get scanAt(): number {
    return this.exists ? this.#scanAt : Number.POSITIVE_INFINITY;
  }

  setScanAt(at: number): void {
    this.#scanAt = at;
    this.#meta.set("scan", String(at));
  }

  /** Of an object that holds one log; `undefined` in a shard. */
  get own(): OwnState | undefined {
    return this.exists ? this.#own : undefined;
  }

  setOwn(own: OwnState): void {
    this.#own = own;
    this.#meta.set("own", JSON.stringify(own));
  }

  /** Numbers of logs only rise. Creates the tables on first use; call inside the transaction that writes. */
  nextLog(now: number): number {
    if (!this.exists) this.#create(now);
    else if (this.#location === undefined) this.#setLocation();
    this.#meta.set("logs", String(++this.#lastLog));
    return this.#lastLog;
  }

  /**
   * The counter of moves, epochs and generations, which only rises: the time, where possible, so that a shard whose file was lost gives no
   * number again. A log's rows remember its epochs and its generation, so these are written here when the rows go.
   */
  get lastNumber(): number {
    return this.exists ? this.#lastNumber : 0;
  }

  /** The number of a new move. */
  nextMove(now: number): number {
    this.rememberNumber(Math.max(this.#lastNumber + 1, now));
    return this.#lastNumber;
  }

  /** A move that the shard stored before its file was lost. Creates the tables on first use. */
  adoptMove(move: number, now: number): void {
    if (!this.exists) this.#create(now);
    this.rememberNumber(move);
  }

  /** A number was given: no log gets it, or an earlier one, again. Call inside the transaction that deletes the rows that remember it. */
  rememberNumber(number: number): void {
    if (number <= this.#lastNumber) return;
    this.#lastNumber = number;
    this.#meta.set("numbers", String(number));
  }

  /** Trace ids that name logs that have moved, each with its move, the latest first. */
  movedTraces(limit: number): { readonly id: string; readonly move: number }[] {
    const sql = `SELECT id, move FROM log WHERE move > 0 AND ${IS_TRACE} ORDER BY move DESC LIMIT ?`;
    return this.sql.exec<{ id: string; move: number }>(sql, limit).toArray();
  }

  /** Trace ids that name logs, after one, in order; not those of deleted ones. */
  tracesAfter(id: string, limit: number): string[] {
    const sql = `SELECT id FROM log WHERE id > ? AND (log > 0 OR move > 0) AND ${IS_TRACE} ORDER BY id LIMIT ?`;
    return this.sql
      .exec<{ id: string }>(sql, id, limit)
      .toArray()
      .map((row) => row.id);
  }

  /** A failed transaction may have changed more in memory than on disk: the next use reads it anew. */
  evict(): void {
    this.#exists = undefined;
  }

  #open(): void {
    if (!hasTables(this.sql)) {
      this.#exists = false;
      return;
    }
    upgradeTables(this.#storage, this.#meta, STEPS);
    this.#lastLog = Number(this.#meta.get("logs"));
    // Until it counted more than moves it had their name.
    this.#lastNumber = Number(this.#meta.get("numbers") ?? this.#meta.get("moves") ?? 0);
    this.#scanAt = Number(this.#meta.get("scan"));
    const own = this.#meta.get("own");
    this.#own = own === undefined ? undefined : (JSON.parse(own) as OwnState);
    this.#location = this.#meta.get("location") as Location | undefined;
    // Last: after a refusal the next call is refused too.
    this.#exists = true;
  }

  #setLocation(): void {
    const location = this.#places.location();
    if (location !== undefined) this.#meta.set("location", location);
    this.#location = location;
  }

  #create(now: number): void {
    const scanAt = now + DAY_MILLIS;
    createTables(this.#storage, this.#meta, TABLES, { shards: String(this.#places.shards()), scan: String(scanAt) });
    this.#setLocation();
    this.#exists = true;
    this.#lastLog = 0;
    this.#lastNumber = 0;
    this.#scanAt = scanAt;
  }
}
