/**
 * A fast 64-bit hash of the text's UTF-16 units, 16 hex digits; not for secrets. Two lanes of 32 bits, of different
 * rotation and multiplier, each take every pair of units: without the rotation the topmost bits would cancel out.
 * `seed`, 32 bits, makes the same text another one.
 */
export function textHash(text: string, seed = 0): string {
  let a = 0x9747b28c ^ text.length ^ seed;
  let b = 0x85ebca6b ^ text.length ^ Math.imul(seed, 0x27d4eb2f);
  const pairs = text.length & ~1;
  for (let at = 0; at < pairs; at += 2) {
    const word = text.charCodeAt(at) | (text.charCodeAt(at + 1) << 16);
    a = Math.imul(((a << 5) | (a >>> 27)) ^ word, 0x9e3779b1);
    b = Math.imul(((b << 13) | (b >>> 19)) ^ word, 0x85ebca77);
  }
  if (pairs < text.length) {
    const unit = text.charCodeAt(pairs);
    a = Math.imul(((a << 5) | (a >>> 27)) ^ unit, 0x9e3779b1);
    b = Math.imul(((b << 13) | (b >>> 19)) ^ unit, 0x85ebca77);
  }
  return hex(avalanche(a)) + hex(avalanche(b));
}

function avalanche(lane: number): number {
  let h = Math.imul(lane ^ (lane >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

function hex(lane: number): string {
  return lane.toString(16).padStart(8, "0");
}
