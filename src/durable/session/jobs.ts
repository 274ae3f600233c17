import { log } from "../../lib/log.ts";
import type { Cause } from "../../place.ts";
import type { OwnerCopy } from "./copy/sending.ts";
import { nextExpiryAt } from "./expiry.ts";
import type { JobKind } from "./job-schedule.ts";
import { nextDelivery, ring } from "./outbox/delivering.ts";
import type { Mover } from "./move/mover.ts";
import { report } from "./reporting.ts";
import { deleteSession } from "./retention/deleting.ts";
import { expire } from "./retention/expiring.ts";
import { needsCopy } from "./binding.ts";
import type { SessionState } from "./state.ts";

/** Work of a log that involves other logs or the directory. A job is one entry: its name, when it is due, and its run. */
type Job = {
  /** The time of `dueAt` is known from the rows, or only from the folded log. */
  readonly dueFrom: "rows" | "fold";
  /** When the job is due by what is on disk, Unix milliseconds; `undefined` if it is not. Later causes schedule it themselves. */
  readonly dueAt: (state: SessionState) => number | undefined;
  /** A due job starts with the call that gave cause; without this it waits for the alarm. */
  readonly startsAtOnce?: true;
  /** The run takes milliseconds before it waits for others: the call that gave cause is answered first. */
  readonly isLong?: (state: SessionState) => boolean;
  /** A call during a run is not lost: the run looks again before it ends. Other jobs have one run at a time. */
  readonly looksAgain?: true;
  /** It may take long: the alarm, in which other logs wait, waits a second for it at most. */
  readonly waitsForHosts?: true;
  /** What it waits for may answer after the log has moved. */
  readonly outlivesMove?: true;
  readonly run: (state: SessionState, copier: OwnerCopy, cause: Cause, mover: Mover) => Promise<void>;
};

/** Spans and log records of a session whose report takes more than a millisecond. */
const LONG_REPORT_ITEMS = 1_000;

/** In the order in which the alarm runs them. */
export const JOBS: Readonly<Record<JobKind, Job>> = {
  expire: { dueFrom: "fold", dueAt: nextExpiryAt, run: expire },
  delete: { dueFrom: "rows", dueAt: ({ isDeleting }) => (isDeleting ? 0 : undefined), run: deleteSession },
  copy: {
    dueFrom: "rows",
    dueAt: ({ id, traces, jobs }) => {
      const owned = traces.owned();
      return jobs.isOwed && owned !== undefined && needsCopy(owned, id) ? 0 : undefined;
    },
    startsAtOnce: true,
    looksAgain: true,
    run: async (state, copier, cause, mover) => {
      await copier.run(cause);
      if (!state.exists || mover.isLeaving) return;
      state.jobs.done("copy");
      state.jobs.arm(Date.now());
    },
  },
  report: {
    dueFrom: "rows",
    dueAt: ({ jobs, log: { meta }, firstReportAt }) => (jobs.isOwed && meta.listed ? firstReportAt : undefined),
    startsAtOnce: true,
    // A list that is read after the first answer has the session.
    isLong: ({ reportedSpans, generation, visible }) =>
      reportedSpans.generation === generation && visible.itemCount >= LONG_REPORT_ITEMS,
    run: async (state, _, cause) => await report(state, cause),
  },
  deliver: {
    waitsForHosts: true,
    dueFrom: "fold",
    dueAt: (state) => (state.jobs.isOwed ? nextDelivery(state) : undefined),
    startsAtOnce: true,
    outlivesMove: true,
    run: async (state, _, cause) => await ring(state, cause),
  },
  move: {
    waitsForHosts: true,
    dueFrom: "fold",
    dueAt: (state) => (state.isOutgrown ? 0 : undefined),
    startsAtOnce: true,
    outlivesMove: true,
    run: async (_, __, ___, mover) => await mover.run(),
  },
};

const HOST_MILLIS = 1_000;

