/** Window over which the rate of a body is measured. TCP can repair a lost packet several times in it. */
export const RATE_SECONDS = 20;

/** Least bytes in that window: half of a steady 1 kB/s, since a slow upload may come in bursts. */
export const RATE_BYTES = 10_000;

/** Longest wait for the body of one export. Exporters give up after 10 s, a Collector after 30 s. */
export const EXPORT_SECONDS = 60;

/** In which way a body arrived too slowly. */
export type Lateness =
  /** Fewer than `bytes` in `seconds`. */
  | { readonly reason: "too-slow"; readonly bytes: number; readonly seconds: number }
  /** Incomplete after `seconds`. */
  | { readonly reason: "overdue"; readonly seconds: number };

/**
 * Measures how fast a body arrives. Counts only seconds spent waiting for bytes: time spent working on earlier bytes is
 * ours, not the sender's.
 */
export class Pace {
  readonly #most: number;
  #seconds = 0;
  /** Of the current window. */
  #rateSeconds = 0;
  #rateBytes = 0;

  /** `most`: seconds after which the body must be complete. */
  constructor(most = Number.POSITIVE_INFINITY) {
    this.#most = most;
  }

  arrive(bytes: number): void {
    this.#rateBytes += bytes;
  }

  /** One more second of waiting has passed. */
  wait(): Lateness | undefined {
    this.#seconds++;
    this.#rateSeconds++;
    if (this.#seconds >= this.#most) return { reason: "overdue", seconds: this.#most };
    if (this.#rateSeconds < RATE_SECONDS) return undefined;
    if (this.#rateBytes < RATE_BYTES) return { reason: "too-slow", bytes: RATE_BYTES, seconds: RATE_SECONDS };
    this.#rateSeconds = 0;
    this.#rateBytes = 0;
    return undefined;
  }
}

/** The end of a sentence about a body or a file. */
export function latenessText(late: Lateness): string {
  if (late.reason === "overdue") return `was not complete after ${late.seconds} s`;
  return `arrived too slowly: fewer than ${late.bytes.toLocaleString("en")} bytes in ${late.seconds} s`;
}
