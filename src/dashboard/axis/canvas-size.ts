import type { RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";

export type CanvasSize = { readonly width: number; readonly height: number };

/** A canvas, and how large it is on the page, pixels. */
export function useCanvasSize(): readonly [RefObject<HTMLCanvasElement | null>, CanvasSize] {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [size, setSize] = useState<CanvasSize>({ width: 0, height: 0 });
  useLayoutEffect(() => {
    if (canvas.current === null) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined) setSize({ width: entry.contentRect.width, height: entry.contentRect.height });
    });
    observer.observe(canvas.current);
    return () => observer.disconnect();
  }, []);
  return [canvas, size];
}

/** Where on an element the pointer is, each 0 to 1. */
export function pointedAt(event: PointerEvent): { readonly x: number; readonly y: number } {
  if (!(event.currentTarget instanceof Element)) return { x: 0, y: 0 };
  const box = event.currentTarget.getBoundingClientRect();
  const clamp = (fraction: number): number => Math.min(1, Math.max(0, fraction));
  return { x: clamp((event.clientX - box.left) / box.width), y: clamp((event.clientY - box.top) / box.height) };
}
