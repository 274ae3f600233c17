/** 2^55 ns are 417 days: sessions pause for less, and clocks that are wrong are wrong by more (1970, 2554). */
const ERA_BITS_IN_HIGH_WORD = 23;
const ERAS = 2 ** (32 - ERA_BITS_IN_HIGH_WORD);

/** The number of the era that an instant lies in, by the high word of its 64 bits of nanoseconds. */
export function bucketOf(highWord: number): number {
  return highWord >>> ERA_BITS_IN_HIGH_WORD;
}

/** Neighbouring eras, both included. */
export type ClockRange = { readonly first: number; readonly last: number };

/**
 * When a session happened, though some of its clocks be absurd: the era in which most spans start (the later of two
 * equals), and its neighbours as far as spans start in them. The first and the last era of all, where zero and the
 * largest number lie, count only if there is no other.
 */
export class ClockOutlierCount {
  readonly #starts = new Uint32Array(ERAS);

  add(era: number): void {
    this.#starts[era] = (this.#starts[era] ?? 0) + 1;
  }

  get plausible(): ClockRange {
    let fullest = this.#fullest(1, ERAS - 2);
    if (!this.#has(fullest)) fullest = this.#fullest(0, ERAS - 1);
    let first = fullest;
    let last = fullest;
    while (first > 1 && this.#has(first - 1)) first--;
    while (last < ERAS - 2 && this.#has(last + 1)) last++;
    return { first, last };
  }

  #has(era: number): boolean {
    return (this.#starts[era] ?? 0) > 0;
  }

  #fullest(first: number, last: number): number {
    let fullest = first;
    for (let era = first; era <= last; era++) {
      if ((this.#starts[era] ?? 0) >= (this.#starts[fullest] ?? 0)) fullest = era;
    }
    return fullest;
  }
}

/** Whether an instant is of these eras; an end may lie one further. */
export function isWithin(eras: ClockRange, era: number, beyond = 0): boolean {
  return era >= eras.first && era <= eras.last + beyond;
}

/** The first or the last era of all, where only clocks that were never set are. */
export const isExtreme = (era: number): boolean => era === 0 || era === ERAS - 1;
