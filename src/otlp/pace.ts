/** Time over which the rate of a body is judged. TCP repairs a lost packet several times in it. */
export const RATE_SECONDS = 20;

/** Least of a body in that time, half of what a slow but steady upload of 1 kB/s brings: it may come in bursts. */
export const RATE_BYTES = 10_000;

/** Most that the body of one export is waited for. Exporters give up after 10 s, a Collector after 30 s. */
export const EXPORT_SECONDS = 60;

/** How a body came too slowly. */
export type Lateness =
  /** Fewer than so many bytes in so many seconds. */
  | { readonly reason: "too-slow"; readonly bytes: number; readonly seconds: number }
  /** Not whole after so many seconds. */
  | { readonly reason: "overdue"; readonly seconds: number };

/**
 * Judges how fast a body arrives, by seconds in which its next bytes were waited for: time that this program takes
 * to work on the earlier ones is not the sender's.
 */
export class Pace {
  readonly #most: number;
  #seconds = 0;
  /** Of the time over which the rate is judged now. */
  #rateSeconds = 0;
  #rateBytes = 0;

  /** `most`: seconds after which the body is to be whole. */
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

/** In words, as the end of a sentence about a body or a file. */
export function lateWords(late: Lateness): string {
  if (late.reason === "overdue") return `was not whole after ${late.seconds} s`;
  return `arrived too slowly: fewer than ${late.bytes.toLocaleString("en")} bytes in ${late.seconds} s`;
}
