import type { Locale } from "../../lib/figures.ts";
import { DAY, startedAt } from "./moments.ts";

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
const relativeFormats = new Map<string, Intl.RelativeTimeFormat>();

function relativeFormat(locale: Locale, numeric: "auto" | "always"): Intl.RelativeTimeFormat {
  const key = `${locale ?? ""}/${numeric}`;
  let format = relativeFormats.get(key);
  if (format === undefined)
    relativeFormats.set(key, (format = new Intl.RelativeTimeFormat(locale, { style: "narrow", numeric })));
  return format;
}
