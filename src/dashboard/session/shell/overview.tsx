import { computed } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useMemo, useRef, useState } from "preact/hooks";
import { idleTimes } from "../../../session/cards.ts";
import { KIND_GROUPS, type KindFilter } from "../../../session/kind-filter.ts";
import { overviewLanes, type LaneStep } from "../../../session/overview-lanes.ts";
import { foldedAxis, type FoldedAxis, foldLength } from "../../../session/timing/folded-axis.ts";
import type { SessionTree } from "../../../session/tree/tree.ts";
import { keyOf, SESSION_KEYS } from "../../keymap.ts";
import { duration } from "../../../lib/figures.ts";
import { pointedAt, useCanvasSize, useDrawing } from "../../ui/canvas.ts";
import type { ReplayFeed } from "../replay/feed.ts";
import { useReplayTicks } from "../replay/ticks.ts";
import type { Search } from "../reading-props.ts";
import type { TimeScale } from "../timeline/time-scale.ts";
import { drawLanes, stepAt, type LaneDrawing } from "./draw-lanes.ts";
import type { SessionSignals } from "./session-signals.ts";

export type OverviewProps = {
  readonly whole: SessionTree;
  /** In a replay: as far as it has come. */
  readonly displayed: SessionTree;
  readonly signals: SessionSignals;
  readonly axis: TimeScale;
  readonly scale: TimeScale;
  readonly filter: KindFilter;
  readonly search: Search;
  /** `undefined`: the whole axis. */
  readonly onZoom: (scale: TimeScale | undefined) => void;
  readonly onReveal: (key: string) => void;
  readonly replay: ReplayFeed | undefined;
  /** `undefined`: no replay, or one that is not ordered by the axis' time. */
  readonly onSeek: ((millis: number) => void) | undefined;
};

