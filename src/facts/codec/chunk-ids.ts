import { idHash } from "../../lib/id-hash.ts";
import { highWord, lowWord } from "../../lib/hex.ts";

const WIDTH = 3;
const FIRST_CAPACITY = 32;

/**
 * Numbers the spans of one request or chunk by kind and id, from 0 on. A Map would intern each id in the heap; that costs many
 * times as much as comparing two words. The seed prevents senders from choosing ids that collide. A table of its own: it is
 * searched for each span of a request, and a shared one would have to store the numbers too.
 */
export class ChunkIds {
  readonly #seed = Math.floor(Math.random() * 0x1_0000_0000);
  #words = new Uint32Array(FIRST_CAPACITY * WIDTH);
  /** Number + 1; 0 is free. At least half of the buckets are free. */
  #buckets = new Uint32Array(FIRST_CAPACITY * 2);
  #size = 0;

  /** Number of known spans; also the number of the next new span. */
  get size(): number {
    return this.#size;
  }

  /** The span's number; a new span gets the next one. */
  number(kind: number, spanId: string): number {
    const high = highWord(spanId);
    const low = lowWord(spanId);
    const bucket = this.#bucketOf(kind, high, low);
    const known = (this.#buckets[bucket] ?? 0) - 1;
    if (known >= 0) return known;
    const added = this.#size++;
    const at = added * WIDTH;
    this.#words[at] = kind;
    this.#words[at + 1] = high;
    this.#words[at + 2] = low;
    this.#buckets[bucket] = added + 1;
    if (this.#size * WIDTH === this.#words.length) this.#grow();
    return added;
  }

  /** The span's number; -1 if it has none. */
  find(kind: number, spanId: string): number {
    return (this.#buckets[this.#bucketOf(kind, highWord(spanId), lowWord(spanId))] ?? 0) - 1;
  }

  /** The bucket of the span, or the free bucket for it. */
  #bucketOf(kind: number, high: number, low: number): number {
    const words = this.#words;
    const mask = this.#buckets.length - 1;
    for (let bucket = idHash(this.#seed, kind, high, low) & mask; ; bucket = (bucket + 1) & mask) {
      const at = ((this.#buckets[bucket] ?? 0) - 1) * WIDTH;
      if (at < 0) return bucket;
      if (words[at + 2] === low && words[at + 1] === high && words[at] === kind >>> 0) return bucket;
    }
  }

  #grow(): void {
    const words = new Uint32Array(this.#words.length * 2);
    words.set(this.#words);
    this.#words = words;
    this.#buckets = new Uint32Array(this.#buckets.length * 2);
    for (let number = 0; number < this.#size; number++) {
      const at = number * WIDTH;
      this.#buckets[this.#bucketOf(words[at] ?? 0, words[at + 1] ?? 0, words[at + 2] ?? 0)] = number + 1;
    }
  }
}
