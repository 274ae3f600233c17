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
    const buffer = this.#buffer;
    let hash = length;
    let bits = 0;
    for (let at = start; at < start + length; at++) {
      const byte = buffer[at] ?? 0;
      bits |= byte;
      hash = (Math.imul(hash, 31) + byte) | 0;
    }
    if (bits >= 0x80) return this.#decode(start, start + length);
    const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
    const cached = CACHE[slot];
    if (cached !== undefined && cached.length === length && isAt(cached, buffer, start)) return cached;
    const text = buffer.toString("latin1", start, start + length);
    CACHE[slot] = text;
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

function isAt(text: string, buffer: Buffer, start: number): boolean {
  for (let at = 0; at < text.length; at++) {
    if (text.charCodeAt(at) !== buffer[start + at]) return false;
  }
  return true;
}
