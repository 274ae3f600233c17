import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { type Tick, ticks, type TimeScale } from "./time-scale.ts";

/** The head of the bars: ticks with the time since the session's start. */
export function Axis({ scale }: { scale: TimeScale }) {
  const element = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    if (element.current === null) return;
    const observer = new ResizeObserver(([entry]) => setWidth(entry?.contentRect.width ?? 0));
    observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  return (
    <div class="axis" ref={element} aria-hidden="true">
      {width > 0 ? ticks(scale, width).map((tick) => <TickMark key={tick.label} tick={tick} />) : null}
    </div>
  );
}

const TickMark = ({ tick }: { tick: Tick }) => (
  <span class="tick" style={{ left: `${tick.at * 100}%` }}>
    {tick.label}
  </span>
);
