import { mintGeneration } from "../../generation.ts";
import { checkSchema, SCHEMA_VERSION } from "../../../lib/schema.ts";

/** The log's own state: tenant, id, generation, and what is under way. In memory as on disk. */
export class LogMeta {
  readonly #sql: SqlStorage;
  #generation: string | undefined;
  #tenant = "";
  #id = "";
  #listed = false;
  #deleting = false;
  #hasUnreferenced = false;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    if (isEmpty(sql)) return;
    checkSchema(this.#read("schema"));
    this.#generation = this.#read("generation");
    this.#tenant = this.#read("tenant") ?? "";
    this.#id = this.#read("id") ?? "";
    this.#listed = this.#read("listed") !== undefined;
    this.#deleting = this.#read("deleting") !== undefined;
    this.#hasUnreferenced = this.#read("unreferenced") !== undefined;
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

  /** Whether the directory may have a row of this session, to be removed when the session is empty. */
  get listed(): boolean {
    return this.#listed;
  }

  /** Set in the transaction that schedules the first report: before the directory has a row. */
  setListed(listed: boolean): void {
    if (listed === this.#listed) return;
    this.#listed = listed;
    if (listed) this.#write("listed", "yes");
    else this.#remove("listed");
  }

  /** A deletion is under way: nothing is shown or admitted until it has ended. */
  get deleting(): boolean {
    return this.#deleting;
  }

  setDeleting(isDeleting: boolean): void {
    this.#deleting = isDeleting;
    if (isDeleting) this.#write("deleting", "yes");
    else this.#remove("deleting");
  }

  /** Whether offloaded values may be stored that no chunk names any more: they are deleted when the log is folded next. */
  get hasUnreferenced(): boolean {
    return this.#hasUnreferenced;
  }

  setUnreferenced(untidy: boolean): void {
    if (untidy === this.#hasUnreferenced) return;
    this.#hasUnreferenced = untidy;
    if (untidy) this.#write("unreferenced", "yes");
    else this.#remove("unreferenced");
  }

  /** The last revision as it was stored when rows were deleted; the rows that had it may be among them. */
  get storedHead(): number {
    return this.#generation === undefined ? 0 : Number(this.#read("head") ?? 0);
  }

  storeHead(head: number): void {
    this.#write("head", String(head));
  }

  /** Creates the tables on first use; call inside the transaction that writes. */
  open(tenant: string, id: string, now: number): void {
    if (this.#generation !== undefined) return;
    createSessionSchema(this.#sql);
    this.#tenant = tenant;
    this.#id = id;
    this.#write("tenant", tenant);
    this.#write("id", id);
    this.renew(now);
  }

  /** Begins a new generation over the same rows, later than `after`: every viewer reads from the beginning. */
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

const TABLES = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE trace (
  trace TEXT PRIMARY KEY, role TEXT NOT NULL, session TEXT, epoch INTEGER NOT NULL,
  refused TEXT, revoking TEXT NOT NULL
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

/** Whether nothing was ever written here. Reads only: an object that is only read stays empty, and costs nothing. */
function isEmpty(sql: SqlStorage): boolean {
  return sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'meta'").toArray().length === 0;
}

/** Called inside the first append's transaction. */
function createSessionSchema(sql: SqlStorage): void {
  sql.exec(TABLES);
  sql.exec("INSERT INTO meta VALUES ('schema', ?)", String(SCHEMA_VERSION));
}
