/** Work between two turns of the event loop, as bytes of a file that are read or decoded: about 25 ms, which other requests wait at most. */
export const WORK_A_TURN = 512 * 1024;
/** Of cutting a piece out of a file and of decoding it with others, beside its bytes: about 6 µs. */
export const WORK_A_PIECE = 128;
/** Of one call of the decoder, beside its bytes: less than a millisecond. */
export const WORK_A_DECODING = 16 * 1024;

/** Counts the work of one request and lets others have their turn. By count, as the clock of a Worker stands still while it computes. */
export class GiveWay {
  readonly #nextTurn: () => Promise<unknown>;
  #work = 0;

  constructor(nextTurn: () => Promise<unknown> = async () => await scheduler.wait(0)) {
    this.#nextTurn = nextTurn;
  }

  /** To be called after so much work. */
  async after(work: number): Promise<void> {
    this.#work += work;
    if (this.#work < WORK_A_TURN) return;
    this.#work = 0;
    await this.#nextTurn();
  }
}
