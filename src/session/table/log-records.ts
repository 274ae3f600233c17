import { HashSet } from "../../lib/id-hash.ts";
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

  /** Whether the trace has any. */
  hasAny(trace: number): boolean {
    return this.#traces.has(trace);
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
