import { idHash } from "../../lib/id-hash.ts";

const FIRST_SLOTS = 128;
/** Probing gets long beyond this load. A grown index has at least half of it. */
const MAX_LOAD = 0.75;

/** The low bits of a slot are its row + 1, the others are bits of the key's hash: they avoid most reads of other rows, which are far apart in memory. */
const ROW_BITS = 22;
const ROW = (1 << ROW_BITS) - 1;

/** Reads a row's key: the trace's number and two words of a span id. */
export type RowKey = {
  trace(row: number): number;
  high(row: number): number;
  low(row: number): number;
};

/**
 * Rows by (trace, span id), several per key. Open addressing over row numbers; the keys stay in the rows. The seed
 * prevents senders from choosing ids that collide. A table of its own: it is read for each span that arrives, and a shared one
 * would have to store keys that the rows have.
 */
export class SpanIndex {
  readonly #key: RowKey;
  readonly #seed = Math.floor(Math.random() * 0x1_0000_0000);
  /** 0 is free. */
  #slots = new Uint32Array(FIRST_SLOTS);
  #used = 0;

  constructor(key: RowKey) {
    this.#key = key;
  }

  get bytes(): number {
    return this.#slots.byteLength;
  }

  add(row: number): void {
    if (this.#used + 1 > this.#slots.length * MAX_LOAD) this.#grow();
    this.#place(row);
    this.#used++;
  }

  /** The first row of a key, in arbitrary order; -1 without. */
  first(trace: number, high: number, low: number): number {
    const hash = this.#hash(trace, high, low);
    return this.#probe(hash, hash, trace, high, low);
  }

  /** The next row of the same key; -1 at the end. */
  next(row: number): number {
    const trace = this.#key.trace(row);
    const high = this.#key.high(row);
    const low = this.#key.low(row);
    const mask = this.#slots.length - 1;
    const hash = this.#hash(trace, high, low);
    let slot = hash & mask;
    while (((this.#slots[slot] ?? 0) & ROW) !== row + 1) slot = (slot + 1) & mask;
    return this.#probe(slot + 1, hash, trace, high, low);
  }

  /** Replaces all entries by rows 0 to `length`. */
  rebuild(length: number): void {
    let slots = FIRST_SLOTS;
    while (length > slots * MAX_LOAD) slots *= 2;
    this.#slots = new Uint32Array(slots);
    this.#used = length;
    for (let row = 0; row < length; row++) this.#place(row);
  }

  #probe(from: number, hash: number, trace: number, high: number, low: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = from & mask; ; slot = (slot + 1) & mask) {
      const entry = this.#slots[slot] ?? 0;
      if (entry === 0) return -1;
      if ((entry ^ hash) >>> ROW_BITS !== 0) continue;
      const row = (entry & ROW) - 1;
      const key = this.#key;
      if (key.low(row) === low && key.high(row) === high && key.trace(row) === trace) return row;
    }
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(old.length * 2);
    for (const entry of old) if (entry !== 0) this.#place((entry & ROW) - 1);
  }

  #place(row: number): void {
    const mask = this.#slots.length - 1;
    const hash = this.#hash(this.#key.trace(row), this.#key.high(row), this.#key.low(row));
    let slot = hash & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = (hash & ~ROW) | (row + 1);
  }

  #hash(trace: number, high: number, low: number): number {
    // One more round than buckets need: the slot holds the upper bits too.
    const hash = Math.imul(idHash(this.#seed, trace, high, low), 0x27d4_eb2f);
    return (hash ^ (hash >>> 15)) >>> 0;
  }
}

const WIDTH = 3;
const FIRST_CAPACITY = 64;

/** A set of span ids by trace; small enough for all spans of a session. */
export class IdSet {
  #words = new Uint32Array(FIRST_CAPACITY * WIDTH);
  #length = 0;
  readonly #index = new SpanIndex({
    trace: (at) => this.#words[at * WIDTH] ?? 0,
    high: (at) => this.#words[at * WIDTH + 1] ?? 0,
    low: (at) => this.#words[at * WIDTH + 2] ?? 0,
  });

  /** Its place in order of addition; -1 without. */
  find(trace: number, high: number, low: number): number {
    return this.#index.first(trace, high, low);
  }

  /** Whether it is new. */
  add(trace: number, high: number, low: number): boolean {
    if (this.find(trace, high, low) >= 0) return false;
    if (this.#words.length < (this.#length + 1) * WIDTH) {
      this.#words = new Uint32Array(this.#words.buffer.transfer(this.#words.byteLength * 2));
    }
    this.#words.set([trace, high, low], this.#length * WIDTH);
    this.#index.add(this.#length++);
    return true;
  }
}
