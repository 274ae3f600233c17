import type { ReplayView } from "../../address/replay-view.ts";

/** The offered waits. */
export const IDLES: readonly (readonly [idle: string, words: string])[] = [
  ["500ms", "at most 0.5 s"],
  ["2s", "at most 2 s"],
  ["10s", "at most 10 s"],
  ["1h", "original length"],
];

/** The start of the replay, Unix milliseconds, if it is a point in time. */
export function beginningOf({ from }: ReplayView): number | undefined {
  if (/^\d{17,20}$/.test(from)) return Number(from) / 1e6;
  const moment = /^\d{4}-/.test(from) ? Date.parse(from) : Number.NaN;
  return Number.isNaN(moment) ? undefined : moment;
}

/** The same replay from another point in time. `millis`: Unix. */
export const begunAt = (view: ReplayView, millis: number): ReplayView => ({
  ...view,
  from: String(BigInt(Math.round(millis)) * 1_000_000n),
});
