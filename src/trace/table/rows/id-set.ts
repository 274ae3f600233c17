import { SpanIndex } from "./span-index.ts";

const WIDTH = 3;
const FIRST_CAPACITY = 64;

/** Span ids of traces, each once; small enough for as many as a session has spans. */
export class IdSet {
  #words = new Uint32Array(FIRST_CAPACITY * WIDTH);
  #length = 0;
  readonly #index = new SpanIndex({
    trace: (at) => this.#words[at * WIDTH] ?? 0,
    high: (at) => this.#words[at * WIDTH + 1] ?? 0,
    low: (at) => this.#words[at * WIDTH + 2] ?? 0,
  });

  /** Whether it is new. */
  add(trace: number, high: number, low: number): boolean {
    if (this.#index.first(trace, high, low) >= 0) return false;
    if (this.#words.length < (this.#length + 1) * WIDTH) {
      this.#words = new Uint32Array(this.#words.buffer.transfer(this.#words.byteLength * 2));
    }
    this.#words.set([trace, high, low], this.#length * WIDTH);
    this.#index.add(this.#length++);
    return true;
  }
}
