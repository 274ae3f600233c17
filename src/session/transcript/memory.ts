import { countBefore } from "../../lib/binary-search.ts";

/** What the turns of a transcript mention. Each text, call and result has a number, and belongs to the first turn that mentions it. */
export class FirstMentions {
  readonly #numbers = new Map<string, number>();
  /** By number. */
  readonly #firstByNumber: (Memory | undefined)[] = [];

  numberOf(key: string): number {
    let number = this.#numbers.get(key);
    if (number === undefined) this.#numbers.set(key, (number = this.#numbers.size));
    return number;
  }

  /** Whether a turn up to this place mentions it. */
  isMentioned(number: number, place: number): boolean {
    return (this.#firstByNumber[number]?.place ?? Number.POSITIVE_INFINITY) <= place;
  }

  mention(number: number, memory: Memory): void {
    this.#firstByNumber[number] = memory;
  }

  /** The turn mentions nothing any more. */
  release(memory: Memory): void {
    for (const number of memory.mentioned)
      if (this.#firstByNumber[number] === memory) this.#firstByNumber[number] = undefined;
  }
}

/** What a turn knows of earlier ones, and what it mentions itself. */
export class Memory {
  readonly #all: FirstMentions;
  #touched: Set<number> | Uint32Array = new Set();
  /** Numbers of what this turn mentions first. */
  readonly mentioned: number[] = [];
  /** Of the turn among the others. */
  place: number;
  /** No earlier turn mentions anything. */
  readonly isEmpty: boolean;
  /** The last answer of a model is not known: the next input may have it. */
  isUnanswered: boolean;

  constructor(
    all: FirstMentions,
    place: number,
    before: { readonly isEmpty: boolean; readonly isUnanswered: boolean },
  ) {
    this.#all = all;
    this.place = place;
    this.isEmpty = before.isEmpty;
    this.isUnanswered = before.isUnanswered;
  }

  has(key: string): boolean {
    return this.#all.isMentioned(this.#touch(key), this.place);
  }

  /** `key`: of a text, a call or a result that the turn shows. */
  add(key: string): void {
    const number = this.#touch(key);
    if (this.#all.isMentioned(number, this.place)) return;
    this.#all.mention(number, this);
    this.mentioned.push(number);
  }

  /** The turn is folded: less room for what it depends on. */
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
