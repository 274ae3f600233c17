import type { RefObject } from "preact";
import { useLayoutEffect, useState } from "preact/hooks";
import { duration } from "../../../lib/figures.ts";
import { foldLength } from "../../../session/timing/folded-axis.ts";
import { foldsOn, laneTicks, type LaneFold, type LaneScale } from "./lane-scale.ts";
import type { Tick } from "./time-ticks.ts";

/** The width of a label, pixels. */
const LABEL = 48;

/** The width of an element, pixels; 0 before the first layout. */
export function useWidth(element: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    if (element.current === null) return;
    const observer = new ResizeObserver(([entry]) => setWidth(entry?.contentRect.width ?? 0));
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [element]);
  return width;
}

export type Marks = { readonly ticks: readonly Tick[]; readonly folds: readonly LaneFold[] };

export const marksOf = (lanes: LaneScale, width: number): Marks => ({
  ticks: width > 0 ? laneTicks(lanes, width) : [],
  folds: foldsOn(lanes),
});

type AxisProps = Marks & { readonly element: RefObject<HTMLDivElement | null>; readonly width: number };

/** The header of the bars: the time since the session's start. */
export const Axis = ({ element, ticks, folds, width }: AxisProps) => (
  <div class="axis" ref={element}>
    {ticks.map(({ at, label }) => (
      <span key={`${at}`} class="tick" style={{ left: `${at * 100}%` }} aria-hidden="true">
        {at <= 1 - LABEL / width && !isUnderFold(at, folds, width) ? label : ""}
      </span>
    ))}
    {folds.map(({ from, to, length }) => (
      <span
        key={`${from}`}
        class="axis-fold"
        style={{ left: `${from * 100}%`, width: `${(to - from) * 100}%` }}
        title={`${duration(length)} idle`}
      >
        <span>{`${foldLength(length)} idle`}</span>
      </span>
    ))}
  </div>
);

/** The words of a pause stand over its middle, and may be wider than its fold. */
const isUnderFold = (at: number, folds: readonly LaneFold[], width: number): boolean =>
  folds.some(({ from, to }) => {
    const middle = (from + to) / 2;
    const half = Math.max((to - from) / 2, FOLD_LABEL / 2 / width);
    return at < middle + half && at + LABEL / width > middle - half;
  });

/** The width of a pause's words, pixels. */
const FOLD_LABEL = 60;

/** The same ticks as hairlines behind the rows, and the folded pauses. */
export const GridLines = ({
  ticks,
  folds,
  chosen,
}: Marks & { readonly chosen: { from: number; to: number } | undefined }) => (
  <div class="gridlines" aria-hidden="true">
    <div>
      {ticks.map(({ at }) => (
        <i key={`${at}`} style={{ left: `${at * 100}%` }} />
      ))}
      {folds.map(({ from, to }) => (
        <b key={`${from}`} style={{ left: `${from * 100}%`, width: `${(to - from) * 100}%` }} />
      ))}
      {chosen === undefined ? null : (
        <em style={{ left: `${chosen.from * 100}%`, width: `${(chosen.to - chosen.from) * 100}%` }} />
      )}
    </div>
  </div>
);
