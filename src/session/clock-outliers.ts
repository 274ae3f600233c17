/** A bucket of time is 2^55 ns, 417 days: sessions pause for less, and wrong clocks are off by more (1970, 2554). */
const BUCKET_SHIFT = 23;
const BUCKETS = 2 ** (32 - BUCKET_SHIFT);

/** Bucket of an instant. `highWord`: of its 64 bits of Unix nanoseconds. */
export function bucketOf(highWord: number): number {
  return highWord >>> BUCKET_SHIFT;
}

/** Bucket of an instant in Unix nanoseconds. */
export function bucketOfInstant(instant: bigint): number {
  return bucketOf(Number(instant >> 32n));
}

/** Adjacent buckets, both included. */
export type ClockRange = { readonly first: number; readonly last: number };

/** Times of a session by position. */
export type ClockReadings = {
  readonly length: number;
  /** -1: there is none at this position. */
  readonly bucket: (at: number) => number;
};

/**
 * The plausible times of a session; all others are clock outliers. Plausible: the bucket in which most spans start (the
 * later of two equals), and adjacent buckets as long as spans start in them. The very first and last bucket, which hold
 * zero and the largest number, count only if there is no other.
 */
export function plausibleTimes({ length, bucket }: ClockReadings): ClockRange {
  const counts = new Uint32Array(BUCKETS);
  for (let at = 0; at < length; at++) {
    const one = bucket(at);
    if (one >= 0) counts[one] = (counts[one] ?? 0) + 1;
  }
  const has = (one: number): boolean => (counts[one] ?? 0) > 0;
  let fullest = fullestIn(counts, 1, BUCKETS - 2);
  if (!has(fullest)) fullest = fullestIn(counts, 0, BUCKETS - 1);
  let first = fullest;
  let last = fullest;
  while (first > 1 && has(first - 1)) first--;
  while (last < BUCKETS - 2 && has(last + 1)) last++;
  return { first, last };
}

/** Whether a time is in the range. An end may be one bucket after the last start. */
export function isPlausible(range: ClockRange, bucket: number, field: "start" | "end" = "start"): boolean {
  return bucket >= range.first && bucket <= (field === "end" ? range.last + 1 : range.last);
}

/** The very first or last bucket: only a clock that was never set is there. */
export const isExtreme = (bucket: number): boolean => bucket === 0 || bucket === BUCKETS - 1;

function fullestIn(counts: Uint32Array, first: number, last: number): number {
  let fullest = first;
  for (let bucket = first; bucket <= last; bucket++)
    if ((counts[bucket] ?? 0) >= (counts[fullest] ?? 0)) fullest = bucket;
  return fullest;
}
