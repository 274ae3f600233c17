import { refusalKey } from "../../session/contract/refused-exports.ts";
import type { RecentExport, RefusedExport } from "../../session/contract/stream-events.ts";

/** An older refusal needs no attention. */
const OLD_MILLIS = 5 * 60_000;
/** The session and the receiver record the same export this far apart at most, because they read their clocks one after the other. */
const SAME_MILLIS = 2_000;

export const isOld = (at: number, now: number): boolean => now - at > OLD_MILLIS;

const isClose = (one: number, other: number): boolean => Math.abs(one - other) < SAME_MILLIS;

/** Refusals, newest first: the receiver's, and those of a session's own exports outside the receiver's list. */
export function refusalsOf(last: readonly RecentExport[], refused: readonly RefusedExport[]): readonly RefusedExport[] {
  const own = last.flatMap((line) => {
    const { at, reason } = line;
    if (reason === undefined) return [];
    const isCounted = refused.some(
      (counted) => counted.reason === reason && at > counted.firstAt - SAME_MILLIS && at < counted.at + SAME_MILLIS,
    );
    return isCounted ? [] : [{ ...line, reason, status: 200, firstAt: at, count: 1 }];
  });
  return newestFirst([...own, ...refused]);
}

/** The newest refusal that the reader did not dismiss. `dismissed`: `refusalKey` to the time of the latest occurrence. */
export function shownRefusal(
  refusals: readonly RefusedExport[],
  dismissed: ReadonlyMap<string, number>,
): RefusedExport | undefined {
  return refusals.find((refused) => {
    const at = dismissed.get(refusalKey(refused));
    return at === undefined || !isClose(at, refused.at);
  });
}

/** Rows of the table, newest first. An export that was rejected in part is one row. */
export function exportRows(
  last: readonly RecentExport[],
  refusals: readonly RefusedExport[],
): readonly (RecentExport | RefusedExport)[] {
  const further = refusals.filter(
    ({ at, reason }) => !last.some((own) => own.reason === reason && isClose(own.at, at)),
  );
  return newestFirst([...last, ...further]);
}

const newestFirst = <Row extends RecentExport>(rows: readonly Row[]): readonly Row[] =>
  rows.toSorted((a, b) => b.at - a.at);
