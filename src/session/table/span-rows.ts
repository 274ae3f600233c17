import type { SpanVersion } from "../../facts/version-order.ts";
import { grown } from "../../lib/grown.ts";
import { highWord, lowWord, wordInHex } from "../../lib/hex.ts";
import { PRODUCERS } from "../../facts/facts.ts";
import type { Producer, SpanFacts, SpanKind } from "../../facts/facts.ts";
import { SPAN_KINDS } from "../../facts/kind.ts";
import { DERIVATIONS } from "../../facts/derivation.ts";
import type { Derivation } from "../../facts/derivation.ts";

/** Offsets of a row's 32-bit words. A 64-bit field is its high word; the low one follows. */
export const ID = 0;
export const PARENT = 2;
export const START = 4;
/** The end; while the span runs, the time or number of the report. */
export const LAST = 6;
export const HASH = 8;
export const TRACE = 10;
export const SIZE = 11;
export const REVISION = 12;
export const POSITION = 13;
export const OTLP_KIND = 14;
/** Row of the span's tokens and cost in `UsageRows`, from one; 0 without. */
export const USAGE = 15;
/** Hash of the producer's id of the call; 0 without. */
export const CALL = 16;
const BITS = 17;
const STRINGS = 18;
const WIDTH = 22;

/** Offsets of a row's 16-bit string numbers. */
export const NAME = 0;
export const QUERY_NAME = 1;
export const QUERY_NAMESPACE = 2;
/** Name of the called agent, tool or model, depending on the kind; else the target of a query. */
export const SUBJECT = 3;
export const SERVICE = 4;
export const PROMPT = 5;
export const USER = 6;
export const FAILURE = 7;

const RUNNING = 0x100;
const ERROR = 0x200;
const TOKENS = 0x400;
const COST = 0x800;
const CANCELED = 0x80;
const KIND = 0x0f;
/** Index in {@link DERIVATIONS} plus one; 0 for most spans. */
const DERIVATION_SHIFT = 4;
const DERIVATION_MASK = 0x7;
const EXCEPTION = 0x1000;
const PROMPT_GUESSED = 0x2000;
/** The higher bits are the number of the path above the span. */
const PATH_SHIFT = 14;

const FIRST_CAPACITY = 64;

/** Spans as rows of 88 bytes in one typed array, and a byte in another. Knows the layout of fields, not their meaning. */
export class SpanRows {
  #words = new Uint32Array(FIRST_CAPACITY * WIDTH);
  #halves = new Uint16Array(this.#words.buffer);
  /** By row: the place in {@link PRODUCERS} plus one; 0 if unknown. */
  #producers = new Uint8Array(FIRST_CAPACITY);
  #length = 0;
  #anyDerived = false;

  /** Whether any span was ever derived: most sessions can skip the search for them. */
  get anyDerived(): boolean {
    return this.#anyDerived;
  }

  get length(): number {
    return this.#length;
  }

  get bytes(): number {
    return this.#words.byteLength + this.#producers.byteLength;
  }

  /** A new row, all zero. */
  add(): number {
    if (this.#length === this.#producers.length) {
      this.#words = grown(this.#words, (this.#length + 1) * WIDTH, WIDTH);
      this.#halves = new Uint16Array(this.#words.buffer);
      this.#producers = grown(this.#producers, this.#length + 1);
    }
    return this.#length++;
  }

  /** Copies of some rows, in this order. */
  pick(rows: readonly number[]): SpanRows {
    const picked = new SpanRows();
    picked.#words = new Uint32Array(rows.length * WIDTH);
    picked.#halves = new Uint16Array(picked.#words.buffer);
    picked.#producers = new Uint8Array(rows.length);
    // Rows of a part mostly follow each other: each run of them is copied in one piece.
    for (let at = 0, end = 0; at < rows.length; at = end) {
      const first = rows[at] ?? 0;
      do end++;
      while (end < rows.length && rows[end] === first + end - at);
      const after = first + end - at;
      picked.#words.set(this.#words.subarray(first * WIDTH, after * WIDTH), at * WIDTH);
      picked.#producers.set(this.#producers.subarray(first, after), at);
    }
    picked.#length = rows.length;
    picked.#anyDerived = this.#anyDerived;
    return picked;
  }

  /** Evicts all other rows; later rows move up. */
  retain(wanted: (row: number) => boolean): void {
    let length = 0;
    for (let row = 0; row < this.#length; row++) {
      if (!wanted(row)) continue;
      if (length !== row) {
        this.#words.copyWithin(length * WIDTH, row * WIDTH, (row + 1) * WIDTH);
        this.#producers[length] = this.#producers[row] ?? 0;
      }
      length++;
    }
    this.#words.fill(0, length * WIDTH, this.#length * WIDTH);
    this.#producers.fill(0, length, this.#length);
    this.#length = length;
  }

  word(row: number, field: number): number {
    return this.#words[row * WIDTH + field] ?? 0;
  }

  setWord(row: number, field: number, value: number): void {
    this.#words[row * WIDTH + field] = value;
  }

  /** An unsigned 64-bit field. */
  long(row: number, field: number): bigint {
    return (BigInt(this.word(row, field)) << 32n) | BigInt(this.word(row, field + 1));
  }

