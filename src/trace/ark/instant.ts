/** Years that RFC 3339 has digits for end here, in Unix milliseconds. */
const LAST_MILLIS = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
const NANOS_PER_SECOND = 1_000_000_000n;

/** Unix nanoseconds as RFC 3339, with as many digits of the second as it has; an absurd clock's time is the last there is. */
export function nanosecondsText(nanoseconds: bigint): string {
  const millis = Math.min(Number(nanoseconds / 1_000_000n), LAST_MILLIS);
  const seconds = new Date(millis).toISOString().slice(0, 19);
  const fraction = String(nanoseconds % NANOS_PER_SECOND)
    .padStart(9, "0")
    .replace(/0+$/, "");
  return fraction === "" || millis === LAST_MILLIS ? `${seconds}Z` : `${seconds}.${fraction}Z`;
}
