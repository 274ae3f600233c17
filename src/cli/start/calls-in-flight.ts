import { MAX_PROTOBUF_BODY } from "../../otlp/limits.ts";

/** Bytes of messages that the calls of all connections hold together. The Worker takes fewer at a time. */
export const BYTES_IN_FLIGHT = 128 * 1024 * 1024;

/** A call that is being read may hold its message and, before it can be refused, a second one. */
export const BYTES_OF_A_READER = 2 * MAX_PROTOBUF_BODY;

/** Calls that wait to be read. Each holds what HTTP/2's window lets it send, 64 KiB. */
export const CALLS_WAITING = 256;

/** The place of one call among those in flight. Both may be called at any time, `close` more than once. */
export type Place = {
  /** Its message has arrived whole, with so many bytes. */
  readonly arrived: (bytes: number) => void;
  readonly close: () => void;
};

/**
 * Bounds what the calls hold in memory. The bytes of a message that is still arriving can't be counted, as gRPC's library
 * gathers them: so a call that is read counts with the most that it may send, and the others wait unread.
 */
export class CallsInFlight {
  #held = 0;
  readonly #waiting = new Set<() => void>();

  /** Calls `read` once there is room; `undefined` if too many wait for it already. */
  enter(read: () => void): Place | undefined {
    let own = 0;
    const hold = (bytes: number) => {
      this.#held += bytes - own;
      own = bytes;
    };
    const start = () => {
      hold(BYTES_OF_A_READER);
      read();
    };
    if (this.#hasRoom) start();
    else if (this.#waiting.size >= CALLS_WAITING) return undefined;
    else this.#waiting.add(start);
    const leave = (bytes: number) => {
      hold(bytes);
      this.#startNext();
    };
    return {
      arrived: (bytes) => own > 0 && leave(bytes),
      close: () => {
        this.#waiting.delete(start);
        leave(0);
      },
    };
  }

  get #hasRoom(): boolean {
    return this.#held + BYTES_OF_A_READER <= BYTES_IN_FLIGHT;
  }

  #startNext(): void {
    for (const start of this.#waiting) {
      if (!this.#hasRoom) return;
      this.#waiting.delete(start);
      start();
    }
  }
}
