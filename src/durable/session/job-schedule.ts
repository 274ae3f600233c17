import { backoff } from "../../lib/backoff.ts";

/** The jobs of a session object: `JOBS` says when each is due, and how it runs. */
export type JobKind = "expire" | "delete" | "copy" | "report" | "deliver";

/** A due job runs at once; the alarm is for the case that the run is lost with the instance. */
const LOST_RUN_MILLIS = 1_000;
const FIRST_RETRY_MILLIS = 1_000;
/** An object that keeps failing is called once a minute. */
const LAST_RETRY_MILLIS = 60_000;

type Scheduled = { readonly dueAt: number; readonly attempts: number };

/**
 * The schedule of an object's jobs. Only the alarm is on disk, set with the write that gives cause: on wake, jobs are derived from the log
 * again, and running one twice is harmless. That saves rows with every delivery.
 */
export class JobSchedule {
  readonly #storage: DurableObjectStorage;
  readonly #scheduled = new Map<JobKind, Scheduled>();
  /** Time of the alarm; unknown after a wake, and then simply set. */
  #alarmAt: number | undefined;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
  }

  /** An earlier time of the same job stays, and so does the wait of one that backs off: an overloaded object must not be called with every append. */
  schedule(kind: JobKind, due: number): void {
    const scheduled = this.#scheduled.get(kind);
    if (scheduled === undefined || (scheduled.attempts === 0 && due < scheduled.dueAt))
      this.#scheduled.set(kind, { dueAt: due, attempts: 0 });
  }

  isDue(kind: JobKind, now: number): boolean {
    const scheduled = this.#scheduled.get(kind);
    return scheduled !== undefined && dueAt(scheduled, now) <= now;
  }

  done(kind: JobKind): void {
    this.#scheduled.delete(kind);
  }

  postpone(kind: JobKind, due: number): void {
    this.#scheduled.set(kind, { dueAt: due, attempts: 0 });
  }

  /** Backs off with jitter, so that many owners that lost one session do not call at the same moment. */
  failed(kind: JobKind, now: number): void {
    const attempts = (this.#scheduled.get(kind)?.attempts ?? 0) + 1;
    const wait = backoff(attempts, FIRST_RETRY_MILLIS, Math.random(), LAST_RETRY_MILLIS);
    this.#scheduled.set(kind, { dueAt: now + wait, attempts });
  }

  /** Sets the alarm for the earliest job, never later than it is set. Without an `await` before it, it is part of the write that gave cause. */
  arm(now: number): void {
    if (this.#scheduled.size === 0) return;
    let earliest = Number.POSITIVE_INFINITY;
    for (const scheduled of this.#scheduled.values()) earliest = Math.min(earliest, dueAt(scheduled, now));
    const at = Math.round(Math.max(earliest, now + LOST_RUN_MILLIS));
    if (this.#alarmAt !== undefined && this.#alarmAt <= at) return;
    this.#alarmAt = at;
    // Writes are in order and hold back the response until they are on disk: no need to wait here.
    void this.#storage.setAlarm(at);
  }

  /** The alarm fired, and is no longer set. */
  fired(): void {
    this.#alarmAt = undefined;
  }
}

/** A wait longer than the last one means that the clock was set back since the job failed. */
function dueAt({ dueAt: due, attempts }: Scheduled, now: number): number {
  return attempts > 0 && due > now + LAST_RETRY_MILLIS ? now : due;
}
