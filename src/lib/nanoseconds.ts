export const DAY_MILLIS = 86_400_000;

/** Converts Unix milliseconds, as objects store them, to Unix nanoseconds in decimal, as every answer has them. */
export function nanoseconds(millis: number): string {
  return millis === 0 ? "0" : `${millis}000000`;
}

/** 584 years, just below the 2^64 nanoseconds of OTLP's clocks: the longest duration. */
const MAX_MICROS = 18_446_744_073_709_000;

/** Converts a duration from milliseconds to nanoseconds, exact to the microsecond. A negative duration becomes zero. */
export function nanosecondsIn(millis: number): bigint {
  return BigInt(Math.max(0, Math.min(Math.round(millis * 1_000), MAX_MICROS))) * 1_000n;
}

/** The last time that RFC 3339 can write with four digits of the year, in Unix milliseconds. */
const LAST_MILLIS = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
const NANOS_PER_SECOND = 1_000_000_000n;

/** Unix nanoseconds as RFC 3339, with as many fractional digits as needed. A later time than RFC 3339 can write becomes the last one. */
export function nanosecondsText(time: bigint): string {
  const millis = Math.min(Number(time / 1_000_000n), LAST_MILLIS);
  const seconds = new Date(millis).toISOString().slice(0, 19);
  const fraction = String(time % NANOS_PER_SECOND)
    .padStart(9, "0")
    .replace(/0+$/, "");
  return fraction === "" || millis === LAST_MILLIS ? `${seconds}Z` : `${seconds}.${fraction}Z`;
}

/** Unix nanoseconds as RFC 3339, to the second before. */
export function secondsText(time: bigint): string {
  return nanosecondsText(time - (time % NANOS_PER_SECOND));
}
