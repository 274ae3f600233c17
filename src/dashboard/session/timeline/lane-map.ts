import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { FoldedAxis } from "../../../session/timing/folded-axis.ts";
import { onAxis, panned, timesOf, zoomed, type LaneScale } from "./lane-scale.ts";
import type { TimeScale } from "./time-scale.ts";

export type LaneMapOptions = {
  readonly axis: FoldedAxis;
  readonly scale: TimeScale;
  readonly onZoom: (scale: TimeScale | undefined) => void;
  /** The element with the lanes; it scrolls. */
  readonly scroller: RefObject<HTMLElement | null>;
  /** As wide as the lanes, and above them. */
  readonly head: RefObject<HTMLElement | null>;
};

export type LaneMap = {
  readonly lanes: LaneScale;
  /** The part that a drag chooses, 0 to 1. */
  readonly chosen: { readonly from: number; readonly to: number } | undefined;
  readonly zoomBy: (by: number) => void;
  readonly panBy: (by: number) => void;
};

/** The URL follows when the movement rests: browsers limit how often it may change. */
const REST_MILLIS = 180;
/** A drag shorter than this is a click, pixels. */
const CLICK = 5;
/** Pixels of a wheel that zoom by e. */
const WHEEL = 240;
/** Pixels of a line and a page, for wheels that count in these. */
const UNITS = [1, 16, 400] as const;

/**
 * Lanes that are driven like a map: a horizontal wheel pans, a pinch or Ctrl and the wheel zoom about the cursor, a drag chooses a
 * part; by touch one finger pans and two zoom. Movements within a frame are summed.
 */
export function useLaneMap({ axis, scale, onZoom, scroller, head }: LaneMapOptions): LaneMap {
  const [moving, setMoving] = useState<{ readonly to: TimeScale | undefined } | undefined>(undefined);
  const [chosen, setChosen] = useState<LaneMap["chosen"]>(undefined);
  const { from: start, to: end } = axis.whole;
  const drawn = moving === undefined ? scale : (moving.to ?? { start, end });
  const lanes = onAxis(axis, drawn);
  const latest = useRef({ lanes, onZoom });
  latest.current = { lanes, onZoom };
  const rest = useRef<ReturnType<typeof setTimeout>>(undefined);

  // The URL has arrived where the movement went.
  useLayoutEffect(() => setMoving(undefined), [scale.start, scale.end]);
  useEffect(() => () => clearTimeout(rest.current), []);

  const move = (to: TimeScale | undefined): void => {
    setMoving({ to });
    clearTimeout(rest.current);
    rest.current = setTimeout(() => {
      latest.current.onZoom(to);
      setMoving(undefined);
    }, REST_MILLIS);
  };
  const moveLatest = useRef(move);
  moveLatest.current = move;

  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    return listen(element, head, {
      lanes: () => latest.current.lanes,
      move: (to) => moveLatest.current(to),
      choose: setChosen,
      zoom: (to) => latest.current.onZoom(to),
    });
  }, [scroller, head]);

  return {
    lanes,
    chosen,
    zoomBy: (by) => move(zoomed(lanes, 0.5, by)),
    panBy: (by) => lanes.zoom === "zoomed" && move(panned(lanes, by)),
  };
}

type Moves = {
  readonly lanes: () => LaneScale;
  readonly move: (to: TimeScale | undefined) => void;
  readonly choose: (part: LaneMap["chosen"]) => void;
  readonly zoom: (to: TimeScale | undefined) => void;
};

