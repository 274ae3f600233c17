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
