import { duration } from "../../lib/figures.ts";
import { countBefore } from "../../lib/binary-search.ts";
import type { Interval } from "./interval.ts";

/**
 * A time axis on which long gaps take little room. Fractions of its width are from 0 to 1. Time goes on evenly between the folds,
 * and within each.
 */
export type FoldedAxis = {
  readonly whole: Interval;
  readonly folds: readonly Fold[];
  /** Of a time, Unix nanoseconds. Times outside the axis are at its ends. */
  readonly fractionOf: (time: bigint) => number;
  /** As `fractionOf`, for drawing: Unix milliseconds. */
  readonly fractionAt: (millis: number) => number;
  readonly timeAt: (fraction: number) => bigint;
  /** The largest share of the width that a millisecond takes. */
  readonly perMilli: number;
};

/** A gap and its place on the axis. */
export type Fold = { readonly gap: Interval; readonly from: number; readonly to: number };

/** The share of the axis that a folded gap takes, and that all of them take at most. */
const SHARE = 0.04;
const MOST = 0.3;

type Piece = { readonly time: Interval; readonly from: number; readonly to: number };

/** `gaps`: by start, without overlap. Those outside `whole` do not count. */
export function foldedAxis(whole: Interval, gaps: readonly Interval[]): FoldedAxis {
  const inside = gaps.filter(({ from, to }) => from >= whole.from && to <= whole.to && to > from);
  const worked = Number(whole.to - whole.from - inside.reduce((sum, { from, to }) => sum + (to - from), 0n));
  const folded = worked > 0 ? Math.min(SHARE, MOST / Math.max(1, inside.length)) : 0;
  const gapsToFold = folded > 0 ? inside : [];
  const perNano = (1 - folded * gapsToFold.length) / Math.max(1, worked > 0 ? worked : Number(whole.to - whole.from));
  const pieces: Piece[] = [];
  let at = whole.from;
  let fraction = 0;
  const add = (to: bigint, width: number): void => {
    pieces.push({ time: { from: at, to }, from: fraction, to: fraction + width });
    at = to;
    fraction += width;
  };
  const folds: Fold[] = [];
  for (const gap of gapsToFold) {
    if (gap.from > at) add(gap.from, Number(gap.from - at) * perNano);
    folds.push({ gap, from: fraction, to: fraction + folded });
    add(gap.to, folded);
  }
  if (whole.to > at || pieces.length === 0) add(whole.to, Math.max(0, 1 - fraction));
  const drawn = pieces.map(({ time, from, to }) => ({
    start: Number(time.from) / 1e6,
    end: Number(time.to) / 1e6,
    from,
    width: to - from,
  }));
  let last = 0;
  return {
    whole,
    folds,
    perMilli: drawn.reduce((most, { start, end, width }) => Math.max(most, width / (end - start || 1)), 0),
    fractionAt(millis) {
      // Most times follow each other.
      while (last > 0 && millis < (drawn[last]?.start ?? 0)) last--;
      while (last < drawn.length - 1 && millis >= (drawn[last]?.end ?? 0)) last++;
      const piece = drawn[last];
      if (piece === undefined) return 0;
      const share = (millis - piece.start) / (piece.end - piece.start || 1);
      return piece.from + Math.min(1, Math.max(0, share)) * piece.width;
    },
    fractionOf(time) {
      const piece = pieces[countBefore(pieces.length, (index) => (pieces[index]?.time.to ?? 0n) <= time)];
      if (piece === undefined) return time <= whole.from ? 0 : 1;
      if (time <= piece.time.from) return piece.from;
      const share = Number(time - piece.time.from) / Number(piece.time.to - piece.time.from);
      return piece.from + share * (piece.to - piece.from);
    },
    timeAt(wanted) {
      const piece = pieces[countBefore(pieces.length, (index) => (pieces[index]?.to ?? 0) <= wanted)];
      if (piece === undefined || wanted < 0) return wanted < 0 ? whole.from : whole.to;
      const share = (wanted - piece.from) / (piece.to - piece.from || 1);
      return piece.time.from + BigInt(Math.round(share * Number(piece.time.to - piece.time.from)));
    },
  };
}

/** The length of a fold in its largest unit, as folds are narrow: "28 m", "7.51 s". */
export const foldLength = (nanos: bigint): string => duration(nanos).split("\u00a0").slice(0, 2).join("\u00a0");