/** The whole session, a lane for each agent. */
export function Overview(props: OverviewProps) {
  const { whole, displayed, signals, axis, filter, search, replay } = props;
  const [canvas, size, place] = useCanvasSize();
  // Folded when they are drawn, and not with each batch.
  const lanesOf = useMemo(() => once(() => overviewLanes(whole)), [whole]);
  const folded = useMemo(() => {
    const all = { from: axis.start, to: axis.end };
    return foldedAxis(all, idleTimes(whole, all, axis.end));
  }, [whole, axis]);
  // Running bars grow by whole pixels.
  const pixel = useRef(1n);
  pixel.current = (axis.end - axis.start) / BigInt(Math.max(1, Math.round(size.width))) + 1n;
  const drawn = useMemo(() => computed(() => (signals.clock.drawn.value / pixel.current) * pixel.current), [signals]);
  const open = replay === undefined ? drawn.value : axis.end;
  const isFaint = faintness(props);
  const faintBy = replay === undefined && search.matches === undefined ? "kind" : "step";
  // A replay does not show what comes.
  const isFailed = ({ key, failed }: LaneStep): boolean =>
    failed && (replay === undefined || displayed.byKey.get(key)?.cause === true);
  useDrawing(
    () => {
      if (canvas !== null && size.width > 0)
        drawLanes(canvas, size, { lanes: lanesOf(), axis: folded, open, isFaint, faintBy, isFailed });
    },
    [canvas, size, replay === undefined ? undefined : displayed, filter, search],
    [lanesOf, folded, open],
  );

  const map = (
    <>
      <canvas ref={place} aria-hidden="true" />
      {folded.folds.map(({ gap, from, to }) => (
        <span
          key={String(gap.from)}
          class="overview-fold"
          style={{ left: `${from * 100}%`, width: `${(to - from) * 100}%` }}
        >
          <small>{foldLength(gap.to - gap.from)}</small>
        </span>
      ))}
    </>
  );
  return (
    <div class="overview">
      {replay === undefined ? (
        <RangeMap
          {...props}
          axis={axis}
          folded={folded}
          stepAt={(x, y) => stepAt({ lanes: lanesOf(), axis: folded, open }, x, y)}
        >
          {map}
        </RangeMap>
      ) : (
        <SeekMap replay={replay} folded={folded} onSeek={props.onSeek}>
          {map}
        </SeekMap>
      )}
    </div>
  );
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** Steps that a replay has not reached, and steps that the reader did not ask for. */
function faintness({ displayed, filter, search, replay }: OverviewProps): LaneDrawing["isFaint"] {
  const groups = new Set(
    (["models", "tools", "agents", "plumbing"] as const).filter(
      (group) => filter.kinds === undefined || KIND_GROUPS[group].some((kind) => filter.kinds?.has(kind)),
    ),
  );
  return ({ key, group, failed }) =>
    (replay !== undefined && displayed.byKey.get(key)?.span === undefined) ||
    !groups.has(group) ||
    (filter.errors === "only" && !failed) ||
    (search.matches !== undefined && !search.matches.has(key));
}

/** A drag shorter than this is a click, pixels. */
const CLICK = 5;
/** This near to an edge of the range, a drag moves the edge, pixels. */
const EDGE = 7;

type RangeMapProps = Pick<OverviewProps, "axis" | "scale" | "onZoom" | "onReveal"> & {
  readonly folded: FoldedAxis;
  readonly stepAt: (x: number, y: number) => LaneStep | undefined;
  readonly children: ComponentChildren;
};

/** A click goes to the step, a drag selects a range, and a drag of an edge of the range moves it. The keys are z and 0. */
function RangeMap({ axis, scale, onZoom, onReveal, folded, stepAt: find, children }: RangeMapProps) {
  const [drag, setDrag] = useState<{ readonly from: number; readonly to: number } | undefined>(undefined);
  const isWhole = scale.start === axis.start && scale.end === axis.end;
  const range = { from: folded.fractionOf(scale.start), to: folded.fractionOf(scale.end) };
  const shown =
    drag !== undefined
      ? { from: Math.min(drag.from, drag.to), to: Math.max(drag.from, drag.to) }
      : isWhole
        ? undefined
        : range;
  const press = (event: PointerEvent): void => {
    if (event.button !== 0 || !(event.currentTarget instanceof HTMLElement)) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const { x } = pointedAt(event);
    const { width } = event.currentTarget.getBoundingClientRect();
    const isNear = (edge: number): boolean => !isWhole && Math.abs(x - edge) * width < EDGE;
    const fixed = isNear(range.from) ? range.to : isNear(range.to) ? range.from : x;
    setDrag({ from: fixed, to: x });
  };
  const release = (event: PointerEvent): void => {
    if (drag === undefined || shown === undefined || !(event.currentTarget instanceof HTMLElement)) return;
    setDrag(undefined);
    if ((shown.to - shown.from) * event.currentTarget.clientWidth < CLICK) {
      const { x, y } = pointedAt(event);
      const step = find(x, y);
      if (step !== undefined) onReveal(step.key);
      return;
    }
    const [start, end] = [folded.timeAt(shown.from), folded.timeAt(shown.to)];
    if (end > start) onZoom({ start, end });
  };
  return (
    <>
      <div
        class="overview-map"
        title="Click to go to a step, drag to select a time, double-click for the whole session"
        onPointerDown={press}
        onPointerMove={(event) => drag !== undefined && setDrag({ ...drag, to: pointedAt(event).x })}
        onPointerUp={release}
        onPointerCancel={() => setDrag(undefined)}
        onDblClick={() => onZoom(undefined)}
      >
        {children}
        {shown === undefined ? null : (
          <>
            <span class="overview-out" style={{ left: "0", width: `${shown.from * 100}%` }} />
            <span class="overview-out" style={{ left: `${shown.to * 100}%`, right: "0" }} />
            <span
              class="overview-range"
              style={{ left: `${shown.from * 100}%`, width: `${(shown.to - shown.from) * 100}%` }}
            />
          </>
        )}
      </div>
      {isWhole ? null : (
        <button
          type="button"
          class="button overview-reset"
          onClick={() => onZoom(undefined)}
          title={`The whole session (${keyOf(SESSION_KEYS, "zoomOut")})`}
        >
          {`${duration(scale.end - scale.start)} of ${duration(axis.end - axis.start)} · show all`}
        </button>
      )}
    </>
  );
}

type SeekMapProps = {
  readonly replay: ReplayFeed;
  readonly folded: FoldedAxis;
  readonly onSeek: OverviewProps["onSeek"];
  readonly children: ComponentChildren;
};

/** A click or a drag goes to that time of the replay. The keyboard uses the slider. */
function SeekMap({ replay, folded, onSeek, children }: SeekMapProps) {
  const head = useRef<HTMLSpanElement>(null);
  const dragged = useRef<number | undefined>(undefined);
  const place = (millis: number): void =>
    head.current?.style.setProperty("left", `${folded.fractionOf(BigInt(Math.round(millis)) * 1_000_000n) * 100}%`);
  useReplayTicks(replay, (at) => dragged.current ?? place(at));
  const drag = (event: PointerEvent): void => {
    dragged.current = Number(folded.timeAt(pointedAt(event).x)) / 1e6;
    place(dragged.current);
  };
  return (
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
      {children}
      {onSeek === undefined ? null : <span class="playhead" ref={head} />}
    </div>
  );
}
