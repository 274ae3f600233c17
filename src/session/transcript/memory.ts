/** What a turn knows of earlier ones. */
export class Memory {
  readonly #told = new Set<string>();
  #fresh: string[] = [];
  /** The last answer of a model is not known: the next input may have it. */
  isUnanswered = false;

  get isEmpty(): boolean {
    return this.#told.size === 0;
  }

  has(key: string): boolean {
    return this.#told.has(key);
  }

  /** `key`: of a text, a call or a result that is told. */
  add(key: string): void {
    if (this.#told.has(key)) return;
    this.#told.add(key);
    this.#fresh.push(key);
  }

  /** The keys that are new since the last call. */
  takeFresh(): readonly string[] {
    const fresh = this.#fresh;
    this.#fresh = [];
    return fresh;
  }
}
