/**
 * Names one life of a log: minted with it, so that a version of a deleted log is never taken for one of its successor.
 * Begins with the time, so that of two lives the later sorts last.
 */
export function mintIncarnation(now: number): string {
  const random = crypto.getRandomValues(new Uint8Array(6));
  return now.toString(36).padStart(9, "0") + Array.from(random, (byte) => byte.toString(36).padStart(2, "0")).join("");
}