const ENTRIES = Object.entries(JOBS) as [JobKind, Job][];
const STARTED_AT_ONCE = ENTRIES.flatMap(([kind, { startsAtOnce }]) => (startsAtOnce ? [kind] : []));

/** Schedules the jobs that are due by what is on disk: on wake, and when the log is folded. */
export function scheduleJobs(source: "rows" | "fold", state: SessionState): void {
  for (const [kind, { dueFrom, dueAt }] of ENTRIES) {
    const at = dueFrom === source ? dueAt(state) : undefined;
    if (at !== undefined) state.jobs.schedule(kind, at);
  }
}

/** A call caused the run: a long one begins in the next turn, after its answer. */
type When = "later";

/** Runs the jobs of a log. A fault concerns one job only: that job is retried, and the others go on. */
export class JobRunner {
  readonly #state: SessionState;
  readonly #copier: OwnerCopy;
  readonly #mover: Mover;
  readonly #waitUntil: (work: Promise<unknown>) => void;
  readonly #active = new Map<JobKind, Promise<void>>();

  constructor(state: SessionState, copier: OwnerCopy, mover: Mover, waitUntil: (work: Promise<unknown>) => void) {
    this.#state = state;
    this.#copier = copier;
    this.#mover = mover;
    this.#waitUntil = waitUntil;
  }

  get isActive(): boolean {
    return this.#active.size > 0;
  }

  /** Runs that a move has to wait for. */
  get unsettled(): readonly Promise<void>[] {
    return Array.from(this.#active).flatMap(([kind, run]) => (JOBS[kind].outlivesMove ? [] : [run]));
  }

  /** A run has one cause: a call that finds it under way adds none. */
  run(kind: JobKind, cause: Cause, when?: When): Promise<void> {
    const active = this.#active.get(kind);
    if (active !== undefined && JOBS[kind].looksAgain === undefined) return active;
    const run = this.#attempt(kind, cause, when).finally(() => this.#active.delete(kind));
    this.#active.set(kind, run);
    return run;
  }

  /** Starts the due jobs that do not wait for the alarm. `undefined` without one; else resolves when they have ended, and never rejects. */
  startDue(now: number, cause: Cause): Promise<unknown> | undefined {
    // A log that leaves runs its jobs where it arrives.
    if (this.#mover.isLeaving) return undefined;
    const due = STARTED_AT_ONCE.filter((kind) => this.#state.jobs.isDue(kind, now));
    return due.length === 0 ? undefined : Promise.all(due.map((kind) => this.run(kind, cause, "later")));
  }

  /** The alarm fired for the log: runs all due jobs, one after the other, and writes when the next is due. */
  async runDue(): Promise<void> {
    const state = this.#state;
    if (!state.exists) return;
    state.jobs.fired();
    if (this.#mover.isLeaving) return state.jobs.arm(Date.now());
    // The fold derives when the next trace expires.
    void state.fold;
    const now = Date.now();
    for (const [kind, { waitsForHosts }] of ENTRIES) {
      if (this.#mover.isLeaving) break;
      if (!state.exists || !state.jobs.isDue(kind, now)) continue;
      const run = this.run(kind, undefined);
      if (waitsForHosts) this.#waitUntil(run);
      await (waitsForHosts ? Promise.race([run, scheduler.wait(HOST_MILLIS)]) : run);
    }
    if (state.exists) state.jobs.arm(Date.now());
  }

  async #attempt(kind: JobKind, cause: Cause, when: When | undefined): Promise<void> {
    const state = this.#state;
    try {
      if (when !== undefined && JOBS[kind].isLong?.(state) === true) await scheduler.wait(0);
      await JOBS[kind].run(state, this.#copier, cause, this.#mover);
    } catch (error) {
      log("job-failed", { level: "warn", kind, error });
      if (!state.exists) return;
      state.jobs.failed(kind, Date.now());
      state.jobs.arm(Date.now());
    }
  }
}
