import type { Locale } from "../../lib/figures.ts";

/** Formats points in time for the reader. Unix milliseconds throughout; `locale` and `timeZone` are for tests. */

export const toMillis = (nanos: string | bigint): number => Number(BigInt(nanos) / 1_000_000n);

/** "14:03:07". */
export const timeOfDay = dateFormat({ timeStyle: "medium" });

/** Date and time with milliseconds, for titles and copies: "Nov 21, 2026, 14:03:07.123". */
export const exactly = dateFormat({
  year: "numeric",
  month: "short",
  day: "numeric",
  hour: "numeric",
  minute: "2-digit",
  second: "2-digit",
  fractionalSecondDigits: 3,
});

/** Date and time to the minute: "Nov 21, 2026, 2:03 PM". */
export const toTheMinute = dateFormat({ dateStyle: "medium", timeStyle: "short" });

const dayOfYear = dateFormat({ month: "short", day: "numeric" });
const dayAndYear = dateFormat({ month: "short", day: "numeric", year: "numeric" });
const dayAndTime = dateFormat({ month: "short", day: "numeric", hour: "numeric", minute: "2-digit" });

const DAY = 86_400_000;

/** "Nov 12", with the year for dates far in the past or future. */
export function day(millis: number, now: number, locale?: Locale, timeZone?: string): string {
  return (Math.abs(now - millis) > 300 * DAY ? dayAndYear : dayOfYear)(millis, locale, timeZone);
}

/** "Nov 12, 14:03", or the day with its year if that was long ago. */
export function startedAt(millis: number, now = Date.now(), locale?: Locale, timeZone?: string): string {
  return (now - millis > 300 * DAY ? dayAndYear : dayAndTime)(millis, locale, timeZone);
}

/** A text that changes each second makes the browser draw a frame each second, of a page that is otherwise at rest. */
const COARSE_SECONDS = 10;

/** How long ago, coarsely, for a column that ticks: "now", "7s ago", "40s ago", "3h ago", then the date. */
export function ago(millis: number, now: number, locale?: Locale, timeZone?: string): string {
  const seconds = Math.max(0, Math.floor((now - millis) / 1000));
  if (seconds < 2) return relativeFormat(locale, "auto").format(0, "second");
  if (seconds < COARSE_SECONDS) return relativeFormat(locale, "always").format(-seconds, "second");
  if (seconds < 60)
    return relativeFormat(locale, "always").format(-Math.floor(seconds / COARSE_SECONDS) * COARSE_SECONDS, "second");
  if (seconds < 3600) return relativeFormat(locale, "always").format(-Math.floor(seconds / 60), "minute");
  if (seconds * 1000 < DAY) return relativeFormat(locale, "always").format(-Math.floor(seconds / 3600), "hour");
  return startedAt(millis, now, locale, timeZone);
}

/** Kept, because making a format takes a hundred times as long as using it. */
function dateFormat(
  options: Intl.DateTimeFormatOptions,
): (millis: number, locale?: Locale, timeZone?: string) => string {
  const formats = new Map<string, Intl.DateTimeFormat>();
  return (millis, locale, timeZone) => {
    const key = `${locale ?? ""}/${timeZone ?? ""}`;
    let format = formats.get(key);
    if (format === undefined) formats.set(key, (format = new Intl.DateTimeFormat(locale, { ...options, timeZone })));
    return format.format(millis);
  };
}

const relativeFormats = new Map<string, Intl.RelativeTimeFormat>();

function relativeFormat(locale: Locale, numeric: "auto" | "always"): Intl.RelativeTimeFormat {
  const key = `${locale ?? ""}/${numeric}`;
  let format = relativeFormats.get(key);
  if (format === undefined)
    relativeFormats.set(key, (format = new Intl.RelativeTimeFormat(locale, { style: "narrow", numeric })));
  return format;
}
