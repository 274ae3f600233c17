const DATE = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d))?$/;
/** Fewer digits are milliseconds or seconds: as nanoseconds they would mean 1970. */
const NANOSECONDS = /^\d{17,20}$/;
const DURATION = /^(\d{1,6})(ms|[smhd])$/;
const UNIT_MILLIS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A length of time such as `500ms`, `2s` or `15m`, in milliseconds. */
export function readDuration(text: string): number | undefined {
  const [, count, unit] = DURATION.exec(text) ?? [];
  return unit === undefined ? undefined : Number(count) * (UNIT_MILLIS[unit] ?? 0);
}

/** A time that a person or a program wrote, in Unix milliseconds. A duration counts back from `now`. */
export function readMoment(text: string, now: number): number | undefined {
  if (NANOSECONDS.test(text)) return Number(text) / 1e6;
  const ago = readDuration(text);
  if (ago !== undefined) return now - ago;
  // A plus sign that was not percent-encoded arrives as a space.
  const date = text.replace(/ (?=\d\d:\d\d$)/, "+");
  if (!DATE.test(date)) return undefined;
  const moment = Date.parse(date);
  return Number.isNaN(moment) ? undefined : moment;
}