function listen(element: HTMLElement, head: RefObject<HTMLElement | null>, { lanes, move, choose, zoom }: Moves) {
  /** Where a point is on the lanes, 0 to 1. */
  const spotAt = (x: number): number => {
    const box = head.current?.getBoundingClientRect();
    return box === undefined || box.width === 0 ? 0 : (x - box.left) / box.width;
  };
  const width = (): number => Math.max(1, head.current?.clientWidth ?? 1);

  let frame = 0;
  let sum = { zoom: 0, pan: 0, spot: 0.5 };
  const add = (zoomBy: number, pixels: number, x: number): void => {
    sum = { zoom: sum.zoom + zoomBy, pan: sum.pan + pixels, spot: Math.min(1, Math.max(0, spotAt(x))) };
    if (frame === 0) frame = requestAnimationFrame(apply);
  };
  const apply = (): void => {
    frame = 0;
    const { zoom: by, pan, spot } = sum;
    sum = { zoom: 0, pan: 0, spot };
    let now = lanes();
    let to: TimeScale | undefined = now.zoom === "whole" ? undefined : timesOf(now, now.from, now.to);
    if (by !== 0) {
      to = zoomed(now, spot, Math.exp(by));
      now = onAxis(now.axis, to ?? { start: now.axis.whole.from, end: now.axis.whole.to });
    }
    if (pan !== 0 && now.zoom === "zoomed") to = panned(now, pan / width());
    move(to);
  };

  const wheel = (event: WheelEvent): void => {
    const unit = UNITS[event.deltaMode] ?? 1;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      add((-event.deltaY * unit) / WHEEL, 0, event.clientX);
    } else if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      event.preventDefault();
      add(0, event.deltaX * unit, event.clientX);
    }
  };

  const touches = new Map<number, number>();
  let drag: { readonly id: number; readonly x: number; started: boolean } | undefined;
  const down = (event: PointerEvent): void => {
    if (!isOnLane(event)) return;
    if (event.pointerType === "touch") touches.set(event.pointerId, event.clientX);
    else if (event.button === 0) drag = { id: event.pointerId, x: event.clientX, started: false };
  };
  const moved = (event: PointerEvent): void => {
    const known = touches.get(event.pointerId);
    if (known !== undefined) {
      const [other] = [...touches].filter(([id]) => id !== event.pointerId).map(([, x]) => x);
      touches.set(event.pointerId, event.clientX);
      if (other === undefined) return add(0, known - event.clientX, event.clientX);
      const [before, after] = [Math.abs(known - other), Math.abs(event.clientX - other)];
      return add(
        before > 0 && after > 0 ? Math.log(after / before) : 0,
        (known - event.clientX) / 2,
        (event.clientX + other) / 2,
      );
    }
    if (drag?.id !== event.pointerId) return;
    if (!drag.started && Math.abs(event.clientX - drag.x) < CLICK) return;
    if (!drag.started) element.setPointerCapture(event.pointerId);
    drag.started = true;
    choose(partOf(drag.x, event.clientX));
  };
  const partOf = (a: number, b: number): { from: number; to: number } => {
    const [from = 0, to = 1] = [a, b].map((x) => Math.min(1, Math.max(0, spotAt(x)))).toSorted((one, two) => one - two);
    return { from, to };
  };
  const up = (event: PointerEvent): void => {
    touches.delete(event.pointerId);
    const done = drag;
    drag = undefined;
    if (done?.started !== true || done.id !== event.pointerId) return;
    choose(undefined);
    const { from, to } = partOf(done.x, event.clientX);
    const now = lanes();
    const part = timesOf(now, now.from + from * (now.to - now.from), now.from + to * (now.to - now.from));
    if (event.type === "pointerup" && part.end > part.start) zoom(part);
    // The click that ends a drag opens no row.
    element.addEventListener("click", swallow, { capture: true, once: true });
    setTimeout(() => element.removeEventListener("click", swallow, { capture: true }), 0);
  };
  const swallow = (event: Event): void => event.stopPropagation();

  const passive = { passive: false } as const;
  element.addEventListener("wheel", wheel, passive);
  element.addEventListener("pointerdown", down);
  element.addEventListener("pointermove", moved);
  element.addEventListener("pointerup", up);
  element.addEventListener("pointercancel", up);
  return () => {
    cancelAnimationFrame(frame);
    element.removeEventListener("wheel", wheel);
    element.removeEventListener("pointerdown", down);
    element.removeEventListener("pointermove", moved);
    element.removeEventListener("pointerup", up);
    element.removeEventListener("pointercancel", up);
  };
}

const isOnLane = ({ target }: Event): boolean => target instanceof Element && target.closest(".lane") !== null;
