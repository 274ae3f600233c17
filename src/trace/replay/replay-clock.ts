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
