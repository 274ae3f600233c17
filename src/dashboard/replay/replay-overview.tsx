import { useLayoutEffect, useRef } from "preact/hooks";
import type { SessionTree, TreeNode } from "../../trace/view/tree.ts";
import { pointedAt, useCanvasSize } from "../axis/canvas-size.ts";
import { drawOverview } from "../axis/draw-overview.ts";
import type { TimeScale } from "../axis/time-scale.ts";
import type { ReplayFeed } from "./replay-feed.ts";
import { useReplayTicks } from "./replay-ticks.ts";
import { fractionOf } from "./timeline.ts";

export type ReplayOverviewProps = {
  readonly replay: ReplayFeed;
  /** Of the session as it is, and of what was told of it. */
  readonly whole: SessionTree;
  readonly told: SessionTree | undefined;
  readonly scale: TimeScale;
  /** `undefined`: the axis is not what the replay goes by. */
  readonly onSeek: ((millis: number) => void) | undefined;
};

/** The whole session, faint where it is yet to be told; a click or a drag goes to that time. The keyboard has the slider. */
export function ReplayOverview({ replay, whole, told, scale, onSeek }: ReplayOverviewProps) {
  const [canvas, size] = useCanvasSize();
  const head = useRef<HTMLSpanElement>(null);
  const dragged = useRef<number | undefined>(undefined);
  const { start, end } = scale;
  useLayoutEffect(() => {
    if (canvas.current === null || size.width === 0) return;
    const isTold = (node: TreeNode): boolean => {
      const known = told?.byKey.get(node.key);
      return known !== undefined && (known.span !== undefined || node.span === undefined);
    };
    drawOverview(canvas.current, size, whole.rows, { start, end }, end, isTold);
  }, [whole, told, start, end, size]);

  const { timeline } = replay;
  const place = (at: number): void => head.current?.style.setProperty("left", `${fractionOf(timeline, at) * 100}%`);
  useReplayTicks(replay, (at) => dragged.current ?? place(at));
  const drag = (event: PointerEvent): void => {
    dragged.current = timeline.start + pointedAt(event).x * (timeline.end - timeline.start);
    place(dragged.current);
  };
  return (
    <div class="overview">
      <div
        class={onSeek === undefined ? "overview-map is-fixed" : "overview-map"}
        title={onSeek === undefined ? undefined : "Click or drag to go to that time"}
        onPointerDown={(event) => {
          if (event.button !== 0 || onSeek === undefined) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          drag(event);
        }}
        onPointerMove={(event) => dragged.current !== undefined && drag(event)}
        onPointerUp={() => {
          if (dragged.current !== undefined) onSeek?.(dragged.current);
          dragged.current = undefined;
        }}
        onPointerCancel={() => (dragged.current = undefined)}
      >
        <canvas ref={canvas} aria-hidden="true" />
        {onSeek === undefined ? null : <span class="playhead" ref={head} />}
      </div>
    </div>
  );
}
