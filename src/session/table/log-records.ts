import { highWord, lowWord } from "../../lib/hex.ts";

/** Log records of one trace: their hashes, and the times of the first and the last. */
type OfTrace = { readonly hashes: HashSet; first: bigint; last: bigint };

/** Received log records, by trace and hash: 11 to 22 bytes per record. */
export class LogRecords {
  readonly #traces = new Map<number, OfTrace>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get bytes(): number {
    let bytes = 0;
    for (const { hashes } of this.#traces.values()) bytes += hashes.bytes + TRACE_BYTES;
    return bytes;
  }

  has(trace: number, hash: string): boolean {
    return this.#traces.get(trace)?.hashes.has(highWord(hash), lowWord(hash)) ?? false;
  }

  /** Adds a record. Idempotent. `time`: Unix nanoseconds, 0n without. */
  add(trace: number, hash: string, time: bigint): void {
    let known = this.#traces.get(trace);
    if (known === undefined) this.#traces.set(trace, (known = { hashes: new HashSet(), first: 0n, last: 0n }));
    if (!known.hashes.add(highWord(hash), lowWord(hash))) return;
    this.#size++;
    if (time === 0n) return;
    if (known.first === 0n || time < known.first) known.first = time;
    if (time > known.last) known.last = time;
  }

  evictTrace(trace: number): void {
    this.#size -= this.#traces.get(trace)?.hashes.size ?? 0;
    this.#traces.delete(trace);
  }

  /** Times of the first and the last record; `undefined` if no record has a time. */
  times(): { readonly first: bigint; readonly last: bigint } | undefined {
    let first = 0n;
    let last = 0n;
    for (const of of this.#traces.values()) {
      if (of.first !== 0n && (first === 0n || of.first < first)) first = of.first;
      if (of.last > last) last = of.last;
    }
    return last === 0n ? undefined : { first, last };
  }
}

/** An entry of a map, two objects, two bigints. */
const TRACE_BYTES = 250;

const FIRST_SLOTS = 8;
const MAX_LOAD = 0.75;

/** 64-bit hashes, open addressing; a slot of two zeroes is free. */
class HashSet {
  #slots = new Uint32Array(FIRST_SLOTS * 2);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get bytes(): number {
    return this.#slots.byteLength;
  }

  has(high: number, low: number): boolean {
    const slot = this.#slotOf(high, low || 1);
    return this.#slots[slot + 1] !== 0;
  }

  /** Returns whether it is new. */
  add(high: number, low: number): boolean {
    if (this.has(high, low)) return false;
    if ((this.#size + 1) * 2 > this.#slots.length * MAX_LOAD) this.#grow();
    this.#put(high, low || 1);
    this.#size++;
    return true;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(old.length * 2);
    for (let at = 0; at < old.length; at += 2) {
      const low = old[at + 1] ?? 0;
      if (low !== 0) this.#put(old[at] ?? 0, low);
    }
  }

  #put(high: number, low: number): void {
    const slot = this.#slotOf(high, low);
    this.#slots[slot] = high;
    this.#slots[slot + 1] = low;
  }

  /** Its slot, or the free slot for it. */
  #slotOf(high: number, low: number): number {
    const mask = this.#slots.length / 2 - 1;
    let slot = low & mask;
    while (this.#slots[slot * 2 + 1] !== 0) {
      if (this.#slots[slot * 2] === high && this.#slots[slot * 2 + 1] === low) break;
      slot = (slot + 1) & mask;
    }
    return slot * 2;
  }
}
