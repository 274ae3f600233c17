import type { SessionTree, TreeNode } from "../../../session/tree/tree.ts";
import { pointedAt, useCanvasSize, drawOverview } from "../shell/draw-overview.ts";
import type { TimeScale } from "../timeline/time-scale.ts";
import type { ReplayFeed } from "./feed.ts";
import { fractionOf } from "./timeline.ts";
import { useLayoutEffect, useRef, useEffect } from "preact/hooks";

export type ReplayOverviewProps = {
  readonly replay: ReplayFeed;
  /** The whole session, and its replayed part. */
  readonly whole: SessionTree;
  readonly replayed: SessionTree | undefined;
  readonly scale: TimeScale;
  /** `undefined`: the replay is not ordered by the axis' time. */
  readonly onSeek: ((millis: number) => void) | undefined;
};

/** The whole session, faint where it is not replayed yet. A click or a drag seeks. The keyboard uses the slider. */
export function ReplayOverview({ replay, whole, replayed, scale, onSeek }: ReplayOverviewProps) {
  const [canvas, size] = useCanvasSize();
  const head = useRef<HTMLSpanElement>(null);
  const dragged = useRef<number | undefined>(undefined);
  const { start, end } = scale;
  useLayoutEffect(() => {
    if (canvas.current === null || size.width === 0) return;
    const isReplayed = (node: TreeNode): boolean => {
      const known = replayed?.byKey.get(node.key);
      return known !== undefined && (known.span !== undefined || node.span === undefined);
    };
    drawOverview(canvas.current, size, whole.rows, { start, end }, end, isReplayed);
  }, [whole, replayed, start, end, size]);

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

const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");
/** The update interval with reduced motion, milliseconds. */
const REDUCED_INTERVAL = 500;

/** Calls `show` with the position at each frame while the replay plays, and after each event. */
export function useReplayTicks(replay: ReplayFeed, show: (position: number) => void): void {
  const latest = useRef(show);
  latest.current = show;
  const { state } = replay.state.value;
  void replay.present.value;
  useEffect(() => latest.current(replay.position()));
  useEffect(() => {
    if (state !== "live") return undefined;
    let frame: number | undefined;
    let timer: number | undefined;
    const next = (): void => {
      latest.current(replay.position());
      if (reducedMotion.matches) timer = setTimeout(next, REDUCED_INTERVAL);
      else frame = requestAnimationFrame(next);
    };
    next();
    return () => {
      clearTimeout(timer);
      if (frame !== undefined) cancelAnimationFrame(frame);
    };
  }, [state, replay]);
}
