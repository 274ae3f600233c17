import type { ReadableSpan } from "@opentelemetry/sdk-trace";

/** A ring of spans: the newest `capacity` of them, the oldest out first. */
export class SpanQueue {
  readonly #ring: (ReadableSpan | undefined)[];
  #first = 0;
  #size = 0;

  constructor(capacity: number) {
    this.#ring = new Array<undefined>(capacity).fill(undefined);
  }

  get size(): number {
    return this.#size;
  }

  /** Answers how many old spans had to leave. */
  push(spans: readonly ReadableSpan[]): number {
    const ring = this.#ring;
    // Of more than the ring can hold, the last ones stay.
    const skipped = Math.max(0, spans.length - ring.length);
    let out = skipped;
    for (let at = skipped; at < spans.length; at++) {
      ring[(this.#first + this.#size) % ring.length] = spans[at];
      if (this.#size < ring.length) this.#size += 1;
      else {
        this.#first = (this.#first + 1) % ring.length;
        out += 1;
      }
    }
    return out;
  }

  /** Removes the oldest, `count` at most. */
  take(count: number): ReadableSpan[] {
    const ring = this.#ring;
    const taken: ReadableSpan[] = [];
    for (let left = Math.min(count, this.#size); left > 0; left--) {
      const span = ring[this.#first];
      if (span !== undefined) taken.push(span);
      ring[this.#first] = undefined;
      this.#first = (this.#first + 1) % ring.length;
      this.#size -= 1;
    }
    return taken;
  }

  /** Returns spans that were taken to their place before all others; answers how many found no room, the oldest of them. */
  putBack(spans: readonly ReadableSpan[]): number {
    const ring = this.#ring;
    const room = Math.min(spans.length, ring.length - this.#size);
    for (let at = 1; at <= room; at++) {
      this.#first = (this.#first - 1 + ring.length) % ring.length;
      ring[this.#first] = spans[spans.length - at];
      this.#size += 1;
    }
    return spans.length - room;
  }
}
