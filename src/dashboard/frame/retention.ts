import { isRecord } from "../../lib/plain-data.ts";
import type { Retention } from "../../session/contract/retention.ts";
import { bytes, count, counted, type Locale, ticking } from "../../lib/figures.ts";
import { ago } from "../ui/ago.ts";
import { day, toMillis } from "../ui/moments.ts";

/** The server's retention of one session, or of all. An older server sends fewer fields. */
export type KnownRetention = Partial<Retention>;

/** `undefined`: the server sends none. */
export function readRetention(value: unknown): KnownRetention | undefined {
  if (!isRecord(value)) return undefined;
  const { maxAge, oldest, bytes: size, maxBytes, deleted, problem } = value;
  return {
    ...(typeof maxAge === "number" ? { maxAge } : {}),
    ...(typeof oldest === "string" && /^\d{1,20}$/.test(oldest) ? { oldest } : {}),
    ...(typeof size === "number" ? { bytes: size } : {}),
    ...(typeof maxBytes === "number" ? { maxBytes } : {}),
    ...(isDeletedNote(deleted) ? { deleted } : {}),
    ...(typeof problem === "string" ? { problem } : {}),
  };
}

const DAY = 86_400_000;

const isDeletedNote = (value: unknown): value is NonNullable<Retention["deleted"]> =>
  isRecord(value) && typeof value["sessions"] === "number" && typeof value["at"] === "string";

/** "Kept 30 days, oldest Nov 12". `locale` and `timeZone` are for tests. */
export function retentionWords(
  { maxAge, oldest }: KnownRetention,
  now: number,
  locale?: Locale,
  timeZone?: string,
): string {
  if (maxAge === undefined) return "Kept until deleted";
  const period = `Kept ${ageWords(maxAge, locale)}`;
  if (oldest === undefined) return period;
  const at = toMillis(oldest);
  return `${period}, oldest ${now - at < DAY ? ago(at, now, locale, timeZone) : day(at, now, locale, timeZone)}`;
}

/** "12.4 MB of 10.0 GB"; empty if the server sends no size. */
export function storageWords({ bytes: size, maxBytes }: KnownRetention, locale?: Locale): string {
  if (size === undefined) return "";
  return maxBytes === undefined ? bytes(size, locale) : `${bytes(size, locale)} of ${bytes(maxBytes, locale)}`;
}

/** The share of the maximum size from which the page warns. */
const NEARLY_FULL = 0.8;

/** A warning before storage is full, or after sessions were deleted for room. Empty: no warning. */
export function storageWarning({ bytes: size, maxBytes, deleted, problem }: KnownRetention, locale?: Locale): string {
  if (problem !== undefined) return problem;
  if (deleted !== undefined && deleted.sessions > 0)
    return `${counted(deleted.sessions, "session", "sessions", locale)} deleted, storage was full`;
  if (size === undefined || maxBytes === undefined || size < maxBytes * NEARLY_FULL) return "";
  return `${count(Math.floor((size / maxBytes) * 100), locale)} % full`;
}

/** When the oldest trace expires, unless new data arrives, Unix milliseconds; `undefined`: unknown. */
export function expiresAt({ maxAge, oldest }: KnownRetention): number | undefined {
  return maxAge === undefined || oldest === undefined ? undefined : toMillis(oldest) + maxAge * 1000;
}

/** "Expires in 2 d 3 h", if that is soon: within three days, and within a tenth of the retention period. */
export function expiryWords(retention: KnownRetention, now: number, locale?: Locale): string {
  const at = expiresAt(retention);
  if (at === undefined || retention.maxAge === undefined) return "";
  const left = at - now;
  if (left > Math.min(3 * DAY, retention.maxAge * 100)) return "";
  return left <= 0 ? "Expires now" : `Expires in ${ticking(left, locale)}`;
}

/** "30 days", "36 hours", "90 seconds": in the largest unit that divides it. */
function ageWords(seconds: number, locale: Locale): string {
  for (const [unit, word] of UNITS) {
    if (seconds >= unit && seconds % unit === 0) return counted(seconds / unit, word, `${word}s`, locale);
  }
  return counted(Math.round(seconds), "second", "seconds", locale);
}

const UNITS: readonly (readonly [number, string])[] = [
  [86_400, "day"],
  [3_600, "hour"],
  [60, "minute"],
];
