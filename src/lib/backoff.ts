const CEILING = 30_000;

/**
 * How long to wait before an attempt (the first is 1), in milliseconds: doubling from `base`, never above 30 s, and
 * spread over its upper half by `random` in [0, 1), so that the readers a deploy cut off do not return as one.
 */
export function backoff(attempt: number, base: number, random: number): number {
  const full = Math.min(CEILING, base * 2 ** Math.min(attempt - 1, 16));
  return Math.round(full * (0.5 + random / 2));
}
