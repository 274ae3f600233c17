/** Work between two yields to the event loop, in bytes of a file that are read or decoded: about 25 ms, the longest wait of other requests. */
export const WORK_PER_YIELD = 512 * 1024;
/** Fixed cost of cutting a piece from a file and decoding it with others: about 6 µs. */
export const WORK_PER_PIECE = 128;
/** Fixed cost of one call of the decoder: less than a millisecond. */
export const WORK_PER_DECODING = 16 * 1024;

/** Counts the work of one request and yields to other requests. By count, since a Worker's clock stands still while it computes. */
export class Yielder {
  readonly #yieldToLoop: () => Promise<unknown>;
  #work = 0;

  constructor(yieldToLoop: () => Promise<unknown> = async () => await scheduler.wait(0)) {
    this.#yieldToLoop = yieldToLoop;
  }

  /** Call this after so much work. */
  async after(work: number): Promise<void> {
    this.#work += work;
    if (this.#work < WORK_PER_YIELD) return;
    this.#work = 0;
    await this.#yieldToLoop();
  }
}
