import type { Trail } from "../refusals.ts";
import { Buffer } from "node:buffer";

/** Wire types: the lowest three bits of a tag. */
export const VARINT = 0;
export const FIXED64 = 1;
export const LENGTH = 2;
export const START_GROUP = 3;
export const END_GROUP = 4;
export const FIXED32 = 5;

const ZEROES = /^0+$/;

/** The limit of official parsers. Groups are the only unknown fields that this reader walks into. */
const MAX_GROUP_DEPTH = 100;

/** The id that was read last and its position; -1 before the first. */
export type ReadId = { start: number; id: string };

/**
 * Reads the protobuf wire format from one body. Every read is checked against the end of the current message, never only
 * against the body's. The first fault sticks: the reader is then at the end of every message and reads zeroes.
 */
export class ProtobufReader {
  readonly bytes: Uint8Array;
  position = 0;
  /** End of the current message. */
  end: number;
  fault: { readonly message: string; readonly path: string; readonly position: number } | undefined;
  /** Upper half of the last varint, unsigned. */
  high = 0;
  readonly #buffer: Buffer;
  readonly #view: DataView;
  readonly #strings: ProtobufStrings;
  readonly #trail: Trail;

  constructor(bytes: Uint8Array, trail: Trail) {
    this.#trail = trail;
    this.bytes = bytes;
    this.end = bytes.length;
    this.#buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#strings = new ProtobufStrings(this.#buffer);
  }

  fail(message: string, position = this.position): void {
    this.fault ??= { message, path: this.#trail.path(""), position };
    this.position = 0;
    this.end = -1;
  }

  /** Whether the current message has another field. */
  get more(): boolean {
    return this.position < this.end;
  }

  /** Field number and wire type; 0 after a fault. */
  tag(): number {
    const start = this.position;
    const tag = this.varint();
    if (this.high !== 0) this.fail("field number too large", start);
    else if (tag >>> 3 === 0 && this.fault === undefined) this.fail("field number 0", start);
    return this.fault === undefined ? tag : 0;
  }

  /** Lower half, unsigned; the upper half is in `high`. */
  varint(): number {
    const { bytes, end } = this;
    let low = 0;
    this.high = 0;
    const start = this.position;
    for (let shift = 0, at = start; shift < 70; shift += 7, at++) {
      if (at >= end) {
        this.fail("cut off in a number", start);
        return 0;
      }
      const byte = bytes[at] ?? 0;
      const bits = byte & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        this.high = bits >>> 4;
      } else this.high |= bits << (shift - 32);
      if (byte < 0x80) {
        this.position = at + 1;
        this.high >>>= 0;
        return low >>> 0;
      }
    }
    this.fail("number of more than 10 bytes", start);
    return 0;
  }

  /** int64, as decimal. */
  int64(): string {
    const low = this.varint();
    if (this.high === 0) return String(low);
    return BigInt.asIntN(64, (BigInt(this.high) << 32n) | BigInt(low)).toString();
  }

  bool(): boolean {
    return this.varint() !== 0 || this.high !== 0;
  }

  fixed32(): number {
    return this.#take(4) ? this.#view.getUint32(this.position - 4, true) : 0;
  }

  /** Unsigned, as decimal; "" for zero. */
  fixed64(): string {
    if (!this.#take(8)) return "";
    const value = this.#view.getBigUint64(this.position - 8, true);
    return value === 0n ? "" : value.toString();
  }

  double(): number {
    return this.#take(8) ? this.#view.getFloat64(this.position - 8, true) : 0;
  }

  /** Enters a message. Pass the result to `leave`. */
  enter(): number {
    const outer = this.end;
    const length = this.#length();
    if (this.fault === undefined) this.end = this.position + length;
    return outer;
  }

  leave(outer: number): void {
    if (this.fault === undefined) this.end = outer;
  }

  /** "" after a fault. */
  string(field: string): string {
    const length = this.#length();
    const start = this.position;
    this.position += length;
    const text = this.#strings.read(start, length);
    if (text !== undefined) return text;
    this.fail(`${field} is not UTF-8`, start);
    return "";
  }

  /** The id in hex; "" if it is empty or all zeroes; its length if that is wrong. `before`: the last id, updated here. */
  id(size: number, before: ReadId): string | number {
    const length = this.#length();
    const start = this.position;
    this.position += length;
    if (length !== size) return length === 0 ? "" : length;
    if (before.start >= 0 && isSame(this.bytes, start, before.start, size)) return before.id;
    const id = this.#buffer.toString("hex", start, start + size);
    before.start = start;
    before.id = ZEROES.test(id) ? "" : id;
    return before.id;
  }

  base64(): string {
    const length = this.#length();
    this.position += length;
    return this.#buffer.toString("base64", this.position - length, this.position);
  }

  /** Skips the field of this tag. */
  skip(tag: number): void {
    const type = tag & 7;
    if (type === START_GROUP) this.#skipGroup(tag >>> 3);
    else this.#skipScalar(type);
  }

  #skipScalar(type: number): void {
    if (type === VARINT) this.varint();
    else if (type === FIXED64) this.#take(8);
    else if (type === LENGTH) this.#take(this.#length());
    else if (type === FIXED32) this.#take(4);
    else this.fail(type === END_GROUP ? "end of a group that has not begun" : `wire type ${type}`);
  }

