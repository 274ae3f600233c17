import { textSlot } from "../attributes/text-slot.ts";

const RECENT = 256;

/**
 * The texts of one chunk by number, names once each. What came lately is compared before a Map is asked, which would make
 * each fresh copy of a name unique in the heap first: most names come again and again.
 */
export class ChunkTexts {
  readonly all: string[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #recent = new Uint32Array(RECENT);

  /** The number of a text that others may share. */
  name(text: string): number {
    const slot = textSlot(text, RECENT);
    const recent = this.#recent[slot] ?? 0;
    if (this.all[recent] === text) return recent;
    let number = this.#numbers.get(text);
    if (number === undefined) {
      number = this.once(text);
      this.#numbers.set(text, number);
    }
    this.#recent[slot] = number;
    return number;
  }

  /** The number of a text that hardly comes again. */
  once(text: string): number {
    return this.all.push(text) - 1;
  }
}
