import { mintGeneration } from "../../generation.ts";

/** What a log says of itself: whose it is, in which life, and what it is going through. In memory as on disk. */
export class LogMeta {
  readonly #sql: SqlStorage;
  #generation: string | undefined;
  #schema = SCHEMA_VERSION;
  #tenant = "";
  #id = "";
  #listed = false;
  #forgetting = false;
  #untidy = false;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    if (isEmpty(sql)) return;
    this.#schema = checkSessionSchema(this.#read("schema"));
    this.#generation = this.#read("generation");
    this.#tenant = this.#read("tenant") ?? "";
    this.#id = this.#read("id") ?? "";
    this.#listed = this.#read("listed") !== undefined;
    this.#forgetting = this.#read("forgetting") !== undefined;
    this.#untidy = this.#read("untidy") !== undefined;
  }

  /** `undefined` until the first append. */
  get generation(): string | undefined {
    return this.#generation;
  }

  get tenant(): string {
    return this.#tenant;
  }

  /** The id that names the object: a trace's, or a session's. */
  get id(): string {
    return this.#id;
  }

  /** Whether the directory may have a row of this session, to be removed when nothing is left of it. */
  get listed(): boolean {
    return this.#listed;
  }

  /** Set in the transaction that owes the first report: before the directory hears of it. */
  setListed(listed: boolean): void {
    if (listed === this.#listed) return;
    this.#listed = listed;
    if (listed) this.#write("listed", "yes");
    else this.#remove("listed");
  }

  /** Being forgotten: nothing is shown or taken any more, until nothing is left. */
  get forgetting(): boolean {
    return this.#forgetting;
  }

  setForgetting(forgetting: boolean): void {
    this.#forgetting = forgetting;
    if (forgetting) this.#write("forgetting", "yes");
    else this.#remove("forgetting");
  }

  /** Whether large values may lie here that no chunk names any more: they go when the log is folded next. */
  get untidy(): boolean {
    return this.#untidy;
  }

  setUntidy(untidy: boolean): void {
    if (untidy === this.#untidy) return;
    this.#untidy = untidy;
    if (untidy) this.#write("untidy", "yes");
    else this.#remove("untidy");
  }

  /** The least revision that may be given next, where the rows that held the last ones are gone. */
  get keptHead(): number {
    return this.#generation === undefined ? 0 : Number(this.#read("head") ?? 0);
  }

  keepHead(head: number): void {
    this.#write("head", String(head));
  }

  /** Creates the tables on first use, and marks those of an older version as this one's; call inside the transaction that writes. */
  open(tenant: string, id: string, now: number): void {
    if (this.#schema < SCHEMA_VERSION) {
      this.#schema = SCHEMA_VERSION;
      this.#write("schema", String(SCHEMA_VERSION));
    }
    if (this.#generation !== undefined) return;
    createSessionSchema(this.#sql);
    this.#tenant = tenant;
    this.#id = id;
    this.#write("tenant", tenant);
    this.#write("id", id);
    this.renew(now);
  }

  /** Begins a new life over the same rows, later than another: every viewer reads from the beginning. */
  renew(now: number, after = this.#generation): void {
    this.#generation = mintGeneration(now, after);
    this.#write("generation", this.#generation);
  }

  #read(key: string): string | undefined {
    return this.#sql.exec<{ value: string }>("SELECT value FROM meta WHERE key = ?", key).toArray()[0]?.value;
  }

  #write(key: string, value: string): void {
    this.#sql.exec("INSERT OR REPLACE INTO meta VALUES (?, ?)", key, value);
  }

  #remove(key: string): void {
    this.#sql.exec("DELETE FROM meta WHERE key = ?", key);
  }
}

/** Raised when the tables change, or what stands in them: 2 has bodies in brotli and chunks of log records. */
export const SCHEMA_VERSION = 2;

const TABLES = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE trace (
  trace TEXT PRIMARY KEY, role TEXT NOT NULL, session TEXT, epoch INTEGER NOT NULL,
  refused TEXT, leaving TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE chunk (
  revision INTEGER PRIMARY KEY, trace TEXT NOT NULL, trace_revision INTEGER NOT NULL, kind TEXT NOT NULL,
  received INTEGER NOT NULL, encoding TEXT NOT NULL, receipt TEXT NOT NULL, hashes TEXT, facts TEXT NOT NULL,
  body BLOB NOT NULL, parts INTEGER NOT NULL, bytes INTEGER NOT NULL
);
CREATE TABLE chunk_part (
  revision INTEGER NOT NULL, part INTEGER NOT NULL, facts TEXT NOT NULL, body BLOB NOT NULL, PRIMARY KEY (revision, part)
) WITHOUT ROWID;
CREATE TABLE value (
  hash TEXT NOT NULL, part INTEGER NOT NULL, parts INTEGER NOT NULL, encoding TEXT NOT NULL, body BLOB NOT NULL,
  PRIMARY KEY (hash, part)
) WITHOUT ROWID;
`;

/** Whether anything was ever written here. Reads only: an object that is merely asked stays empty, and costs nothing. */
export function isEmpty(sql: SqlStorage): boolean {
  return sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'meta'").toArray().length === 0;
}

/** Which version wrote. Throws where it is a newer one: after a rollback, what it does not know it must not change. */
export function checkSessionSchema(written: string | undefined): number {
  const version = Number(written);
  if (version <= SCHEMA_VERSION) return version;
  throw new Error(`this session is of schema ${written}; this version of the program knows ${SCHEMA_VERSION}`);
}

/** Called inside the first append's transaction. */
export function createSessionSchema(sql: SqlStorage): void {
  sql.exec(TABLES);
  sql.exec("INSERT INTO meta VALUES ('schema', ?)", String(SCHEMA_VERSION));
}
