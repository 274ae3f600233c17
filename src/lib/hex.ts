/** The two 32-bit words of an id of 16 hexadecimal digits; "" is 0. */
/** The words of 16 hex digits; zero for "". */
export function highWord(hex: string): number {
  return hex === "" ? 0 : wordAt(hex, 0);
}

export function lowWord(hex: string): number {
  return hex === "" ? 0 : wordAt(hex, 8);
}

/** Digit by digit, a letter by its bit 6: `parseInt` costs ten times as much, and which digits are letters can't be foretold. */
function wordAt(hex: string, from: number): number {
  let word = 0;
  for (let at = from; at < from + 8; at++) {
    const unit = hex.charCodeAt(at);
    word = (word << 4) | ((unit & 15) + (unit >> 6) * 9);
  }
  return word >>> 0;
}
