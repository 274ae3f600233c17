/** Unix nanoseconds as a decimal string, of Unix milliseconds: objects keep the latter, and all that is told is in the former. */
export function nanoseconds(millis: number): string {
  return millis === 0 ? "0" : `${millis}000000`;
}
