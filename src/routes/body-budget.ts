/** Bytes of bodies that one isolate holds at a time, as received and as inflated: with what decoding makes of them it stays under its 128 MB. */
export const BODIES_IN_FLIGHT = 16 * 1024 * 1024;

/** Counts what is held. The first body is always let in, whatever its size: a larger one is refused by its own limit. */
export class BodyBudget {
  #held = 0;

  get exhausted(): boolean {
    return this.#held >= BODIES_IN_FLIGHT;
  }

  hold(bytes: number): void {
    this.#held += bytes;
  }

  release(bytes: number): void {
    this.#held -= bytes;
  }
}
