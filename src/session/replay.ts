import { serviceOf } from "../facts/emitter.ts";
import { spanIdentity } from "../facts/identity.ts";
import { timeOfRecord } from "../otel/log-record.ts";
import type { LogRecord, ResourceLogs } from "../otel/log-record.ts";
import type { Resource, ResourceSpans, Span } from "../otel/span.ts";
import { bucketOfInstant, countTimes, isPlausible, plausibleTimes } from "./clock-outliers.ts";

/** One event of a replay: a revision of the log, or some of its spans or log records. */
export type ReplayStep = {
  /** Time in the session, Unix milliseconds. */
  readonly at: number;
  readonly revision: number;
  /** Positions of the spans or records, ascending; absent for a whole revision. */
  readonly positions?: readonly number[];
  /** The item at which the next step starts. */
  readonly next: number;
};

/** Order and times of a replay. Items are revisions, or spans and log records; a step may contain several. */
export type ReplaySchedule = {
  /** Number of items. */
  readonly length: number;
  /** The step that starts at an item. `item`: less than `length`. */
  step(item: number): ReplayStep;
};

/** Spans of one revision within this time are one event. */
const TICK_MILLIS = 10;

/** By the times at which revisions were received. A copied revision is no earlier than the revision before it in this log. */
export class ArrivalSchedule implements ReplaySchedule {
  readonly #revisions: number[] = [];
  readonly #times: number[] = [];

  get length(): number {
    return this.#revisions.length;
  }

  /** In the log's order. `received`: Unix milliseconds; undefined for a tombstone. */
  add(revision: number, received: number | undefined): void {
    const last = this.#times.at(-1);
    this.#revisions.push(revision);
    this.#times.push(Math.max(last ?? received ?? 0, received ?? 0));
  }

  step(item: number): ReplayStep {
    return { at: this.#times[item] ?? 0, revision: this.#revisions[item] ?? 0, next: item + 1 };
  }
}

/**
 * By the times of spans and log records: an ended span at its end, a running one at its report. A time that is a clock
 * outlier is ignored: such a span is replayed together with the one before it in the log.
 */
export class EventSchedule implements ReplaySchedule {
  readonly #revisions: number[] = [];
  readonly #positions: number[] = [];
  /** Unix nanoseconds, until `finish`. */
  readonly #instants: bigint[] = [];
  /** Numbers of services, until `finish`. */
  readonly #clocks: number[] = [];
  readonly #services = new Map<string, number>();
  readonly #sizes = new Map<number, number>();
  #ticks = new Float64Array();
  #order = new Uint32Array();

  get length(): number {
    return this.#revisions.length;
  }

  /** In the log's order; each span of a revision has its position. */
  add(revision: number, resourceSpans: readonly ResourceSpans[]): void {
    let position = 0;
    for (const { resource, scopeSpans } of resourceSpans) {
      const clock = this.#clockOf(resource);
      for (const { spans } of scopeSpans ?? [])
        for (const span of spans ?? []) this.#add(revision, position++, replayTimeOf(span), clock);
    }
    this.#sizes.set(revision, position);
  }

  /** Log records of a revision; each has its position. */
  addRecords(revision: number, resourceLogs: readonly ResourceLogs[]): void {
    let position = 0;
    for (const { resource, scopeLogs } of resourceLogs) {
      const clock = this.#clockOf(resource);
      for (const { logRecords } of scopeLogs ?? [])
        for (const record of logRecords ?? []) this.#add(revision, position++, replayTimeOfRecord(record), clock);
    }
    this.#sizes.set(revision, position);
  }

  #clockOf(resource: Resource | undefined): number {
    const service = serviceOf(resource) ?? "";
    const clock = this.#services.get(service) ?? this.#services.size;
    this.#services.set(service, clock);
    return clock;
  }

