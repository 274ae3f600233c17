/** Statuses after which the same request may be sent again: OTLP's list (OTLP/HTTP Response, Failures), which other receivers use too. */
export const RETRYABLE_STATUSES: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** The pause that `Retry-After` asks for, in milliseconds from `now`: it has seconds, or a date. `undefined` for any other text. */
export function retryAfterMillis(text: string | null | undefined, now: number): number | undefined {
  if (text === null || text === undefined || text.trim() === "") return undefined;
  const seconds = Number(text);
  const millis = Number.isNaN(seconds) ? Date.parse(text) - now : seconds * 1_000;
  return Number.isNaN(millis) || millis < 0 ? undefined : millis;
}
