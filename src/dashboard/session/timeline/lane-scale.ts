import { foldedAxis } from "../../../session/timing/folded-axis.ts";
import type { FoldedAxis } from "../../../session/timing/folded-axis.ts";
import type { Interval } from "../../../session/timing/interval.ts";
import { DAY, stepOver, type TimeScale } from "./time-scale.ts";
import { tickLabel, type Tick } from "./time-ticks.ts";

/** The visible part of a session's time axis, on which long pauses take little room. */
export type LaneScale = {
  readonly axis: FoldedAxis;
  /** Fractions of the whole axis. */
  readonly from: number;
  readonly to: number;
  readonly zoom: "whole" | "zoomed";
};

export function laneScale(whole: TimeScale, scale: TimeScale, gaps: readonly Interval[]): LaneScale {
  return onAxis(foldedAxis({ from: whole.start, to: whole.end }, gaps), scale);
}

export function onAxis(axis: FoldedAxis, { start, end }: TimeScale): LaneScale {
  const zoom = start === axis.whole.from && end === axis.whole.to ? "whole" : "zoomed";
  const from = axis.fractionOf(start);
  return { axis, from, to: Math.max(axis.fractionOf(end), from + LEAST_PART), zoom };
}

/** Fractions closer than this are equal in floating point. */
const LEAST_PART = 1e-12;

export const timesOf = ({ axis }: LaneScale, from: number, to: number): TimeScale => ({
  start: axis.timeAt(from),
  end: axis.timeAt(to),
});

/** Where a time stands on the lanes, 0 to 1; beyond them less or more. */
export const spotOf = ({ axis, from, to }: LaneScale, time: bigint): number =>
  (axis.fractionOf(time) - from) / (to - from);

/** Left edge and width in percent, clipped to the lanes. */
export function placeOn(lanes: LaneScale, start: bigint, end: bigint): { left: number; width: number } {
  const [left, right] = [clamp(spotOf(lanes, start)), clamp(spotOf(lanes, end))];
  return { left: left * 100, width: Math.max(0, right - left) * 100 };
}

const clamp = (spot: number): number => Math.min(1, Math.max(0, spot));

/** Which side of the lanes an interval lies on. */
export function sideOf(lanes: LaneScale, start: bigint, end: bigint): "within" | "earlier" | "later" {
  if (lanes.zoom === "whole") return "within";
  if (spotOf(lanes, start) > 1) return "later";
  return spotOf(lanes, end > start ? end : start) < 0 ? "earlier" : "within";
}

/** A folded pause on the lanes: 0 to 1, and how long it is, nanoseconds. */
export type LaneFold = { readonly from: number; readonly to: number; readonly length: bigint };

export function foldsOn(lanes: LaneScale): readonly LaneFold[] {
  return lanes.axis.folds.flatMap(({ gap }) => {
    const [from, to] = [spotOf(lanes, gap.from), spotOf(lanes, gap.to)];
    return to <= 0 || from >= 1 ? [] : [{ from: clamp(from), to: clamp(to), length: gap.to - gap.from }];
  });
}

/** Pixels between two ticks; more if their labels have days in front. */
const SPACING = 72;
const SPACING_OF_DAYS = 96;

/** Ticks for lanes of `width` pixels, also at the end of each pause. */
export function laneTicks(lanes: LaneScale, width: number): Tick[] {
  const { axis, from, to } = lanes;
  const origin = axis.whole.from;
  const spacing = axis.timeAt(to) - origin > DAY ? SPACING_OF_DAYS : SPACING;
  const pieces = workOn(axis, { from: axis.timeAt(from), to: axis.timeAt(to) });
  const worked = pieces.reduce((sum, piece) => sum + (piece.to - piece.from), 0n);
  const folded = foldsOn(lanes).reduce((sum, fold) => sum + fold.to - fold.from, 0);
  const most = BigInt(Math.max(1, Math.floor((width * (1 - folded)) / spacing)));
  if (worked <= 0n) return [{ at: 0, label: tickLabel(axis.timeAt(from) - origin, 1n) }];
  const step = stepOver((worked + most - 1n) / most);
  const found: Tick[] = [];
  const least = spacing / width;
  pieces.forEach((piece, index) => {
    // Where a pause ends, a tick says how late it is.
    if (index > 0) add({ at: spotOf(lanes, piece.from), label: tickLabel(rounded(piece.from - origin, step), step) });
    const first = ((piece.from - origin + step - 1n) / step) * step;
    for (let at = first; at < piece.to - origin; at += step)
      add({ at: spotOf(lanes, origin + at), label: tickLabel(at, step) });
  });
  function add(tick: Tick): void {
    const last = found.at(-1);
    if (last === undefined || tick.at - last.at >= least * 0.9) found.push(tick);
  }
  return found;
}

/** No more digits than the steps between the other ticks have. */
const rounded = (time: bigint, step: bigint): bigint => {
  const unit = step / 10n || 1n;
  return ((time + unit / 2n) / unit) * unit;
};

/** The times between the folds, within a part of the axis. */
function workOn({ folds }: FoldedAxis, part: Interval): readonly Interval[] {
  const pieces: Interval[] = [];
  let at = part.from;
  for (const { gap } of folds) {
    if (gap.to <= at || gap.from >= part.to) continue;
    if (gap.from > at) pieces.push({ from: at, to: gap.from });
    at = gap.to;
  }
  if (part.to > at) pieces.push({ from: at, to: part.to });
  return pieces;
}

/** Times the share that is visible. Less than a microsecond says nothing. */
const LEAST_NANOS = 1_000n;

/** Zooms about a spot of the lanes (0 to 1), which stays where it is. `by`: 2 shows half as much. */
export function zoomed(lanes: LaneScale, spot: number, by: number): TimeScale | undefined {
  const { from, to } = lanes;
  const width = Math.min(1, (to - from) / by);
  const about = from + spot * (to - from);
  return partOf(lanes, about - spot * width, width);
}

/** Moves by a share of the lanes' width: more than 0 to later times. */
export function panned(lanes: LaneScale, by: number): TimeScale | undefined {
  const width = lanes.to - lanes.from;
  return partOf(lanes, lanes.from + by * width, width);
}

/** `undefined`: the whole axis. */
function partOf(lanes: LaneScale, wanted: number, width: number): TimeScale | undefined {
  if (width >= 1 - 1e-9) return undefined;
  const from = Math.min(1 - width, Math.max(0, wanted));
  const part = timesOf(lanes, from, from + width);
  return part.end - part.start < LEAST_NANOS ? { start: part.start, end: part.start + LEAST_NANOS } : part;
}
