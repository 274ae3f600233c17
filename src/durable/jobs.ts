/** What an object still owes, as rows with due times, so that a kill loses none of it. */
export type JobKind = "copy" | "directory" | "forget";

const LOST_RUN_MILLIS = 1_000;
const FIRST_RETRY_MILLIS = 1_000;
/** A neighbour that stays away is asked again once a minute. */
const LAST_RETRY_MILLIS = 60_000;

export class Jobs {
  readonly #storage: DurableObjectStorage;
  readonly #due = new Map<JobKind, { due: number; attempts: number }>();
  #armed: number | null | undefined;

  constructor(storage: DurableObjectStorage, exists: boolean) {
    this.#storage = storage;
    // Where nothing was written no alarm was set.
    if (!exists) this.#armed = null;
    if (!exists) return;
    for (const row of storage.sql.exec<{ kind: string; due: number; attempts: number }>(
      "SELECT kind, due, attempts FROM job",
    )) {
      this.#due.set(row.kind as JobKind, { due: row.due, attempts: row.attempts });
    }
  }

  /** Call inside the transaction that makes the job necessary. An earlier due time of the same job stays. */
  owe(kind: JobKind, due: number): void {
    const owed = this.#due.get(kind);
    if (owed !== undefined && owed.due <= due) return;
    this.#put(kind, due, owed?.attempts ?? 0);
  }

  isDue(kind: JobKind, now: number): boolean {
    const owed = this.#due.get(kind);
    return owed !== undefined && owed.due <= now;
  }

  owes(kind: JobKind): boolean {
    return this.#due.has(kind);
  }

  done(kind: JobKind): void {
    if (!this.#due.delete(kind)) return;
    this.#storage.sql.exec("DELETE FROM job WHERE kind = ?", kind);
  }

  postpone(kind: JobKind, due: number): void {
    this.#put(kind, due, 0);
  }

  /** Backs off with jitter: many homes that lost one session don't come back as one. */
  failed(kind: JobKind, now: number): void {
    const attempts = (this.#due.get(kind)?.attempts ?? 0) + 1;
    const wait = Math.min(LAST_RETRY_MILLIS, FIRST_RETRY_MILLIS * 2 ** Math.min(attempts - 1, 10));
    this.#put(kind, now + wait * (0.5 + Math.random() / 2), attempts);
  }

  /**
   * Sets the alarm to the earliest due time, never later than it stands. What is due already is being run: the alarm is
   * for the case that the run is lost with the instance. Where it is known how the alarm stands, setting it is part of
   * the transaction before.
   */
  async arm(now: number): Promise<void> {
    const dues = Array.from(this.#due.values(), (job) => job.due);
    if (dues.length === 0) return;
    const earliest = Math.max(Math.min(...dues), now + LOST_RUN_MILLIS);
    if (this.#armed === undefined) this.#armed = await this.#storage.getAlarm();
    if (this.#armed !== null && this.#armed <= earliest) return;
    this.#armed = earliest;
    await this.#storage.setAlarm(earliest);
  }

  /** The alarm that is running no longer stands. */
  rang(): void {
    this.#armed = null;
  }

  #put(kind: JobKind, due: number, attempts: number): void {
    this.#due.set(kind, { due: Math.round(due), attempts });
    this.#storage.sql.exec("INSERT OR REPLACE INTO job VALUES (?, ?, ?)", kind, Math.round(due), attempts);
  }
}
