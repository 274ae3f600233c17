/** Unix nanoseconds as a decimal string, of Unix milliseconds: objects keep the latter, and all that is told is in the former. */
export function nanoseconds(millis: number): string {
  return millis === 0 ? "0" : `${millis}000000`;
}

/** 584 years, just below the 2^64 nanoseconds that OTLP's clocks can tell: nothing lasts longer. */
const MOST_MICROS = 18_446_744_073_709_000;

/** What lasted so many milliseconds in nanoseconds, exact to the microsecond; whatever a producer claims, nothing below zero. */
export function nanosecondsIn(millis: number): bigint {
  return BigInt(Math.max(0, Math.min(Math.round(millis * 1_000), MOST_MICROS))) * 1_000n;
}

/** Years that RFC 3339 has digits for end here, in Unix milliseconds. */
const LAST_MILLIS = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
const NANOS_PER_SECOND = 1_000_000_000n;

/** Unix nanoseconds as RFC 3339, with as many digits of the second as it has; an absurd clock's time is the last there is. */
export function nanosecondsText(time: bigint): string {
  const millis = Math.min(Number(time / 1_000_000n), LAST_MILLIS);
  const seconds = new Date(millis).toISOString().slice(0, 19);
  const fraction = String(time % NANOS_PER_SECOND)
    .padStart(9, "0")
    .replace(/0+$/, "");
  return fraction === "" || millis === LAST_MILLIS ? `${seconds}Z` : `${seconds}.${fraction}Z`;
}
