/** Formats numbers in the reader's locale, with units that never wrap. `locale` is for tests. */

const SPACE = "\u00a0";
const MICRO = 1_000n;
const MILLI = 1_000_000n;
const SECOND = 1_000_000_000n;

/** "Waiting" of "waiting". */
export const capitalised = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

export type Locale = string | undefined;

const formats = new Map<string, Intl.NumberFormat>();

function numberFormat(locale: Locale, fractionDigits: number): Intl.NumberFormat {
  const key = `${locale ?? ""}/${fractionDigits}`;
  let format = formats.get(key);
  if (format === undefined) {
    format = new Intl.NumberFormat(locale, {
      minimumFractionDigits: fractionDigits,
      maximumFractionDigits: fractionDigits,
    });
    formats.set(key, format);
  }
  return format;
}

/** A whole number with its digits grouped: "12,408". */
export function count(value: number, locale?: Locale): string {
  return numberFormat(locale, 0).format(value);
}

/** A count that must stay narrow: "870", "4.1k", "12.3M". */
export function shortCount(value: number, locale?: Locale): string {
  if (value < 10_000) return count(value, locale);
  const [scaled, unit] = value < 999_500 ? [value / 1e3, "k"] : [value / 1e6, "M"];
  return `${numberFormat(locale, scaled < 99.95 ? 1 : 0).format(scaled)}${unit}`;
}

/** "1 span", "12 spans". */
export function counted(value: number, one: string, many = `${one}s`, locale?: Locale): string {
  return `${count(value, locale)}${SPACE}${value === 1 ? one : many}`;
}

/** From nanoseconds, three digits or so: "420 µs", "34 ms", "4.27 s", "4 m 12 s", "3 h 04 m", "2 d 5 h". Negative: with "−". */
export function duration(nanos: bigint, locale?: Locale): string {
  if (nanos < 0n) return `−${duration(-nanos, locale)}`;
  if (nanos < MICRO) return `${nanos}${SPACE}ns`;
  if (nanos < MILLI) return `${count(Number(nanos / MICRO), locale)}${SPACE}µs`;
  if (nanos < 10n * MILLI) return `${numberFormat(locale, 1).format(floored(nanos, MILLI, 10))}${SPACE}ms`;
  if (nanos < SECOND) return `${count(Number(nanos / MILLI), locale)}${SPACE}ms`;
  if (nanos < 10n * SECOND) return `${numberFormat(locale, 2).format(floored(nanos, SECOND, 100))}${SPACE}s`;
  if (nanos < 60n * SECOND) return `${numberFormat(locale, 1).format(floored(nanos, SECOND, 10))}${SPACE}s`;
  return longDuration(nanos / SECOND, locale);
}

/** Whole units only, for counters that tick: "0 s", "42 s", "4 m 12 s". */
export function ticking(millis: number, locale?: Locale): string {
  const seconds = BigInt(Math.max(0, Math.floor(millis / 1000)));
  return seconds < 60n ? `${seconds}${SPACE}s` : longDuration(seconds, locale);
}

const COARSE = [
  [86_400, "d"],
  [3_600, "h"],
  [60, "m"],
] as const;

/** In one unit, rounded down: "0 s ago", "42 s ago", "3 h ago". */
export function timeAgo(millis: number, locale?: Locale): string {
  const seconds = Math.max(0, Math.floor(millis / 1000));
  const [size, unit] = COARSE.find(([most]) => seconds >= most) ?? ([1, "s"] as const);
  return `${count(Math.floor(seconds / size), locale)}${SPACE}${unit} ago`;
}

function longDuration(seconds: bigint, locale: Locale): string {
  const minutes = seconds / 60n;
  const hours = minutes / 60n;
  const days = hours / 24n;
  if (minutes < 60n) return `${minutes}${SPACE}m${SPACE}${padded(seconds % 60n)}${SPACE}s`;
  if (days < 1n) return `${hours}${SPACE}h${SPACE}${padded(minutes % 60n)}${SPACE}m`;
  return `${count(Number(days), locale)}${SPACE}d${SPACE}${hours % 24n}${SPACE}h`;
}

const padded = (value: bigint): string => value.toString().padStart(2, "0");

/** Truncated, not rounded: a span of 9.999 s has not lasted 10 s. */
const floored = (nanos: bigint, unit: bigint, parts: number): number => Number((nanos * BigInt(parts)) / unit) / parts;

/** From bytes: "512 B", "8.2 kB", "1.4 MB", "10.0 GB". */
export function bytes(value: number, locale?: Locale): string {
  if (value < 1000) return `${count(value, locale)}${SPACE}B`;
  const [scaled, unit] =
    value < 999_950 ? [value / 1e3, "kB"] : value < 999_950_000 ? [value / 1e6, "MB"] : [value / 1e9, "GB"];
  return `${numberFormat(locale, 1).format(scaled)}${SPACE}${unit}`;
}

/** Smaller costs have too many zeros to be compared. */
const LEAST_DOLLARS = 0.000_1;

/** US dollars with as many digits as a small call needs: "$0.0042", "$12.40". Less than a bound is shown as "< $0.0001". */
export function dollars(value: number, locale?: Locale): string {
  if (value > 0 && value < LEAST_DOLLARS) return `<\u202f${dollars(LEAST_DOLLARS, locale)}`;
  const digits = value === 0 || value >= 1 ? 2 : value >= 0.01 ? 3 : 4;
  return `$${numberFormat(locale, digits).format(value)}`;
}

/** Whether `dollars` shows a figure, not a bound. */
export const isShownInDollars = (value: number): boolean => value === 0 || value >= LEAST_DOLLARS;
