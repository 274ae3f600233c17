const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,6}))?$/;

/** Far more digits than 64 bits have, far fewer than would be slow to convert. */
const MAX_DIGITS = 40;

/**
 * The integer that a JSON number or proto3 JSON string writes, with every digit (`1.795262400123456789e18` too).
 * `undefined` for anything else; one of more than 40 digits comes out as some integer beyond 64 bits.
 */
export function exactInteger(source: string): bigint | undefined {
  const parts = DECIMAL.exec(source);
  if (parts === null) return undefined;
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = parts;
  const digits = (whole + fraction).replace(/^0+/, "");
  if (digits === "") return 0n;
  const shift = Number(exponent) - fraction.length;
  if (shift < 0 && !/^0*$/.test(digits.slice(shift))) return undefined;
  const length = digits.length + shift;
  if (length <= 0) return undefined;
  const integer = length > MAX_DIGITS ? 10n ** BigInt(MAX_DIGITS) : BigInt(digits.slice(0, length).padEnd(length, "0"));
  return sign === "-" ? -integer : integer;
}

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;
const UINT64_MAX = 2n ** 64n - 1n;

export function isInt64(integer: bigint): boolean {
  return integer >= INT64_MIN && integer <= INT64_MAX;
}

export function isUint64(integer: bigint): boolean {
  return integer >= 0n && integer <= UINT64_MAX;
}

/**
 * A key of a 64-bit integer and its number. In a text that `JSON.parse` has taken, such a sequence is nothing but a key:
 * inside a string its quotes would be escaped, and a quote that ends a string is never followed by letters.
 */
const LONG_INTEGER = /(?<!\\)"(intValue|(?:startT|endT|t)imeUnixNano)"(\s*:\s*)(-?\d[\d.eE+-]*)/g;

/** Any number of fewer characters, and without exponent, is exact as a double. */
const SURELY_EXACT = 15;

/** JSON text whose 64-bit fields hold strings where their numbers are too long for a double, and in range. */
export function quoteLongIntegers(text: string): string {
  return text.replace(LONG_INTEGER, (whole, key: string, colon: string, source: string) => {
    if (source.length <= SURELY_EXACT && !/e/i.test(source)) return whole;
    const integer = exactInteger(source);
    const isInRange = integer !== undefined && (key === "intValue" ? isInt64(integer) : isUint64(integer));
    return isInRange ? `"${key}"${colon}"${integer}"` : whole;
  });
}
