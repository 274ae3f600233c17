import type { RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { TreeNode } from "../../../session/tree/tree.ts";
import { keyOf, SESSION_KEYS } from "../../keymap.ts";
import { duration } from "../../../lib/figures.ts";
import { pointedAt, useCanvasSize, drawOverview } from "./draw-overview.ts";
import { place, type TimeScale } from "../timeline/time-scale.ts";

export type OverviewProps = {
  readonly rows: readonly TreeNode[];
  readonly whole: TimeScale;
  readonly scale: TimeScale;
  readonly open: bigint;
  /** The element that scrolls the rows. */
  readonly scroller: RefObject<HTMLDivElement | null>;
  /** `undefined`: zoom out. */
  readonly onZoom: (scale: TimeScale | undefined) => void;
  /** Scrolls to the row at that fraction of all rows. */
  readonly onGo: (fraction: number) => void;
};

/** A drag shorter than this is a click, pixels. */
const CLICK = 5;

/** The whole session, one line a row. A click scrolls there, a drag zooms in. The keys are z and 0. */
export function Overview({ rows, whole, scale, open, scroller, onZoom, onGo }: OverviewProps) {
  const { start, end } = whole;
  const [canvas, size] = useCanvasSize();
  const [drag, setDrag] = useState<{ readonly from: number; readonly to: number } | undefined>(undefined);
  useLayoutEffect(() => {
    if (canvas.current !== null && size.width > 0) drawOverview(canvas.current, size, rows, { start, end }, open);
  }, [rows, start, end, open, size]);

  const view = useView(scroller, rows);

  const release = (event: PointerEvent): void => {
    if (drag === undefined) return;
    setDrag(undefined);
    const [from, to] = [Math.min(drag.from, drag.to), Math.max(drag.from, drag.to)];
    if ((to - from) * size.width < CLICK) return onGo(pointedAt(event).y);
    const length = Number(end - start);
    const at = (fraction: number): bigint => start + BigInt(Math.round(fraction * length));
    if (at(to) <= at(from)) return;
    onZoom({ start: at(from), end: at(to) });
    const first = rows.findIndex((row) => row.children.length === 0 && row.start >= at(from) && row.start <= at(to));
    if (first >= 0) onGo(first / rows.length);
  };
  const shown =
    drag === undefined
      ? place(whole, scale.start, scale.end)
      : { left: Math.min(drag.from, drag.to) * 100, width: Math.abs(drag.to - drag.from) * 100 };
  const isWhole = shown.width > 99.9;
  return (
    <div class="overview">
      <div
        class="overview-map"
        title="Click to scroll there, drag to zoom in, double-click to zoom out"
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          const { x } = pointedAt(event);
          setDrag({ from: x, to: x });
        }}
        onPointerMove={(event) => drag !== undefined && setDrag({ ...drag, to: pointedAt(event).x })}
        onPointerUp={release}
        onPointerCancel={() => setDrag(undefined)}
        onDblClick={() => onZoom(undefined)}
      >
        <canvas ref={canvas} aria-hidden="true" />
        <span class="overview-view" ref={view} />
        {isWhole ? null : (
          <>
            <span class="overview-out" style={{ left: "0", width: `${shown.left}%` }} />
            <span class="overview-out" style={{ left: `${shown.left + shown.width}%`, right: "0" }} />
            <span class="overview-range" style={{ left: `${shown.left}%`, width: `${shown.width}%` }} />
          </>
        )}
      </div>
      {scale.start === whole.start && scale.end === whole.end ? null : (
        <button
          type="button"
          class="button overview-reset"
          onClick={() => onZoom(undefined)}
          title={`The whole session (${keyOf(SESSION_KEYS, "zoomOut")})`}
        >
          {`${duration(scale.end - scale.start)} of ${duration(whole.end - whole.start)} · show all`}
        </button>
      )}
    </div>
  );
}

/** Keeps an element over the lines of the rows in view. */
function useView(scroller: OverviewProps["scroller"], rows: readonly TreeNode[]): RefObject<HTMLSpanElement | null> {
  const view = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const follow = (): void => {
      const height = Math.max(1, element.scrollHeight);
      view.current?.style.setProperty("top", `${(element.scrollTop / height) * 100}%`);
      view.current?.style.setProperty("height", `${(element.clientHeight / height) * 100}%`);
    };
    follow();
    element.addEventListener("scroll", follow, { passive: true });
    return () => element.removeEventListener("scroll", follow);
  }, [scroller, rows]);
  return view;
}
