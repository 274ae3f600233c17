import type { HrTime } from "@opentelemetry/api";

const NANOS_A_MILLI = 1e6;

let anchor: { readonly wallMillis: number; readonly monotonicMillis: number } | undefined;
let latestMillis = 0;

/**
 * The time of the wall clock when it was first asked for, plus the time that has passed since: a wall clock that is set back
 * moves no span. Workers know no time before their first request, so the anchor is not set when this file is loaded.
 */
export function now(): HrTime {
  anchor ??= { wallMillis: Date.now(), monotonicMillis: performance.now() };
  latestMillis = Math.max(latestMillis, performance.now() - anchor.monotonicMillis);
  const whole = Math.floor(latestMillis);
  const millis = anchor.wallMillis + whole;
  const nanos = (millis % 1_000) * NANOS_A_MILLI + Math.floor((latestMillis - whole) * NANOS_A_MILLI);
  return [Math.floor(millis / 1_000), nanos];
}
