/** The longest delay by default: 30 s. */
const CEILING_MILLIS = 30_000;

/**
 * The delay before an attempt (the first is 1), in milliseconds: it doubles from `base` up to `ceiling`. `random` in [0, 1)
 * spreads it over the upper half, so that the readers disconnected by a deploy do not all reconnect at once.
 */
export function backoff(attempt: number, base: number, random: number, ceiling = CEILING_MILLIS): number {
  return Math.round(doubled(attempt, base, ceiling) * (0.5 + random / 2));
}

/** The same, spread over all of it from `base` on: for thousands that failed together. */
export function fullJitter(attempt: number, base: number, random: number, ceiling: number): number {
  return Math.max(base, Math.round(doubled(attempt, base, ceiling) * random));
}

function doubled(attempt: number, base: number, ceiling: number): number {
  return Math.min(ceiling, base * 2 ** Math.min(attempt - 1, 16));
}
