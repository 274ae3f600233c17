/** Rows hold an index in 16 bits. */
export const MAX_STRINGS = 65_536;
/** UTF-16 units of all strings together: at most 4 MB of an object's memory. */
export const MAX_UNITS = 2_000_000;

/** Stands for no string. */
export const NONE = 0;
/** Stands for any string that came when the pool was full. */
const OTHER = 1;

/** Each distinct string once, by a number that fits in 16 bits. */
export class StringPool {
  readonly #texts: (string | undefined)[] = [undefined, "(other)"];
  readonly #indexes = new Map<string, number>();
  #units = 0;

  get units(): number {
    return this.#units;
  }

  get size(): number {
    return this.#texts.length;
  }

  /** The string's number; `full` where the pool takes no more. */
  intern(text: string | undefined, full: number = OTHER): number {
    if (text === undefined || text === "") return NONE;
    const known = this.#indexes.get(text);
    if (known !== undefined) return known;
    if (this.#texts.length >= MAX_STRINGS || this.#units + text.length > MAX_UNITS) return full;
    const index = this.#texts.length;
    this.#texts.push(text);
    this.#indexes.set(text, index);
    this.#units += text.length;
    return index;
  }

  text(index: number): string | undefined {
    return this.#texts[index];
  }
}
