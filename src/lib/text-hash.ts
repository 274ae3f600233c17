import { wordInHex } from "./hex.ts";

const encoder = new TextEncoder();
/** Longer texts are hashed in pieces of this size. A multiple of four bytes. */
const PIECE_BYTES = 65_536;
const bytes = new Uint8Array(PIECE_BYTES);
const words = new Uint32Array(bytes.buffer);

/**
 * A fast 64-bit hash of the text, as 16 hex digits; not for secrets. Two lanes of 32 bits, with different rotations and
 * multipliers, each read all of its UTF-8 in words of four bytes. Without the rotation the top bits would cancel out. The
 * engine's encoder produces words faster than a loop over UTF-16 units. A different `seed` (32 bits) gives a different hash.
 */
export function textHash(text: string, seed = 0): string {
  let a = 0x9747b28c ^ text.length ^ seed;
  let b = 0x85ebca6b ^ text.length ^ Math.imul(seed, 0x27d4eb2f);
  for (let at = 0; at < text.length;) {
    const { read, written } = encoder.encodeInto(at === 0 ? text : text.slice(at), bytes);
    at += read;
    // Clears the rest of the last word. A store past the end of the array has no effect.
    bytes[written] = 0;
    bytes[written + 1] = 0;
    bytes[written + 2] = 0;
    const end = (written + 3) >>> 2;
    for (let index = 0; index < end; index++) {
      const word = words[index] ?? 0;
      a = Math.imul(((a << 5) | (a >>> 27)) ^ word, 0x9e3779b1);
      b = Math.imul(((b << 13) | (b >>> 19)) ^ word, 0x85ebca77);
    }
  }
  return wordInHex(avalanche(a)) + wordInHex(avalanche(b));
}

function avalanche(lane: number): number {
  let h = Math.imul(lane ^ (lane >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** A 32-bit hash of a short text, such as an id of a call: FNV-1a over its UTF-16 units, then mixed. */
export function idTextHash(text: string): number {
  let hash = 0x811c_9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x0100_0193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}