  #skipGroup(field: number): void {
    const open = [field];
    while (open.length > 0 && this.fault === undefined) {
      if (!this.more) return this.fail("cut off in a group");
      const tag = this.tag();
      if ((tag & 7) === START_GROUP) {
        open.push(tag >>> 3);
        if (open.length > MAX_GROUP_DEPTH) this.fail("groups nested too deep");
      } else if ((tag & 7) === END_GROUP) {
        if (open.pop() !== tag >>> 3) this.fail("end of another group");
      } else if (this.fault === undefined) this.#skipScalar(tag & 7);
    }
  }

  #take(length: number): boolean {
    if (this.position + length > this.end) {
      this.fail("cut off in a number");
      return false;
    }
    this.position += length;
    return true;
  }

  /** Length of the next field; 0 after a fault. */
  #length(): number {
    const start = this.position;
    const length = this.varint();
    if (this.fault !== undefined) return 0;
    if (this.high === 0 && length <= this.end - this.position) return length;
    this.fail("length past the end", start);
    return 0;
  }
}

function isSame(bytes: Uint8Array, start: number, other: number, length: number): boolean {
  for (let at = 0; at < length; at++) if (bytes[start + at] !== bytes[other + at]) return false;
  return true;
}

/** Bytes. Longer strings rarely repeat, and decoding them natively is faster than comparing bytes. */
const MAX_CACHED = 48;
const CACHE_SIZE = 1024;

/** Shared by all bodies. This leaks nothing: finding a string takes its bytes. */
const CACHE = new Array<string | undefined>(CACHE_SIZE);

/** Caches short strings by their bytes: keys and names repeat in each span. */
export class ProtobufStrings {
  readonly #buffer: Buffer;

  constructor(buffer: Buffer) {
    this.#buffer = buffer;
  }

  /** `undefined` when the bytes are not UTF-8. */
  read(start: number, length: number): string | undefined {
    if (length === 0) return "";
    if (length > MAX_CACHED) return this.#decode(start, start + length);
    const index = cacheIndex(this.#buffer, start, length);
    const cached = CACHE[index];
    if (cached !== undefined && cached.length === length && isAt(cached, this.#buffer, start)) return cached;
    const text = this.#decode(start, start + length);
    if (text?.length === length) CACHE[index] = text;
    return text;
  }

  /** A replacement character is the sender's own or marks invalid bytes: only then a strict decoder has to decide. */
  #decode(start: number, end: number): string | undefined {
    const text = this.#buffer.toString("utf8", start, end);
    if (!text.includes("\ufffd")) return text;
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(this.#buffer.subarray(start, end));
    } catch {
      return undefined;
    }
  }
}

/** Hashes the length and three bytes: keys of one vendor begin alike, and differ towards their ends. */
function cacheIndex(bytes: Uint8Array, start: number, length: number): number {
  const last = bytes[start + length - 1] ?? 0;
  const late = bytes[start + length - 1 - (length >> 2)] ?? 0;
  const middle = bytes[start + (length >> 1)] ?? 0;
  return (length * 31 + middle * 7 + late * 131 + last * 17) & (CACHE_SIZE - 1);
}

/** For ASCII only: each unit is a byte. A text with fewer units than bytes is never cached. */
function isAt(text: string, buffer: Buffer, start: number): boolean {
  for (let at = 0; at < text.length; at++) {
    if (text.charCodeAt(at) !== buffer[start + at]) return false;
  }
  return true;
}
