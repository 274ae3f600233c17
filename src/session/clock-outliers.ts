/** A bucket of time is 2^52 ns, 52 days. */
const BUCKET_SHIFT = 20;
const BUCKETS = 2 ** (32 - BUCKET_SHIFT);
/** Times at most this many buckets apart are within a year: 365 days, or up to 417 by their places in the buckets. */
const YEAR = 7;
/** The first and last 417 days (1970, 2554): only a clock that was never set is there. */
const EXTREME = 8;

/** Bucket of an instant. `highWord`: of its 64 bits of Unix nanoseconds. */
export function bucketOf(highWord: number): number {
  return highWord >>> BUCKET_SHIFT;
}

/** Bucket of an instant in Unix nanoseconds. */
export function bucketOfInstant(instant: bigint): number {
  return bucketOf(Number(instant >> 32n));
}

/** Buckets, both included. */
export type ClockRange = { readonly first: number; readonly last: number };

/** Times of a session by position. A clock is that of one service. */
export type ClockReadings = {
  readonly length: number;
  /** -1: there is none at this position. */
  readonly bucket: (at: number) => number;
  readonly clock: (at: number) => number;
};

export const isSameRange = (a: ClockRange, b: ClockRange): boolean => a.first === b.first && a.last === b.last;

/** How many times of each clock are in each bucket. */
export class TimeCounts {
  /** By clock and bucket. */
  readonly #counts = new Map<number, number>();

  add(clock: number, bucket: number, count = 1): void {
    const key = clock * BUCKETS + bucket;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + count);
  }

  *[Symbol.iterator](): Generator<{ readonly clock: number; readonly bucket: number; readonly count: number }> {
    for (const [key, count] of this.#counts) yield { clock: Math.floor(key / BUCKETS), bucket: key % BUCKETS, count };
  }
}

/** Counts of times by position. */
export function countTimes({ length, bucket, clock }: ClockReadings): TimeCounts {
  const counts = new TimeCounts();
  let lastClock = 0;
  let lastBucket = -1;
  let count = 0;
  // Neighbours mostly share both.
  for (let at = 0; at < length; at++) {
    const ownClock = clock(at);
    const ownBucket = bucket(at);
    if (ownBucket < 0) continue;
    if (ownClock !== lastClock || ownBucket !== lastBucket) {
      if (count > 0) counts.add(lastClock, lastBucket, count);
      lastClock = ownClock;
      lastBucket = ownBucket;
      count = 0;
    }
    count++;
  }
  if (count > 0) counts.add(lastClock, lastBucket, count);
  return counts;
}

/**
 * The plausible times of a session; all others are clock outliers. Times form a group as long as the next one follows
 * within a year. Of several groups, that of most clocks is plausible, however many spans share another one: each clock is
 * in the group with most of its own times. Of equals it is the group of more times, then the later one. Groups near zero
 * and near the largest number count only if there is no other.
 */
export function plausibleTimes(counts: TimeCounts): ClockRange {
  const buckets = new Set<number>();
  for (const { bucket } of counts) buckets.add(bucket);
  const sorted = [...buckets].sort((a, b) => a - b);
  let groups = groupsIn(sorted.filter((bucket) => !isExtreme(bucket)));
  if (groups.length === 0) groups = groupsIn(sorted);
  return groups.length > 1 ? elect(groups, counts) : (groups[0] ?? { first: 0, last: 0 });
}

/** Whether a time is in the range. An end may be up to a year after the last start. */
export function isPlausible(range: ClockRange, bucket: number, field: "start" | "end" = "start"): boolean {
  return bucket >= range.first && bucket <= (field === "end" ? range.last + YEAR : range.last);
}

/** Whether only a clock that was never set has this time. */
export const isExtreme = (bucket: number): boolean => bucket < EXTREME || bucket >= BUCKETS - EXTREME;

/** Of ascending buckets. */
function groupsIn(buckets: readonly number[]): ClockRange[] {
  const groups: { first: number; last: number }[] = [];
  for (const bucket of buckets) {
    const group = groups.at(-1);
    if (group !== undefined && bucket - group.last <= YEAR) group.last = bucket;
    else groups.push({ first: bucket, last: bucket });
  }
  return groups;
}

/** Groups are in order of time. */
function elect(groups: readonly ClockRange[], counts: TimeCounts): ClockRange {
  const groupOf = new Int16Array(BUCKETS).fill(-1);
  groups.forEach(({ first, last }, group) => groupOf.fill(group, first, last + 1));
  const times = groups.map(() => 0);
  /** By clock and group. */
  const ofClocks = new Map<number, number>();
  for (const { clock, bucket, count } of counts) {
    const group = groupOf[bucket] ?? -1;
    if (group < 0) continue;
    times[group] = (times[group] ?? 0) + count;
    const key = clock * BUCKETS + group;
    ofClocks.set(key, (ofClocks.get(key) ?? 0) + count);
  }
  const homes = new Map<number, { readonly group: number; readonly count: number }>();
  for (const [key, count] of ofClocks) {
    const by = Math.floor(key / BUCKETS);
    const group = key % BUCKETS;
    const known = homes.get(by);
    if (known === undefined || count > known.count || (count === known.count && group > known.group))
      homes.set(by, { group, count });
  }
  const clocks = groups.map(() => 0);
  for (const { group } of homes.values()) clocks[group] = (clocks[group] ?? 0) + 1;
  let best = 0;
  for (let group = 1; group < groups.length; group++) {
    const more = (clocks[group] ?? 0) - (clocks[best] ?? 0) || (times[group] ?? 0) - (times[best] ?? 0);
    if (more >= 0) best = group;
  }
  return groups[best] ?? { first: 0, last: 0 };
}
