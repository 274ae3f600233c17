/** A seeded source of randomness: the same seed gives the same run on every machine. */
export type Random = {
  /** A whole number in [0, end). */
  readonly below: (end: number) => number;
  /** One of the list's members. */
  readonly of: <T>(list: readonly T[]) => T;
};

/** Mulberry32. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b_79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (end: number): number => Math.floor(next() * end);
  return { below, of: <T>(list: readonly T[]) => list[below(list.length)] as T };
}
