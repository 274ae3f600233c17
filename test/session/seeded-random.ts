/** A seeded source of randomness (mulberry32): the same seed gives the same session on every machine. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** In [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b_79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number in [0, end). */
  below(end: number): number {
    return Math.floor(this.next() * end);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(of: readonly T[]): T {
    return of[this.below(of.length)] as T;
  }

  shuffle<T>(of: readonly T[]): T[] {
    const shuffled = [...of];
    for (let last = shuffled.length - 1; last > 0; last--) {
      const other = this.below(last + 1);
      [shuffled[last], shuffled[other]] = [shuffled[other] as T, shuffled[last] as T];
    }
    return shuffled;
  }

  /** Cuts a list into runs of one to `longest`. */
  cut<T>(list: readonly T[], longest: number): T[][] {
    const runs: T[][] = [];
    for (let from = 0; from < list.length;) {
      const length = 1 + this.below(longest);
      runs.push(list.slice(from, from + length));
      from += length;
    }
    return runs;
  }

  hex(digits: number): string {
    let hex = "";
    while (hex.length < digits) hex += this.below(16).toString(16);
    return hex;
  }
}
