import type { RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { type Tick, ticks, type TimeScale } from "./time-scale.ts";

export type AxisTicks = {
  readonly element: RefObject<HTMLDivElement | null>;
  readonly ticks: readonly Tick[];
  /** A label beyond this fraction of the width would be cut off. */
  readonly lastLabel: number;
};

/** The width of a label, pixels. */
const LABEL = 48;

/** Ticks that fit the width of the element with the ref `element`. `origin` is the session's start. */
export function useTicks(scale: TimeScale, origin: bigint): AxisTicks {
  const element = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    if (element.current === null) return;
    const observer = new ResizeObserver(([entry]) => setWidth(entry?.contentRect.width ?? 0));
    observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  return { element, ticks: width > 0 ? ticks(scale, width, origin) : [], lastLabel: 1 - LABEL / width };
}

/** The header of the bars: the time since the session's start. */
export const Axis = ({ element, ticks: shown, lastLabel }: AxisTicks) => (
  <div class="axis" ref={element} aria-hidden="true">
    {shown.map(({ at, label }) => (
      <span key={label} class="tick" style={{ left: `${at * 100}%` }}>
        {at <= lastLabel ? label : ""}
      </span>
    ))}
  </div>
);

/** The same ticks as hairlines behind the rows. */
export const GridLines = ({ ticks: shown }: Pick<AxisTicks, "ticks">) => (
  <div class="gridlines" aria-hidden="true">
    <div>
      {shown.map(({ at, label }) => (
        <i key={label} style={{ left: `${at * 100}%` }} />
      ))}
    </div>
  </div>
);
