import type { Moment } from "./said.ts";

export type RowMoment = Moment & { readonly row: number };

/** What log records say about spans that are open, until they are written as steps. */
export class Moments {
  #waiting: RowMoment[] = [];
  /** Unix nanoseconds: nothing is due before. */
  #first = 0n;

  add(row: number, moments: readonly Moment[]): void {
    if (moments.length === 0) return;
    for (const moment of moments) this.#waiting.push({ row, ...moment });
    this.#waiting.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
    this.#first = this.#waiting[0]?.time ?? 0n;
  }

  /** Takes those before this time, by time. */
  before(time: bigint): readonly RowMoment[] {
    if (this.#waiting.length === 0 || time <= this.#first) return NONE;
    return this.#take((moment) => moment.time < time);
  }

  /** Takes all of a row, by time. */
  of(row: number): readonly RowMoment[] {
    return this.#waiting.length === 0 ? NONE : this.#take((moment) => moment.row === row);
  }

  #take(isDue: (moment: RowMoment) => boolean): readonly RowMoment[] {
    const due = this.#waiting.filter(isDue);
    if (due.length === 0) return NONE;
    this.#waiting = this.#waiting.filter((moment) => !isDue(moment));
    this.#first = this.#waiting[0]?.time ?? 0n;
    return due;
  }
}

const NONE: readonly RowMoment[] = [];
