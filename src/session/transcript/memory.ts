import { countBefore } from "../../lib/binary-search.ts";

/** What the turns of a transcript tell. Each text, call and result has a number, and belongs to the first turn that tells it. */
export class Told {
  readonly #numbers = new Map<string, number>();
  /** By number. */
  readonly #tellers: (Memory | undefined)[] = [];

  numberOf(key: string): number {
    let number = this.#numbers.get(key);
    if (number === undefined) this.#numbers.set(key, (number = this.#numbers.size));
    return number;
  }

  /** Whether a turn up to this place tells it. */
  isTold(number: number, place: number): boolean {
    return (this.#tellers[number]?.place ?? Number.POSITIVE_INFINITY) <= place;
  }

  tell(number: number, memory: Memory): void {
    this.#tellers[number] = memory;
  }

  /** The turn tells nothing any more. */
  release(memory: Memory): void {
    for (const number of memory.told) if (this.#tellers[number] === memory) this.#tellers[number] = undefined;
  }
}

/** What a turn knows of earlier ones, and what it tells itself. */
export class Memory {
  readonly #all: Told;
  #touched: Set<number> | Uint32Array = new Set();
  /** Numbers of what this turn tells first. */
  readonly told: number[] = [];
  /** Of the turn among the others. */
  place: number;
  /** No earlier turn tells anything. */
  readonly isEmpty: boolean;
  /** The last answer of a model is not known: the next input may have it. */
  isUnanswered: boolean;

  constructor(all: Told, place: number, before: { readonly isEmpty: boolean; readonly isUnanswered: boolean }) {
    this.#all = all;
    this.place = place;
    this.isEmpty = before.isEmpty;
    this.isUnanswered = before.isUnanswered;
  }

  has(key: string): boolean {
    return this.#all.isTold(this.#touch(key), this.place);
  }

  /** `key`: of a text, a call or a result that is told. */
  add(key: string): void {
    const number = this.#touch(key);
    if (this.#all.isTold(number, this.place)) return;
    this.#all.tell(number, this);
    this.told.push(number);
  }

  /** The turn is told: less room for what it depends on. */
  close(): void {
    this.#touched = Uint32Array.from(this.#touched).sort();
  }

  /** Whether the turn depends on one of these, by their numbers. */
  dependsOn(numbers: ReadonlySet<number>): boolean {
    for (const number of numbers) if (this.#isTouched(number)) return true;
    return false;
  }

  #isTouched(number: number): boolean {
    const touched = this.#touched;
    if (touched instanceof Set) return touched.has(number);
    return touched[countBefore(touched.length, (at) => (touched[at] ?? 0) < number)] === number;
  }

  #touch(key: string): number {
    const number = this.#all.numberOf(key);
    if (this.#touched instanceof Set) this.#touched.add(number);
    return number;
  }
}
