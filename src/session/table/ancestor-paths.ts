import type { Ancestor } from "../../facts/ancestors.ts";
import { SpanIndex } from "./span-index.ts";
import { highWord, lowWord } from "../../lib/hex.ts";
import type { StringPool } from "./texts.ts";

/** No path. */
export const NO_PATH = 0;
/** There are as many paths as spans with children. Beyond this limit missing spans have no names. */
export const MAX_PATHS = 65_536;

/** Word offsets in a path. */
const ABOVE = 0;
const HIGH = 1;
const LOW = 2;
const NAME = 3;
/** Two words; zero if unknown. */
const START = 4;
const WIDTH = 6;

/** Marks the word above the outermost span as a trace number: traces never share a path. */
const TRACE = 0x8000_0000;
const FIRST_CAPACITY = 16;
const GROWTH = 1.5;

/**
 * Paths of named spans, by number. A path is its last span and the number of the path above. Siblings share their path, and
 * a path of ten spans needs one entry more than a path of nine.
 */
export class AncestorPaths {
  #words = new Uint32Array(FIRST_CAPACITY * WIDTH);
  #length = 0;
  readonly #index = new SpanIndex({
    trace: (at) => this.#word(at, ABOVE),
    high: (at) => this.#word(at, HIGH),
    low: (at) => this.#word(at, LOW),
  });

  get bytes(): number {
    return this.#words.byteLength + this.#index.bytes;
  }

  /** Numbers up to this one may be in use. */
  get length(): number {
    return this.#length;
  }

  /** Number of the path; {@link NO_PATH} for an empty path or at the limit. */
  intern(trace: number, ancestors: readonly Ancestor[], pool: StringPool): number {
    let path = NO_PATH;
    for (const { spanId, name, start = 0n } of ancestors) {
      const words = [Number(start >> 32n), Number(start & 0xffff_ffffn)] as const;
      path = this.#step(trace, path, highWord(spanId), lowWord(spanId), pool.intern(name), words);
      if (path === NO_PATH) break;
    }
    return path;
  }

  /** The path without its last span. */
  above(path: number): number {
    const above = this.#word(path - 1, ABOVE);
    return above >= TRACE ? NO_PATH : above;
  }

  high(path: number): number {
    return this.#word(path - 1, HIGH);
  }

  low(path: number): number {
    return this.#word(path - 1, LOW);
  }

  /** Name of the last span, as a number in the pool. */
  name(path: number): number {
    return this.#word(path - 1, NAME);
  }

  /** Start of the last span, Unix nanoseconds; 0n if unknown. */
  start(path: number): bigint {
    return (BigInt(this.#word(path - 1, START)) << 32n) | BigInt(this.#word(path - 1, START + 1));
  }

  /** Copies a path from another store. `intern` maps a name's number there to its number here. */
  copy(from: AncestorPaths, path: number, trace: number, intern: (name: number) => number): number {
    const chain: number[] = [];
    for (let at = path; at !== NO_PATH; at = from.above(at)) chain.push(at);
    return chain.reduceRight(
      (above, at) =>
        this.#step(trace, above, from.high(at), from.low(at), intern(from.name(at)), [
          from.#word(at - 1, START),
          from.#word(at - 1, START + 1),
        ]),
      NO_PATH,
    );
  }

  #step(
    trace: number,
    path: number,
    high: number,
    low: number,
    name: number,
    [startHigh, startLow]: readonly [number, number],
  ): number {
    const above = path === NO_PATH ? (TRACE | trace) >>> 0 : path;
    for (let at = this.#index.first(above, high, low); at >= 0; at = this.#index.next(at)) {
      if (this.#word(at, NAME) !== name) continue;
      if (this.#word(at, START) === startHigh && this.#word(at, START + 1) === startLow) return at + 1;
    }
    if (this.#length === MAX_PATHS) return NO_PATH;
    const at = this.#length++;
    if (this.#words.length < this.#length * WIDTH) {
      const capacity = Math.ceil(this.#length * GROWTH) * WIDTH;
      this.#words = new Uint32Array(this.#words.buffer.transfer(capacity * Uint32Array.BYTES_PER_ELEMENT));
    }
    this.#words.set([above, high, low, name, startHigh, startLow], at * WIDTH);
    this.#index.add(at);
    return at + 1;
  }

  #word(at: number, field: number): number {
    return this.#words[at * WIDTH + field] ?? 0;
  }
}
