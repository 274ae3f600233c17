import { pick } from "./random.ts";

const INTERESTING = [0x00, 0x01, 0x07, 0x0a, 0x12, 0x22, 0x2c, 0x30, 0x5b, 0x5c, 0x7b, 0x7f, 0x80, 0xc3, 0xed, 0xff];

type Random = () => number;

/** Makes one to eight changes: replaces, inserts, removes or copies bytes. */
export function mutate(bytes: Uint8Array, random: Random): Uint8Array {
  let mutated = bytes;
  for (let changes = 1 + Math.floor(random() * 8); changes > 0; changes--) {
    const at = Math.floor(random() * mutated.length);
    const byte = random() < 0.5 ? pick(random, INTERESTING) : Math.floor(random() * 256);
    const length = Math.floor(random() * 20);
    const form = Math.floor(random() * 4);
    if (form === 0) mutated = mutated.with(at, byte);
    else if (form === 1) mutated = splice(mutated, at, 0, new Uint8Array([byte]));
    else if (form === 2) mutated = splice(mutated, at, length, new Uint8Array());
    else {
      const from = Math.floor(random() * mutated.length);
      mutated = splice(mutated, at, length, mutated.subarray(from, from + length));
    }
    if (mutated.length === 0) return mutated;
  }
  return mutated;
}

function splice(bytes: Uint8Array, at: number, remove: number, insert: Uint8Array): Uint8Array {
  return new Uint8Array([...bytes.subarray(0, at), ...insert, ...bytes.subarray(at + remove)]);
}
