import type { Kept } from "../../trace/retention.ts";

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
  change(before: Kept | undefined, after: Kept | undefined): void {
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
