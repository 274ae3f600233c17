/** What an object still owes to others. */
export type JobKind = "copy" | "directory" | "forget" | "expire";

/** What is due is being run at once; the alarm is for the case that the run is lost with the instance. */
const LOST_RUN_MILLIS = 1_000;
const FIRST_RETRY_MILLIS = 1_000;
/** A neighbour that stays away is asked again once a minute. */
const LAST_RETRY_MILLIS = 60_000;

type Owed = { readonly due: number; readonly attempts: number };

/**
 * When to do what is owed. Only the alarm is on disk, set with the write that gives cause: an object that wakes owes
 * whatever its log says that it may owe, and asking once too often changes nothing. That saves rows with every delivery.
 */
export class Jobs {
  readonly #storage: DurableObjectStorage;
  readonly #due = new Map<JobKind, Owed>();
  /** When the alarm rings; unknown after a wake, and then simply set. */
  #armed: number | undefined;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
  }

  /** An earlier due time of the same job stays, and so does the wait of one that backs off: who is overloaded must not be asked with every append. */
  owe(kind: JobKind, due: number): void {
    const owed = this.#due.get(kind);
    if (owed === undefined || (owed.attempts === 0 && due < owed.due)) this.#due.set(kind, { due, attempts: 0 });
  }

  owes(kind: JobKind): boolean {
    return this.#due.has(kind);
  }

  isDue(kind: JobKind, now: number): boolean {
    const owed = this.#due.get(kind);
    return owed !== undefined && dueOf(owed, now) <= now;
  }

  done(kind: JobKind): void {
    this.#due.delete(kind);
  }

  postpone(kind: JobKind, due: number): void {
    this.#due.set(kind, { due, attempts: 0 });
  }

  /** Backs off with jitter: many homes that lost one session don't come back as one. */
  failed(kind: JobKind, now: number): void {
    const attempts = (this.#due.get(kind)?.attempts ?? 0) + 1;
    const wait = Math.min(LAST_RETRY_MILLIS, FIRST_RETRY_MILLIS * 2 ** Math.min(attempts - 1, 10));
    this.#due.set(kind, { due: now + wait * (0.5 + Math.random() / 2), attempts });
  }

  /** Sets the alarm for the earliest job, never later than it stands. Without an `await` before it, it is part of the write that gave cause. */
  arm(now: number): void {
    if (this.#due.size === 0) return;
    let earliest = Number.POSITIVE_INFINITY;
    for (const owed of this.#due.values()) earliest = Math.min(earliest, dueOf(owed, now));
    const at = Math.round(Math.max(earliest, now + LOST_RUN_MILLIS));
    if (this.#armed !== undefined && this.#armed <= at) return;
    this.#armed = at;
    // Writes are in order and hold back the answer until they are on disk: nobody has to wait here.
    void this.#storage.setAlarm(at);
  }

  /** The alarm that rang no longer stands. */
  rang(): void {
    this.#armed = undefined;
  }
}

/** No wait is longer than the last: where one is, the clock was set back since the job failed. */
function dueOf({ due, attempts }: Owed, now: number): number {
  return attempts > 0 && due > now + LAST_RETRY_MILLIS ? now : due;
}
