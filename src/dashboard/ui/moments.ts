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

/** Milliseconds. */
export const DAY = 86_400_000;

/** "Nov 12", with the year for dates far in the past or future. */
export function day(millis: number, now: number, locale?: Locale, timeZone?: string): string {
  return (Math.abs(now - millis) > 300 * DAY ? dayAndYear : dayOfYear)(millis, locale, timeZone);
}

/** "Nov 12, 14:03", or the day with its year if that was long ago. */
export function startedAt(millis: number, now = Date.now(), locale?: Locale, timeZone?: string): string {
  return (now - millis > 300 * DAY ? dayAndYear : dayAndTime)(millis, locale, timeZone);
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
