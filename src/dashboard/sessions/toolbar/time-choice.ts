import type { Locale } from "../../../lib/figures.ts";
import type { ListView } from "../../address/list-view.ts";
import { toTheMinute } from "../../ui/moments.ts";

/** The offered durations back from now, in the API's format. */
export const SPANS_OF_TIME: readonly (readonly [since: string, words: string])[] = [
  ["15m", "Last 15 minutes"],
  ["1h", "Last hour"],
  ["24h", "Last 24 hours"],
  ["7d", "Last 7 days"],
  ["30d", "Last 30 days"],
];

/** "Last hour", "Since Nov 21, 2026, 9:30 AM", "Nov 20 … to …"; empty without a bound. `timeZone` is for tests. */
export function timeWords({ since, until }: ListView, locale?: Locale, timeZone?: string): string {
  if (since === "" && until === "") return "";
  const named = SPANS_OF_TIME.find(([value]) => value === since);
  if (named !== undefined && until === "") return named[1];
  const [from, to] = [since, until].map((text) => momentWords(text, locale, timeZone));
  if (until === "") return `Since ${from}`;
  return since === "" ? `Until ${to}` : `${from} to ${to}`;
}

/** A text in another format is shown unchanged. */
function momentWords(text: string, locale: Locale, timeZone: string | undefined): string {
  if (/^\d+[smhd]$/.test(text)) return `${text} ago`;
  const millis = /^\d{17,20}$/.test(text) ? Number(text) / 1e6 : Date.parse(text);
  if (Number.isNaN(millis)) return text;
  return toTheMinute(millis, locale, timeZone);
}
