import { DAY_MILLIS } from "../../../lib/nanoseconds.ts";
import { checkSchema, SCHEMA_VERSION } from "../../../lib/schema.ts";

/**
 * The tables that the logs of a shard share. A chunk's row number is `log · 2^28 + revision`: the log's chunks lie together, in order,
 * without a second index.
 */
const TABLES = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE log (
  id TEXT PRIMARY KEY, log INTEGER NOT NULL, generation TEXT NOT NULL, head INTEGER NOT NULL, listed INTEGER NOT NULL,
  deleting INTEGER NOT NULL, unreferenced INTEGER NOT NULL, deleted_session INTEGER NOT NULL, deleted_trace INTEGER NOT NULL,
  wake INTEGER
) WITHOUT ROWID;
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

/** Revisions of one log. Log numbers reach 2^25, so that a place is an exact number. */
export const PLACES = 2 ** 28;

/** A shard's own state, in memory as on disk: the last number that a log got, and when logs without a near job are looked at next. */
export class ShardTables {
  readonly sql: SqlStorage;
  readonly #shards: () => number;
  #exists: boolean | undefined;
  #lastLog = 0;
  #scanAt = 0;

  /** `shards`: how many there are, written with the first log. */
  constructor(sql: SqlStorage, shards: () => number) {
    this.sql = sql;
    this.#shards = shards;
  }

  /** Whether anything was ever written here. Reading creates no tables. */
  get exists(): boolean {
    if (this.#exists === undefined) this.#open();
    return this.#exists === true;
  }

  /** How many shards the tenant has, as it was when the first log was written; only if `exists`. */
  get shards(): number {
    return Number(this.#read("shards"));
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
    this.#write("scan", at);
  }

  /** Numbers of logs only rise. Creates the tables on first use; call inside the transaction that writes. */
  nextLog(now: number): number {
    if (!this.exists) this.#create(now);
    this.#write("logs", ++this.#lastLog);
    return this.#lastLog;
  }

  /** Trace ids that name logs, after one, in order; not those of deleted ones. */
  tracesAfter(id: string, limit: number): string[] {
    const sql = `SELECT id FROM log WHERE id > ? AND log > 0 AND length(id) = 32 AND id NOT GLOB '*[^0-9a-f]*'
      ORDER BY id LIMIT ?`;
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
    this.#exists = this.sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'meta'").toArray().length > 0;
    if (!this.#exists) return;
    checkSchema(this.#read("schema"));
    this.#lastLog = Number(this.#read("logs"));
    this.#scanAt = Number(this.#read("scan"));
  }

  #create(now: number): void {
    this.sql.exec(TABLES);
    this.#write("schema", String(SCHEMA_VERSION));
    this.#write("shards", this.#shards());
    this.#exists = true;
    this.#lastLog = 0;
    this.setScanAt(now + DAY_MILLIS);
  }

  #read(key: string): string | undefined {
    return this.sql.exec<{ value: string }>("SELECT value FROM meta WHERE key = ?", key).toArray()[0]?.value;
  }

  #write(key: string, value: string | number): void {
    this.sql.exec("INSERT OR REPLACE INTO meta VALUES (?, ?)", key, value);
  }
}
