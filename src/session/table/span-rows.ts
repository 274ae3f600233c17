import type { SpanVersion } from "../../facts/version-order.ts";
import { highWord, lowWord } from "../../lib/hex.ts";
import type { SpanFacts, SpanKind } from "../../facts/facts.ts";
import { SPAN_KINDS } from "../../facts/kind.ts";
import { DERIVATIONS } from "../../facts/derivation.ts";
import type { Derivation } from "../../facts/derivation.ts";

/** Offsets of a row's 32-bit words. A 64-bit field is its high word; the low one follows. */
export const ID = 0;
export const PARENT = 2;
export const START = 4;
/** The end; while the span runs, how new the report of it is. */
export const LAST = 6;
export const HASH = 8;
export const TRACE = 10;
export const SIZE = 11;
export const REVISION = 12;
export const POSITION = 13;
export const OTLP_KIND = 14;
/** Place of the span's tokens and cost, counted from one; 0 without. */
export const USAGE = 15;
const BITS = 16;
const STRINGS = 17;
const WIDTH = 21;

/** Offsets of a row's 16-bit string numbers. */
export const NAME = 0;
export const QUERY_NAME = 1;
export const QUERY_NAMESPACE = 2;
/** What the span is a call of: the agent's, tool's or model's name, as its kind says; else whom a query is asked of. */
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
/** One more than the place in {@link DERIVATIONS}; 0 of most spans. */
const DERIVATION_SHIFT = 4;
const DERIVATION_MASK = 0x7;
/** Bits from here on are the number of the path above the span. */
const PATH_SHIFT = 12;

const FIRST_CAPACITY = 64;
/** A grown table may be a quarter empty, no more: it has to fit in an object's memory. */
const GROWTH = 1.25;

/** Spans as rows of 84 bytes in one typed array. Knows where each field lies, nothing of what the fields mean together. */
export class SpanRows {
  #words = new Uint32Array(FIRST_CAPACITY * WIDTH);
  #halves = new Uint16Array(this.#words.buffer);
  #length = 0;
  #anyTold = false;

  /** Whether any span ever was made of log records: most sessions need not be looked through for them. */
  get anyDerived(): boolean {
    return this.#anyTold;
  }

  get length(): number {
    return this.#length;
  }

  get bytes(): number {
    return this.#words.byteLength;
  }

  /** A new row, all zero. */
  add(): number {
    const capacity = this.#words.length / WIDTH;
    if (this.#length === capacity) {
      const rows = Math.ceil(capacity * GROWTH);
      this.#words = new Uint32Array(this.#words.buffer.transfer(rows * WIDTH * Uint32Array.BYTES_PER_ELEMENT));
      this.#halves = new Uint16Array(this.#words.buffer);
    }
    return this.#length++;
  }

  /** Drops every row that is not wanted; those behind move up. */
  retain(wanted: (row: number) => boolean): void {
    let kept = 0;
    for (let row = 0; row < this.#length; row++) {
      if (!wanted(row)) continue;
      if (kept !== row) this.#words.copyWithin(kept * WIDTH, row * WIDTH, (row + 1) * WIDTH);
      kept++;
    }
    this.#words.fill(0, kept * WIDTH, this.#length * WIDTH);
    this.#length = kept;
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
    // Through memory: arithmetic of bigints makes an object a step.
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

  /** Negative, zero or positive, as the field of one row against a field of another. */
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

  /** How a span that was made of log records hangs together with others. */
  derivation(row: number): Derivation | undefined {
    const told = (this.word(row, BITS) >>> DERIVATION_SHIFT) & DERIVATION_MASK;
    // Asked first: a list is searched for a property named "-1".
    return told === 0 ? undefined : DERIVATIONS[told - 1];
  }

  running(row: number): boolean {
    return (this.word(row, BITS) & RUNNING) !== 0;
  }

  error(row: number): boolean {
    return (this.word(row, BITS) & ERROR) !== 0;
  }

  /** Of an error: nobody wanted the answer any more. */
  canceled(row: number): boolean {
    return (this.word(row, BITS) & CANCELED) !== 0;
  }

  /** Whether the span names tokens (a count of zero too). */
  hasTokens(row: number): boolean {
    return (this.word(row, BITS) & TOKENS) !== 0;
  }

  hasCost(row: number): boolean {
    return (this.word(row, BITS) & COST) !== 0;
  }

  /** The number of the path of spans that the span names above it, its parent last; 0 without. */
  path(row: number): number {
    return this.word(row, BITS) >>> PATH_SHIFT;
  }

  /** After {@link setBits}. */
  setPath(row: number, path: number): void {
    const bits = this.word(row, BITS) & ((1 << PATH_SHIFT) - 1);
    this.setWord(row, BITS, (bits | (path << PATH_SHIFT)) >>> 0);
  }

  setBits(row: number, { kind, running, error, canceled, tokens, cost, derivation: told }: SpanFacts): void {
    let bits = SPAN_KINDS.indexOf(kind);
    if (told !== undefined) {
      bits |= (DERIVATIONS.indexOf(told) + 1) << DERIVATION_SHIFT;
      this.#anyTold = true;
    }
    if (running) bits |= RUNNING;
    if (error) bits |= ERROR;
    if (canceled) bits |= CANCELED;
    if (tokens) bits |= TOKENS;
    if (cost !== undefined) bits |= COST;
    this.setWord(row, BITS, bits);
  }
}

const LONG = new DataView(new ArrayBuffer(8));

/** 16 hex digits of two words. */
export function hexOf(high: number, low: number): string {
  return hex32(high) + hex32(low);
}

function hex32(word: number): string {
  return word.toString(16).padStart(8, "0");
}

/** What a row keeps of its span's encoding. */
export function versionIn(rows: SpanRows, row: number): SpanVersion {
  return {
    running: rows.running(row),
    end: rows.long(row, LAST),
    asOf: rows.long(row, LAST),
    size: rows.word(row, SIZE),
    hash: rows.hex(row, HASH),
  };
}
