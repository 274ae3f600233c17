/** A session reports at most this often. */
const LEAST_INTERVAL_MILLIS = 2_000;
/** Reports a second that one directory takes, with room to serve its readers: sessions share them. */
const REPORTS_PER_SECOND = 200;
const ACTIVE_MILLIS = 60_000;

/** Who reported lately. In memory only: after a wake everybody may come at once, once. */
export class ActiveSessions {
  /** When each reported last, the longest ago first. */
  readonly #reported = new Map<string, number>();

  forget(id: string): void {
    this.#reported.delete(id);
  }

  /** Notes a report; answers after how many milliseconds its session may report again. */
  interval(id: string, now: number): number {
    this.#reported.delete(id);
    this.#reported.set(id, now);
    for (const [other, at] of this.#reported) {
      // What is later than now was noted before the clock was set back.
      if (at >= now - ACTIVE_MILLIS && at <= now) break;
      this.#reported.delete(other);
    }
    return Math.max(LEAST_INTERVAL_MILLIS, (this.#reported.size / REPORTS_PER_SECOND) * 1_000);
  }
}
