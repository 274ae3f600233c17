/** Frames that are kept, the last one first, each of so many bytes or UTF-16 units at most, with an event of so many bytes: some 5 MB. */
const FRAMES = 16;
const FRAME_SIZE = 64_000;
const EVENT_BYTES = 256_000;

/** How messages of one sort are read. */
type Reading<Message, Frame> = {
  readonly size: (message: Message) => number;
  /** Of two messages of one size. */
  readonly isSame: (one: Message, other: Message) => boolean;
  readonly decode: (message: Message) => Frame;
};

type Kept<Message, Frame> = { readonly message: Message; readonly frame: Frame; event: Uint8Array | undefined };

/** A message of an object's socket. `event`: the event for viewers, made of nothing but the message. */
export type ReadFrame<Frame> = { readonly frame: Frame; readonly event: (make: () => Uint8Array) => Uint8Array };

/**
 * The last messages of sockets: viewers of one object get the same bytes, each its own copy. An isolate with a hundred viewers would decode
 * a delivery a hundred times, and hold as many texts of it until the engine collects them. They share an event: nothing changes it.
 */
export class LastFrames<Message, Frame> {
  readonly #reading: Reading<Message, Frame>;
  #kept: readonly Kept<Message, Frame>[] = [];

  constructor(reading: Reading<Message, Frame>) {
    this.#reading = reading;
  }

  read(message: Message): ReadFrame<Frame> {
    const { size, isSame, decode } = this.#reading;
    const length = size(message);
    let found = this.#kept.find((one) => size(one.message) === length && isSame(one.message, message));
    if (found === undefined) {
      found = { message, frame: decode(message), event: undefined };
      if (length <= FRAME_SIZE) this.#kept = [found, ...this.#kept.slice(0, FRAMES - 1)];
    }
    const read = found;
    return {
      frame: read.frame,
      event: (make) => {
        if (read.event !== undefined) return read.event;
        const event = make();
        if (event.length <= EVENT_BYTES) read.event = event;
        return event;
      },
    };
  }
}
