/** A bucket of time is 2^55 ns, 417 days: sessions pause for less, and wrong clocks are off by more (1970, 2554). */
const BUCKET_SHIFT = 23;
const BUCKETS = 2 ** (32 - BUCKET_SHIFT);

/** Bucket of an instant. `highWord`: of its 64 bits of Unix nanoseconds. */
export function bucketOf(highWord: number): number {
  return highWord >>> BUCKET_SHIFT;
}

/** Adjacent buckets, both included. */
export type ClockRange = { readonly first: number; readonly last: number };

/**
 * Tells plausible times of a session from clock outliers. Plausible: the bucket in which most spans start (the later of
 * two equals), and adjacent buckets as long as spans start in them. The very first and last bucket, which hold zero and
 * the largest number, count only if there is no other.
 */
export class ClockOutlierCount {
  readonly #starts = new Uint32Array(BUCKETS);

  add(bucket: number): void {
    this.#starts[bucket] = (this.#starts[bucket] ?? 0) + 1;
  }

  get plausible(): ClockRange {
    let fullest = this.#fullest(1, BUCKETS - 2);
    if (!this.#has(fullest)) fullest = this.#fullest(0, BUCKETS - 1);
    let first = fullest;
    let last = fullest;
    while (first > 1 && this.#has(first - 1)) first--;
    while (last < BUCKETS - 2 && this.#has(last + 1)) last++;
    return { first, last };
  }

  #has(bucket: number): boolean {
    return (this.#starts[bucket] ?? 0) > 0;
  }

  #fullest(first: number, last: number): number {
    let fullest = first;
    for (let bucket = first; bucket <= last; bucket++) {
      if ((this.#starts[bucket] ?? 0) >= (this.#starts[fullest] ?? 0)) fullest = bucket;
    }
    return fullest;
  }
}

/** Whether a bucket is in the range. `beyond`: how many buckets after it count too, as an end may lie one further. */
export function isWithin(range: ClockRange, bucket: number, beyond = 0): boolean {
  return bucket >= range.first && bucket <= range.last + beyond;
}

/** The very first or last bucket: only a clock that was never set is there. */
export const isExtreme = (bucket: number): boolean => bucket === 0 || bucket === BUCKETS - 1;
