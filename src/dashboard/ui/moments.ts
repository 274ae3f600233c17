import type { Locale } from "../../lib/figures.ts";

/** Formats points in time for the reader. Unix milliseconds throughout; `locale` and `timeZone` are for tests. */

export const toMillis = (nanos: string | bigint): number => Number(BigInt(nanos) / 1_000_000n);

/** "14:03:07". */
export function timeOfDay(millis: number, locale?: Locale, timeZone?: string): string {
  return new Intl.DateTimeFormat(locale, { timeStyle: "medium", timeZone }).format(millis);
}

/** Date and time with milliseconds, for titles and copies: "Nov 21, 2026, 14:03:07.123". */
export function exactly(millis: number, locale?: Locale, timeZone?: string): string {
  return new Intl.DateTimeFormat(locale, {
    year: "numeric",
    month: "short",
    day: "numeric",
    hour: "numeric",
    minute: "2-digit",
    second: "2-digit",
    fractionalSecondDigits: 3,
    timeZone,
  }).format(millis);
}

const DAY = 86_400_000;

/** "Nov 12", with the year for dates far in the past or future. */
export function day(millis: number, now: number, locale?: Locale, timeZone?: string): string {
  return new Intl.DateTimeFormat(locale, {
    month: "short",
    day: "numeric",
    ...(Math.abs(now - millis) > 300 * DAY ? { year: "numeric" } : {}),
    timeZone,
  }).format(millis);
}

/** How long ago, coarsely, for a column that ticks: "now", "42s ago", "3h ago", then the date. */
export function ago(millis: number, now: number, locale?: Locale, timeZone?: string): string {
  const seconds = Math.max(0, Math.floor((now - millis) / 1000));
  const relative = new Intl.RelativeTimeFormat(locale, { style: "narrow", numeric: "always" });
  if (seconds < 2) return new Intl.RelativeTimeFormat(locale, { style: "narrow", numeric: "auto" }).format(0, "second");
  if (seconds < 60) return relative.format(-seconds, "second");
  if (seconds < 3600) return relative.format(-Math.floor(seconds / 60), "minute");
  if (seconds * 1000 < DAY) return relative.format(-Math.floor(seconds / 3600), "hour");
  return new Intl.DateTimeFormat(locale, {
    month: "short",
    day: "numeric",
    ...(now - millis > 300 * DAY ? { year: "numeric" } : { hour: "numeric", minute: "2-digit" }),
    timeZone,
  }).format(millis);
}
