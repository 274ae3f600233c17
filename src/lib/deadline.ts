/** In place of what did not come in time. */
export const LATE = Symbol("late");

/** One moment until which several answers are waited for. */
export class Deadline {
  readonly #over: Promise<typeof LATE>;
  readonly #timer: ReturnType<typeof setTimeout>;
  #isOver = false;

  /** `millis`: from now on. */
  constructor(millis: number) {
    const { promise, resolve } = Promise.withResolvers<typeof LATE>();
    this.#over = promise;
    this.#timer = setTimeout(() => {
      this.#isOver = true;
      resolve(LATE);
    }, millis);
  }

  /** Work does not begin afterwards. What has begun goes on, and nothing waits for it. */
  async within<Result>(work: () => Promise<Result>): Promise<Result | typeof LATE> {
    return this.#isOver ? LATE : await Promise.race([work(), this.#over]);
  }

  /** Once nothing is waited for any more. */
  end(): void {
    clearTimeout(this.#timer);
  }
}
