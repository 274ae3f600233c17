import { backoff } from "../../../../src/lib/backoff.ts";

/** The delay after the first failure; it doubles with each. */
const BASE_MILLIS = 500;
const CEILING_MILLIS = 30_000;
/** So many failures in a row open the breaker. */
const FAILURES_TO_OPEN = 5;
/** How long it stays open before one batch tries again. */
const OPEN_MILLIS = 30_000;
/** A receiver can't silence a fork for longer. */
const LONGEST_PAUSE_MILLIS = 300_000;

/** Decides when the next attempt may be made. Open: the receiver counts as away, and nothing is encoded for it. */
export class Breaker {
  #failures = 0;
  #until = 0;

  /** Milliseconds until the next attempt. */
  get wait(): number {
    return Math.max(0, this.#until - performance.now());
  }

  get isOpen(): boolean {
    return this.#failures >= FAILURES_TO_OPEN && this.wait > 0;
  }

  succeeded(): void {
    this.#failures = 0;
    this.#until = 0;
  }

  /** `afterMillis`: the pause that the receiver asked for. */
  failed(afterMillis = 0): void {
    this.#failures += 1;
    const pause =
      this.#failures < FAILURES_TO_OPEN
        ? backoff(this.#failures, BASE_MILLIS, Math.random(), CEILING_MILLIS)
        : OPEN_MILLIS;
    this.#until = performance.now() + Math.min(LONGEST_PAUSE_MILLIS, Math.max(pause, afterMillis));
  }
}