  #add(revision: number, position: number, instant: bigint, clock: number): void {
    this.#revisions.push(revision);
    this.#positions.push(position);
    this.#instants.push(instant);
    this.#clocks.push(clock);
  }

  /** Sorts the items. Call once, after the whole log was added. */
  finish(): this {
    const instants = this.#instants;
    const bucket = (at: number): number => bucketOfInstant(instants[at] ?? 0n);
    const range = plausibleTimes(countTimes({ length: instants.length, bucket, clock: (at) => this.#clocks[at] ?? 0 }));
    const isUsed = (instant: bigint): boolean => isPlausible(range, bucketOfInstant(instant));
    let last = instants.find(isUsed) ?? 0n;
    this.#ticks = Float64Array.from(instants, (instant) => {
      if (isUsed(instant)) last = instant;
      return Number(last / NANOS_PER_TICK);
    });
    this.#instants.length = 0;
    this.#clocks.length = 0;
    this.#order = Uint32Array.from(this.#revisions.keys()).sort((a, b) => this.#compare(a, b));
    return this;
  }

  step(item: number): ReplayStep {
    const first = this.#order[item] ?? 0;
    const revision = this.#revisions[first] ?? 0;
    const tick = this.#ticks[first] ?? 0;
    const positions: number[] = [];
    let next = item;
    for (; next < this.#order.length; next++) {
      const index = this.#order[next] ?? 0;
      if (this.#revisions[index] !== revision || this.#ticks[index] !== tick) break;
      positions.push(this.#positions[index] ?? 0);
    }
    const isWhole = positions.length === this.#sizes.get(revision);
    return { at: tick * TICK_MILLIS, revision, next, ...(isWhole ? {} : { positions }) };
  }

  /** Items were added in the order of revisions and positions, so their index breaks ties. */
  #compare(a: number, b: number): number {
    return (this.#ticks[a] ?? 0) - (this.#ticks[b] ?? 0) || a - b;
  }
}

const NANOS_PER_TICK = BigInt(TICK_MILLIS) * 1_000_000n;

/** Time of a span in a replay, Unix nanoseconds: its end, or the time of the report while it runs. */
export function replayTimeOf(span: Span): bigint {
  const { running, asOf } = spanIdentity(span);
  const start = BigInt(span.startTimeUnixNano ?? 0);
  // A report may have a number instead of a time, and some spans end before they start.
  const time = running ? asOf : BigInt(span.endTimeUnixNano ?? 0);
  return time > start ? time : start;
}

/** Time of a log record in a replay, Unix nanoseconds. */
export const replayTimeOfRecord = (record: LogRecord): bigint => BigInt(timeOfRecord(record) || 0);

/** Speed of a replay. All times are Unix milliseconds. */
export type Pace = {
  readonly speed: number;
  /** Longest wait between two steps, in milliseconds of the viewer's time. */
  readonly idle: number;
  /** Earlier steps are sent without a wait. */
  readonly from?: number;
};

/** Shorter waits are added to the next one: timers are no finer. */
const LEAST_WAIT = 4;
/** A viewer that is later than this has paused: the replay continues from there instead of catching up. */
const MOST_LATE = 1_000;

/** Clock of a replay. The caller passes its own time. */
export class ReplayClock {
  readonly #pace: Pace;
  /** The last step: its time in the session, and when it was due by the viewer's clock. */
  #last: { readonly at: number; readonly dueAt: number } | undefined;

  constructor(pace: Pace) {
    this.#pace = pace;
  }

  /** Milliseconds to wait before a step. `at`: its time in the session; `now`: the viewer's clock. */
  wait(at: number, now: number): number {
    const pause = this.#last === undefined ? 0 : pauseBetween(this.#last.at, at, this.#pace);
    const dueAt = (this.#last?.dueAt ?? now) + pause;
    const late = now - dueAt;
    this.#last = { at, dueAt: late > MOST_LATE ? now : dueAt };
    return -late < LEAST_WAIT ? 0 : -late;
  }
}

/** Time between two steps for the viewer. A step that goes back in time follows at once. */
function pauseBetween(before: number, next: number, { speed, idle, from = before }: Pace): number {
  const gap = next - Math.max(before, from);
  return gap <= 0 ? 0 : Math.min(gap / speed, idle);
}
