import type { Buffer } from "node:buffer";

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
