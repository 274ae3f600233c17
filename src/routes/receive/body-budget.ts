/** Bytes of bodies that one isolate holds at a time, as received and as inflated: with what decoding makes of them it stays under its 128 MB. */
export const BODIES_IN_FLIGHT = 16 * 1024 * 1024;

/** What all requests of an isolate hold together. A body that is alone is always let in: a larger one is refused by its own limit. */
export class BodyBudget {
  #held = 0;

  /** A request's own account. */
  open(): BodyAccount {
    let own = 0;
    return {
      hold: (bytes) => {
        const others = this.#held - own;
        if (others > 0 && this.#held + bytes > BODIES_IN_FLIGHT) return false;
        own += bytes;
        this.#held += bytes;
        return true;
      },
      close: () => {
        this.#held -= own;
        own = 0;
      },
    };
  }
}

export type BodyAccount = {
  /** Takes so many more bytes, if there is room. */
  readonly hold: (bytes: number) => boolean;
  readonly close: () => void;
};

/** Of this isolate. */
export const bodies = new BodyBudget();
