import { mintIncarnation } from "../../incarnation.ts";
import { checkSessionSchema, createSessionSchema, isEmpty, SCHEMA_VERSION } from "./schema.ts";

/** What a log says of itself: whose it is, in which life, and what it is going through. In memory as on disk. */
export class Life {
  readonly #sql: SqlStorage;
  #incarnation: string | undefined;
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
    this.#incarnation = this.#read("incarnation");
    this.#tenant = this.#read("tenant") ?? "";
    this.#id = this.#read("id") ?? "";
    this.#listed = this.#read("listed") !== undefined;
    this.#forgetting = this.#read("forgetting") !== undefined;
    this.#untidy = this.#read("untidy") !== undefined;
  }

  /** `undefined` until the first append. */
  get incarnation(): string | undefined {
    return this.#incarnation;
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
    return this.#incarnation === undefined ? 0 : Number(this.#read("head") ?? 0);
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
    if (this.#incarnation !== undefined) return;
    createSessionSchema(this.#sql);
    this.#tenant = tenant;
    this.#id = id;
    this.#write("tenant", tenant);
    this.#write("id", id);
    this.renew(now);
  }

  /** Begins a new life over the same rows, later than another: every viewer reads from the beginning. */
  renew(now: number, after = this.#incarnation): void {
    this.#incarnation = mintIncarnation(now, after);
    this.#write("incarnation", this.#incarnation);
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
