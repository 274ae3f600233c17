/** Answers that callers share: each is made once, and given to all who ask for it within some time after that began. */
export class SharedAnswers<Answer> {
  readonly #millis: number;
  readonly #answers = new Map<string, { readonly at: number; readonly answer: Promise<Answer> }>();

  constructor(millis: number) {
    this.#millis = millis;
  }

  /** `now`: Unix milliseconds. An answer that fails is given to those who wait for it, and to nobody later. */
  async answer(key: string, now: number, make: () => Promise<Answer>): Promise<Answer> {
    const known = this.#answers.get(key);
    if (known !== undefined && Math.abs(now - known.at) <= this.#millis) return await known.answer;
    const made = { at: now, answer: make() };
    this.#answers.set(key, made);
    try {
      return await made.answer;
    } catch (error) {
      if (this.#answers.get(key) === made) this.#answers.delete(key);
      throw error;
    }
  }
}