  setLong(row: number, field: number, value: bigint): void {
    // Through memory: bigint arithmetic allocates an object for each operation.
    LONG.setBigUint64(0, value);
    this.setWord(row, field, LONG.getUint32(0));
    this.setWord(row, field + 1, LONG.getUint32(4));
  }

  /** A 64-bit field as 16 hex digits. */
  hex(row: number, field: number): string {
    return hexOf(this.word(row, field), this.word(row, field + 1));
  }

  setHex(row: number, field: number, value: string): void {
    this.setWord(row, field, highWord(value));
    this.setWord(row, field + 1, lowWord(value));
  }

  /** Compares a field of one row with a field of another: negative, zero or positive. */
  order(row: number, field: number, otherRow: number, otherField: number): number {
    const high = this.word(row, field) - this.word(otherRow, otherField);
    return high !== 0 ? high : this.word(row, field + 1) - this.word(otherRow, otherField + 1);
  }

  isZero(row: number, field: number): boolean {
    return this.word(row, field) === 0 && this.word(row, field + 1) === 0;
  }

  string(row: number, field: number): number {
    return this.#halves[(row * WIDTH + STRINGS) * 2 + field] ?? 0;
  }

  setString(row: number, field: number, index: number): void {
    this.#halves[(row * WIDTH + STRINGS) * 2 + field] = index;
  }

  kind(row: number): SpanKind {
    return SPAN_KINDS[this.word(row, BITS) & KIND] ?? "internal";
  }

  /** Whether the row's kind is one of {@link kindsOf}. */
  isAnyOf(row: number, kinds: number): boolean {
    return ((kinds >>> (this.word(row, BITS) & KIND)) & 1) === 1;
  }

  /** How a derived span relates to others. */
  derivation(row: number): Derivation | undefined {
    const index = (this.word(row, BITS) >>> DERIVATION_SHIFT) & DERIVATION_MASK;
    // Checked first: reading index -1 would be a slow property lookup.
    return index === 0 ? undefined : DERIVATIONS[index - 1];
  }

  producer(row: number): Producer | undefined {
    const place = this.#producers[row] ?? 0;
    // Checked first: reading index -1 would be a slow property lookup.
    return place === 0 ? undefined : PRODUCERS[place - 1];
  }

  setProducer(row: number, producer: Producer | undefined): void {
    this.#producers[row] = producer === undefined ? 0 : PRODUCERS.indexOf(producer) + 1;
  }

  running(row: number): boolean {
    return (this.word(row, BITS) & RUNNING) !== 0;
  }

  error(row: number): boolean {
    return (this.word(row, BITS) & ERROR) !== 0;
  }

  /** Whether an error is only a cancellation. */
  canceled(row: number): boolean {
    return (this.word(row, BITS) & CANCELED) !== 0;
  }

  /** Whether an exception of its own states an error. */
  exception(row: number): boolean {
    return (this.word(row, BITS) & EXCEPTION) !== 0;
  }

  /** Whether the span has token counts, zero included. */
  hasTokens(row: number): boolean {
    return (this.word(row, BITS) & TOKENS) !== 0;
  }

  hasCost(row: number): boolean {
    return (this.word(row, BITS) & COST) !== 0;
  }

  /** Whether the span's own prompt is only a guess. */
  promptGuessed(row: number): boolean {
    return (this.word(row, BITS) & PROMPT_GUESSED) !== 0;
  }

  /** Number of the path of ancestors that the span names, its parent last; 0 without. */
  path(row: number): number {
    return this.word(row, BITS) >>> PATH_SHIFT;
  }

  /** Call after {@link setBits}. */
  setPath(row: number, path: number): void {
    const bits = this.word(row, BITS) & ((1 << PATH_SHIFT) - 1);
    this.setWord(row, BITS, (bits | (path << PATH_SHIFT)) >>> 0);
  }

  setBits(row: number, facts: SpanFacts): void {
    const { kind, running, error, canceled, exception, tokens, cost, derivation, promptGuessed } = facts;
    let bits = SPAN_KINDS.indexOf(kind);
    if (derivation !== undefined) {
      bits |= (DERIVATIONS.indexOf(derivation) + 1) << DERIVATION_SHIFT;
      this.#anyDerived = true;
    }
    if (running) bits |= RUNNING;
    if (error) bits |= ERROR;
    if (canceled) bits |= CANCELED;
    if (exception) bits |= EXCEPTION;
    if (tokens) bits |= TOKENS;
    if (cost !== undefined) bits |= COST;
    if (promptGuessed) bits |= PROMPT_GUESSED;
    this.setWord(row, BITS, bits);
  }
}

/** Kinds as a number, which folds compare for each row in place of a Set. */
export function kindsOf(kinds: readonly SpanKind[]): number {
  return kinds.reduce((bits, kind) => bits | (1 << SPAN_KINDS.indexOf(kind)), 0);
}

const LONG = new DataView(new ArrayBuffer(8));

/** 16 hex digits of two words. */
export function hexOf(high: number, low: number): string {
  return wordInHex(high) + wordInHex(low);
}

/** The version of a span that a row stores. */
export function versionIn(rows: SpanRows, row: number): SpanVersion {
  return {
    running: rows.running(row),
    end: rows.long(row, LAST),
    asOf: rows.long(row, LAST),
    size: rows.word(row, SIZE),
    hash: rows.hex(row, HASH),
  };
}
