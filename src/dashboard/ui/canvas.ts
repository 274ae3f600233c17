import type { RefCallback } from "preact";
import { useEffect, useLayoutEffect, useReducer, useRef, useState } from "preact/hooks";

export type CanvasSize = { readonly width: number; readonly height: number };

/** The canvas that is on the page, which another may replace, and its size there, pixels. The function is its `ref`. */
export function useCanvasSize(): readonly [HTMLCanvasElement | null, CanvasSize, RefCallback<HTMLCanvasElement>] {
  const [canvas, setCanvas] = useState<HTMLCanvasElement | null>(null);
  const [size, setSize] = useState<CanvasSize>({ width: 0, height: 0 });
  useLayoutEffect(() => {
    if (canvas === null) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined) setSize({ width: entry.contentRect.width, height: entry.contentRect.height });
    });
    observer.observe(canvas);
    return () => observer.disconnect();
  }, [canvas]);
  return [canvas, size, setCanvas];
}

/** The pointer's position on an element, each 0 to 1. */
export function pointedAt(event: PointerEvent): { readonly x: number; readonly y: number } {
  if (!(event.currentTarget instanceof Element)) return { x: 0, y: 0 };
  const box = event.currentTarget.getBoundingClientRect();
  const clamp = (fraction: number): number => Math.min(1, Math.max(0, fraction));
  return { x: clamp((event.clientX - box.left) / box.width), y: clamp((event.clientY - box.top) / box.height) };
}

const dark = matchMedia("(prefers-color-scheme: dark)");

/** Draws a canvas when the browser has time, again when `inputs` change or the reader's colours do; less often when `growing` inputs do. */
export function useDrawing(draw: () => void, inputs: readonly unknown[], growing: readonly unknown[]): void {
  const [scheme, again] = useReducer((version: number, _: undefined) => version + 1, 0);
  useEffect(() => {
    const changed = (): void => again(undefined);
    dark.addEventListener("change", changed);
    return () => dark.removeEventListener("change", changed);
  }, []);
  const latest = useRef(draw);
  latest.current = draw;
  const chosen = [...inputs, scheme];
  const drawn = useRef({ took: 0, finished: 0, chosen });
  useEffect(() => {
    let idle: number | undefined;
    const run = (): void => {
      const started = performance.now();
      latest.current();
      const finished = performance.now();
      drawn.current = { took: finished - started, finished, chosen };
    };
    const whenIdle = (): void => {
      if (typeof requestIdleCallback === "undefined") run();
      else idle = requestIdleCallback(run, { timeout: IDLE_TIMEOUT });
    };
    const { took, finished, chosen: known } = drawn.current;
    const isGrowth = chosen.every((input, at) => input === known[at]);
    const pause = isGrowth ? Math.min(MOST_GROWING, took * SHARE_GROWING) : Math.min(MOST_PAUSE, took * SHARE);
    const timer = setTimeout(whenIdle, Math.max(0, finished + pause - performance.now()));
    return () => {
      clearTimeout(timer);
      if (idle !== undefined) cancelIdleCallback(idle);
    };
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- the caller knows what its drawing depends on
  }, [...chosen, ...growing]);
}

/** The pause after a drawing, in multiples of its duration: a large session is drawn less often. */
const SHARE = 20;
/** The same for what grows with each batch, and moves by a pixel or less. */
const SHARE_GROWING = 1_000;
const MOST_GROWING = 3_000;
/** A drawing that the machine interrupted seems to have taken long: what follows it is not late for that, milliseconds. */
const MOST_PAUSE = 1_000;
/** A busy page is drawn after this time at the latest, milliseconds. */
const IDLE_TIMEOUT = 200;
