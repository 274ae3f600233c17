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
