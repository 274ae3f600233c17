import type { Trail } from "../refusals.ts";
import { Buffer } from "node:buffer";

/** What stands after a tag: its lowest three bits. */
export const VARINT = 0;
export const FIXED64 = 1;
export const LENGTH = 2;
export const START_GROUP = 3;
export const END_GROUP = 4;
export const FIXED32 = 5;

const ZEROES = /^0+$/;

/** As deep as official parsers go; groups are the one thing that this reader would follow without knowing it. */
const MAX_GROUP_DEPTH = 100;

/** An id as it was read last, and where it stands; -1 before there is one. */
export type ReadId = { start: number; id: string };

/**
 * The wire format of protobuf over one body. Every read is checked against the end of the message at hand, never only
 * against the body's. The first fault sticks: the reader then stands at the end of every message, and reads zeroes.
 */
export class ProtobufReader {
  readonly bytes: Uint8Array;
  position = 0;
  /** End of the message at hand. */
  end: number;
  fault: { readonly message: string; readonly path: string; readonly position: number } | undefined;
  /** Upper half of the varint read last, unsigned. */
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

  /** Whether the message at hand has another field. */
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

  /** Lower half, unsigned; the upper is left in `high`. */
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

  /** Unsigned, as decimal; "" is zero. */
  fixed64(): string {
    if (!this.#take(8)) return "";
    const value = this.#view.getBigUint64(this.position - 8, true);
    return value === 0n ? "" : value.toString();
  }

  double(): number {
    return this.#take(8) ? this.#view.getFloat64(this.position - 8, true) : 0;
  }

  /** Enters a message; `leave` with what it returns. */
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

  /** In hex; "" if it is empty or all zeroes. Of another length: that length. `before`: the one that may come again. */
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

  /** Over a field that is not read. */
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

  /** Of what follows; 0 after a fault. */
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

/** Longer strings rarely come twice, and reading them natively is faster than comparing bytes. */
const MAX_CACHED = 48;
const SLOTS = 1024;

/** Of all bodies: a string is found only by somebody who sends its bytes. */
const CACHE = new Array<string | undefined>(SLOTS);

/** Keys and names come again in each span: a string is found by its bytes before any is made. */
export class ProtobufStrings {
  readonly #buffer: Buffer;

  constructor(buffer: Buffer) {
    this.#buffer = buffer;
  }

  /** `undefined` when the bytes are not UTF-8. */
  read(start: number, length: number): string | undefined {
    if (length === 0) return "";
    if (length > MAX_CACHED) return this.#decode(start, start + length);
    const slot = slotOf(this.#buffer, start, length);
    const cached = CACHE[slot];
    if (cached !== undefined && cached.length === length && isAt(cached, this.#buffer, start)) return cached;
    const text = this.#decode(start, start + length);
    if (text?.length === length) CACHE[slot] = text;
    return text;
  }

  /** A replacement character is either the sender's own or stands for bytes that are none: only then is it worth asking. */
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

/** By the length and three bytes: keys of one vendor begin alike, and differ towards their ends. */
function slotOf(bytes: Uint8Array, start: number, length: number): number {
  const last = bytes[start + length - 1] ?? 0;
  const late = bytes[start + length - 1 - (length >> 2)] ?? 0;
  const middle = bytes[start + (length >> 1)] ?? 0;
  return (length * 31 + middle * 7 + late * 131 + last * 17) & (SLOTS - 1);
}

/** Of ASCII only, as each unit is a byte: a longer text, of fewer units than bytes, is never cached. */
function isAt(text: string, buffer: Buffer, start: number): boolean {
  for (let at = 0; at < text.length; at++) {
    if (text.charCodeAt(at) !== buffer[start + at]) return false;
  }
  return true;
}
