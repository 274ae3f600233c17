import { spanIdentity } from "../facts/identity.ts";
import { timeOfRecord } from "../otel/log-record.ts";
import type { LogRecord } from "../otel/log-record.ts";
import type { Span } from "../otel/span.ts";
import { ClockOutlierCount, bucketOf, isWithin } from "./clock-outliers.ts";

/** One event of a replay: a revision of the log, or those of its spans or log records whose time has come. */
export type ReplayStep = {
  /** When the session did that, Unix milliseconds. */
  readonly at: number;
  readonly revision: number;
  /** Positions of the spans or records, ascending; absent where it is the whole revision. */
  readonly positions?: readonly number[];
  /** Items told once this step is: where the next one begins. */
  readonly next: number;
};

/** The order in which a log is told again, and when. Items are revisions, or spans and log records; a step may tell several. */
export type ReplaySchedule = {
  /** Items. */
  readonly length: number;
  /** The step that begins with an item, which is less than `length`. */
  step(item: number): ReplayStep;
};

/** Spans of one revision that are this near in time are one event. */
const TICK_MILLIS = 10;

/** Revision by revision as they were received; one that another log held before came, here, no earlier than what precedes it. */
export class ArrivalSchedule implements ReplaySchedule {
  readonly #revisions: number[] = [];
  readonly #times: number[] = [];

  get length(): number {
    return this.#revisions.length;
  }

  /** In the log's order. `received`: Unix milliseconds; unknown where a trace left. */
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
 * Span by span as they happened: one that ended when it ended, a report of a running one when it was made; and log records. A clock that is
 * wrong by more than a year says nothing: such a span comes with what stands before it in the log.
 */
export class EventSchedule implements ReplaySchedule {
  readonly #revisions: number[] = [];
  readonly #positions: number[] = [];
  /** Unix nanoseconds, until `settle`. */
  readonly #instants: bigint[] = [];
  readonly #sizes = new Map<number, number>();
  readonly #eras = new ClockOutlierCount();
  #ticks = new Float64Array();
  #order = new Uint32Array();

  get length(): number {
    return this.#revisions.length;
  }

  /** In the log's order; each span of a revision has its position. */
  add(revision: number, spans: readonly Span[]): void {
    this.#add(revision, spans.map(replayTimeOf));
  }

  /** Log records as they happened. */
  addRecords(revision: number, records: readonly LogRecord[]): void {
    this.#add(revision, records.map(replayTimeOfRecord));
  }

  #add(revision: number, instants: readonly bigint[]): void {
    this.#sizes.set(revision, instants.length);
    instants.forEach((instant, position) => {
      this.#eras.add(eraIn(instant));
      this.#revisions.push(revision);
      this.#positions.push(position);
      this.#instants.push(instant);
    });
  }

  /** Call once, when all of the log was added. */
  finish(): this {
    const { plausible: common } = this.#eras;
    const isSane = (instant: bigint): boolean => isWithin(common, eraIn(instant));
    let last = this.#instants.find(isSane) ?? 0n;
    this.#ticks = Float64Array.from(this.#instants, (instant) => {
      if (isSane(instant)) last = instant;
      return Number(last / NANOS_A_TICK);
    });
    this.#instants.length = 0;
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

  /** Revisions and positions ascend already: they are as the log has them. */
  #compare(a: number, b: number): number {
    return (this.#ticks[a] ?? 0) - (this.#ticks[b] ?? 0) || a - b;
  }
}

const NANOS_A_TICK = BigInt(TICK_MILLIS) * 1_000_000n;

/** When a span is told of, Unix nanoseconds: its end, or, while it runs, when the report was made. */
export function replayTimeOf(span: Span): bigint {
  const { running, asOf } = spanIdentity(span);
  const start = BigInt(span.startTimeUnixNano ?? 0);
  // The number of a report is no time, and some spans end before they start.
  const told = running ? asOf : BigInt(span.endTimeUnixNano ?? 0);
  return told > start ? told : start;
}

/** When a log record is told of, Unix nanoseconds. */
export const replayTimeOfRecord = (record: LogRecord): bigint => BigInt(timeOfRecord(record) || 0);

function eraIn(instant: bigint): number {
  return bucketOf(Number(instant >> 32n));
}

/** How fast a replay goes. Times of the session are Unix milliseconds, as are the clock's. */
export type Pace = {
  readonly speed: number;
  /** Longest wait between two steps, in milliseconds of the viewer's time. */
  readonly idle: number;
  /** What the session did before goes out without waiting. */
  readonly from?: number;
};

/** Waits that are shorter are owed to the next step: timers are no finer. */
const LEAST_WAIT = 4;
/** A viewer that reads later than this paused: the replay goes on from there, and does not catch up at once. */
const MOST_LATE = 1_000;

/** Keeps time for a replay, by the caller's clock. */
export class ReplayClock {
  readonly #pace: Pace;
  /** When the last step was told in the session's time, and when it was due in the viewer's. */
  #last: { readonly at: number; readonly due: number } | undefined;

  constructor(pace: Pace) {
    this.#pace = pace;
  }

  /** How many milliseconds to wait before the step that the session took at `at`; `now` is the viewer's clock. */
  wait(at: number, now: number): number {
    const pause = this.#last === undefined ? 0 : pauseBetween(this.#last.at, at, this.#pace);
    const due = (this.#last?.due ?? now) + pause;
    const late = now - due;
    this.#last = { at, due: late > MOST_LATE ? now : due };
    return -late < LEAST_WAIT ? 0 : -late;
  }
}

/** What two steps of the session are apart in the viewer's time. Steps that go back in time follow at once. */
function pauseBetween(before: number, next: number, { speed, idle, from = before }: Pace): number {
  const gap = next - Math.max(before, from);
  return gap <= 0 ? 0 : Math.min(gap / speed, idle);
}
