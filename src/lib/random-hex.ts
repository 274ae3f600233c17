import { wordInHex } from "./hex.ts";

/** A call of the runtime costs more than a hundred bytes do. */
const pool = new Uint32Array(256);
let used = pool.length;

/** Random bytes of the runtime's cryptographic source, in hex. `bytes`: how many, a multiple of four. */
export function randomHex(bytes: number): string {
  let text = "";
  for (let left = bytes / 4; left > 0; left--) {
    if (used === pool.length) {
      crypto.getRandomValues(pool);
      used = 0;
    }
    text += wordInHex(pool[used] ?? 0);
    // Used numbers do not stay in memory.
    pool[used++] = 0;
  }
  return text;
}
