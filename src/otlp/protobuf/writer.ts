import { Buffer } from "node:buffer";
import { FIXED32, FIXED64, LENGTH, VARINT } from "./reader.ts";

const FIRST_BYTES = 16_384;
/** One UTF-16 unit is at most three bytes of UTF-8. */
const MOST_BYTES_A_UNIT = 3;
const TWO_32 = 0x1_0000_0000;

/**
 * Writes the protobuf wire format from the end of a buffer towards its beginning: the length of a message is then known when its
 * head is written. Callers write fields, and the elements of lists, last to first. Only what is not a default is written.
 */
export class ProtobufReverseWriter {
  #bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #start = FIRST_BYTES;

  /** Bytes written so far: the mark before a message, for {@link message}. */
  get length(): number {
    return this.#bytes.length - this.#start;
  }

  /** The bytes, in their own buffer. */
  finish(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#bytes.subarray(this.#start));
  }

  /** Ends the message whose content was written since the mark. */
  message(field: number, mark: number): void {
    this.#varint(this.length - mark);
    this.#varint((field << 3) | LENGTH);
  }

  string(field: number, text: string): void {
    this.#reserve(text.length * MOST_BYTES_A_UNIT);
    const length = Buffer.byteLength(text);
    this.#start -= length;
    this.#bytes.write(text, this.#start, "utf8");
    this.#varint(length);
    this.#varint((field << 3) | LENGTH);
  }

  /** Bytes that are given as text. */
  bytes(field: number, text: string, encoding: "hex" | "base64"): void {
    const length = Buffer.byteLength(text, encoding);
    this.#reserve(length);
    this.#start -= length;
    this.#bytes.write(text, this.#start, length, encoding);
    this.#varint(length);
    this.#varint((field << 3) | LENGTH);
  }

  /** A uint32, an enum or a bool. A negative enum takes ten bytes. */
  number(field: number, value: number): void {
    if (value < 0) this.#int64(BigInt(value));
    else this.#varint(value);
    this.#varint((field << 3) | VARINT);
  }

  /** int64, from decimal. */
  int64(field: number, text: string): void {
    const value = Number(text);
    if (value >= 0 && Number.isSafeInteger(value)) this.#varint(value);
    else this.#int64(BigInt(text));
    this.#varint((field << 3) | VARINT);
  }

  /** Unsigned, from decimal. */
  fixed64(field: number, text: string): void {
    this.#reserve(8);
    this.#start -= 8;
    this.#bytes.writeBigUInt64LE(BigInt.asUintN(64, BigInt(text)), this.#start);
    this.#varint((field << 3) | FIXED64);
  }

  double(field: number, value: number): void {
    this.#reserve(8);
    this.#start -= 8;
    this.#bytes.writeDoubleLE(value, this.#start);
    this.#varint((field << 3) | FIXED64);
  }

  fixed32(field: number, value: number): void {
    this.#reserve(4);
    this.#start -= 4;
    this.#bytes.writeUInt32LE(value >>> 0, this.#start);
    this.#varint((field << 3) | FIXED32);
  }

  #int64(value: bigint): void {
    const bytes: number[] = [];
    for (let rest = BigInt.asUintN(64, value); ; rest >>= 7n) {
      if (rest < 0x80n) {
        bytes.push(Number(rest));
        break;
      }
      bytes.push(Number(rest & 0x7fn) | 0x80);
    }
    this.#reserve(bytes.length);
    this.#start -= bytes.length;
    this.#bytes.set(bytes, this.#start);
  }

  /** An integer from 0 to 2^53. */
  #varint(value: number): void {
    this.#reserve(8);
    let size = 1;
    for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) size++;
    this.#start -= size;
    let at = this.#start;
    let rest = value;
    for (; rest >= TWO_32; rest = Math.floor(rest / 0x80)) this.#bytes[at++] = (rest % 0x80) | 0x80;
    for (; rest >= 0x80; rest >>>= 7) this.#bytes[at++] = (rest & 0x7f) | 0x80;
    this.#bytes[at] = rest;
  }

  #reserve(size: number): void {
    if (this.#start >= size) return;
    const { length } = this;
    const grown = Buffer.allocUnsafeSlow(Math.max(2 * this.#bytes.length, length + size));
    this.#bytes.copy(grown, grown.length - length, this.#start);
    this.#start = grown.length - length;
    this.#bytes = grown;
  }
}
