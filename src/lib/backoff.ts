/** Milliseconds. */
const CEILING = 30_000;

/**
 * The delay before an attempt (the first is 1), in milliseconds: it doubles from `base` up to 30 s. `random` in [0, 1)
 * spreads it over the upper half, so that the readers disconnected by a deploy do not all reconnect at once.
 */
export function backoff(attempt: number, base: number, random: number): number {
  const full = Math.min(CEILING, base * 2 ** Math.min(attempt - 1, 16));
  return Math.round(full * (0.5 + random / 2));
}
