const TIME_DIGITS = 9;

/**
 * Names one generation of a log, so that a version of a deleted log is never taken for one of its successor. Begins with the
 * time, so that the later of two sorts last; `before`: the generation that it follows, perhaps within one millisecond, or by
 * a clock that was ahead.
 */
export function mintGeneration(now: number, before?: string): string {
  const earliest = before === undefined ? now : timeOf(before) + 1;
  const time = Math.max(now, earliest);
  const random = crypto.getRandomValues(new Uint8Array(6));
  return (
    time.toString(36).padStart(TIME_DIGITS, "0") +
    Array.from(random, (byte) => byte.toString(36).padStart(2, "0")).join("")
  );
}

/** With which time a generation begins, Unix milliseconds where the clock was not set back; 0 for none. */
export function timeOf(generation: string): number {
  return generation === "" ? 0 : Number.parseInt(generation.slice(0, TIME_DIGITS), 36);
}
