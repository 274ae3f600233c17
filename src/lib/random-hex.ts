import { wordInHex } from "./hex.ts";

/** A call of the runtime costs more than a hundred bytes do. */
const pool = new Uint32Array(256);
let used = pool.length;

/** So many random bytes of the runtime's source for secrets, in hex. `bytes`: a multiple of four. */
export function randomHex(bytes: number): string {
  let text = "";
  for (let left = bytes / 4; left > 0; left--) {
    if (used === pool.length) {
      crypto.getRandomValues(pool);
      used = 0;
    }
    text += wordInHex(pool[used] ?? 0);
    // Nobody gets a part twice, also if this one is read later.
    pool[used++] = 0;
  }
  return text;
}
