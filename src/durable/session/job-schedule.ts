import { backoff } from "../../lib/backoff.ts";
import { DAY_MILLIS } from "../../lib/nanoseconds.ts";
import type { DueRows } from "./due-rows.ts";
import type { LogMeta } from "./log/log-meta.ts";

/** The jobs of a log: `JOBS` says when each is due, and how it runs. */
export type JobKind = "expire" | "delete" | "copy" | "report" | "deliver" | "move";

/** From now to the earliest alarm: a due job runs at once, and the alarm is for the case that the run is lost with the instance. */
const EARLIEST_ALARM_MILLIS = 1_000;
const FIRST_RETRY_MILLIS = 1_000;
/** An object that keeps failing is called once a minute. */
const LAST_RETRY_MILLIS = 60_000;

type Scheduled = { readonly dueAt: number; readonly attempts: number };

/** A job that is due later stands in the log's own row, which the shard reads once a day. */
const NEAR_MILLIS = DAY_MILLIS;

/**
 * The schedule of a log's jobs. On disk there is one time for all of them, written with what gives cause: jobs are derived from the
 * log again, and running one twice is harmless. That saves rows with every delivery.
 */
export class JobSchedule {
  readonly #due: DueRows;
  readonly #meta: LogMeta;
  readonly #scheduled = new Map<JobKind, Scheduled>();
  /** Time of the log's row in `due`; `undefined` without one. */
  #dueAt: number | undefined;
  /** The alarm fired for the log: its times on disk are over. */
  #isFired = false;
  /** When a job of the kind that ended last may run again. */
  #againAt = 0;

  constructor(due: DueRows, meta: LogMeta) {
    this.#due = due;
    this.#meta = meta;
    this.#dueAt = meta.isStored ? due.at(meta.id) : undefined;
  }

  /** Whether a job may have been left undone when the log was in memory last: the alarm has not looked since. */
  get isOwed(): boolean {
    return this.#dueAt !== undefined;
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

  /** `againAt`: another one is likely then. If the alarm ran this one, its time is written now: the next cause finds it there. */
  done(kind: JobKind, againAt = 0): void {
    this.#scheduled.delete(kind);
    this.#againAt = againAt;
  }

  postpone(kind: JobKind, due: number): void {
    this.#scheduled.set(kind, { dueAt: due, attempts: 0 });
  }

  /** The job is looked at again at this time, if its run does not end before. A run that fails backs off as far as it had. */
  extend(kind: JobKind, due: number): void {
    this.#scheduled.set(kind, { dueAt: due, attempts: this.#scheduled.get(kind)?.attempts ?? 0 });
  }

  /** Backs off with jitter, so that many owners that lost one session do not call at the same moment. */
  failed(kind: JobKind, now: number): void {
    const attempts = (this.#scheduled.get(kind)?.attempts ?? 0) + 1;
    const wait = backoff(attempts, FIRST_RETRY_MILLIS, Math.random(), LAST_RETRY_MILLIS);
    this.#scheduled.set(kind, { dueAt: now + wait, attempts });
  }

  /** No job is left: the log was deleted. */
  clear(): void {
    this.#scheduled.clear();
    this.#isFired = true;
  }

  /** Writes when the earliest job is due, never later than it is written. Without an `await` before it, it is part of the write that gave cause. */
  arm(now: number): void {
    let near = Number.POSITIVE_INFINITY;
    let far = Number.POSITIVE_INFINITY;
    for (const scheduled of this.#scheduled.values()) {
      const at = Math.round(Math.max(dueAt(scheduled, now), now + EARLIEST_ALARM_MILLIS));
      if (at < now + NEAR_MILLIS) near = Math.min(near, at);
      else far = Math.min(far, at);
    }
    // Else each report of a live session would delete the row, and the next delivery write it again; so does the alarm.
    if (near === Number.POSITIVE_INFINITY && this.#isFired && this.#againAt > now && this.#againAt < now + NEAR_MILLIS)
      near = Math.round(this.#againAt);
    this.#againAt = 0;
    if (near === Number.POSITIVE_INFINITY) {
      // The next delivery would write the row again: one of the next minute stays until the alarm looks at it.
      if (this.#dueAt !== undefined && (this.#isFired || this.#dueAt > now + LAST_RETRY_MILLIS)) {
        this.#due.remove(this.#meta.id);
        this.#dueAt = undefined;
      }
    } else if (this.#dueAt === undefined || this.#isFired || near < this.#dueAt) {
      this.#dueAt = near;
      this.#due.set(this.#meta.id, near);
    }
    const { wake = Number.POSITIVE_INFINITY } = this.#meta;
    if (far < wake || (this.#isFired && wake <= now))
      this.#meta.setWake(far === Number.POSITIVE_INFINITY ? undefined : far);
    this.#isFired = false;
    this.#meta.flush();
  }

  /** The alarm fired for the log, perhaps for a row that the daily scan wrote. */
  fired(): void {
    this.#isFired = true;
    this.#dueAt = this.#due.at(this.#meta.id);
  }
}

/** A wait longer than the last one means that the clock was set back since the job failed. */
function dueAt({ dueAt: due, attempts }: Scheduled, now: number): number {
  return attempts > 0 && due > now + LAST_RETRY_MILLIS ? now : due;
}
