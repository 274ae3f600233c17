import type { SpanKind } from "../../../facts/facts.ts";
import type { TreeNode } from "../../../session/tree/tree.ts";
import { place } from "../timeline/time-scale.ts";
import type { TimeScale } from "../timeline/time-scale.ts";
import type { RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";

/** More lines are not visible in this height, and would take longer than a frame. */
const MOST_LINES = 4_000;

/** The opacity of rows that the replay has not reached. */
const FAINT = 0.2;

/** Draws each row as a line in the colour of its kind. Errors are drawn last, so that no neighbour hides them. Rows that are not `isReplayed` are faint. */
export function drawOverview(
  canvas: HTMLCanvasElement,
  size: { readonly width: number; readonly height: number },
  rows: readonly TreeNode[],
  scale: TimeScale,
  open: bigint,
  isReplayed: (node: TreeNode) => boolean = () => true,
): void {
  const ratio = devicePixelRatio;
  canvas.width = Math.round(size.width * ratio);
  canvas.height = Math.round(size.height * ratio);
  const context = canvas.getContext("2d");
  if (context === null) return;
  context.scale(ratio, ratio);
  const colours = readColours(canvas);
  const step = size.height / Math.max(1, rows.length);
  const thickness = Math.max(1, Math.min(3, step * 0.7));
  const draw = (node: TreeNode, index: number): void => {
    const end = node.running && open > node.end ? open : node.end;
    const { left, width } = place(scale, node.start, end);
    const isStructure = node.children.length > 0 && !node.error;
    context.globalAlpha = (isStructure ? 0.45 : 1) * (isReplayed(node) ? 1 : FAINT);
    context.fillStyle = node.error ? colours.error : colours.of(node.span?.facts.kind ?? "internal");
    const x = (left / 100) * size.width;
    // Errors are visible at a glance, however short they are.
    const [least, thick] = node.error ? [3, Math.max(2.5, thickness)] : [1.5, thickness];
    context.fillRect(x, index * step, Math.max(least, (width / 100) * size.width), thick);
  };
  const stride = Math.ceil(rows.length / MOST_LINES);
  rows.forEach((node, index) => node.error || index % stride > 0 || draw(node, index));
  rows.forEach((node, index) => node.error && draw(node, index));
}

/** The style sheet's colours, in the reader's colour scheme. */
function readColours(element: Element): { readonly error: string; readonly of: (kind: SpanKind) => string } {
  const style = getComputedStyle(element);
  const known = new Map<SpanKind, string>();
  return {
    error: style.getPropertyValue("--bad"),
    of(kind) {
      let colour = known.get(kind);
      if (colour === undefined) known.set(kind, (colour = style.getPropertyValue(`--kind-${kind}`)));
      return colour;
    },
  };
}

export type CanvasSize = { readonly width: number; readonly height: number };

/** A canvas and its size on the page, pixels. */
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

/** The pointer's position on an element, each 0 to 1. */
export function pointedAt(event: PointerEvent): { readonly x: number; readonly y: number } {
  if (!(event.currentTarget instanceof Element)) return { x: 0, y: 0 };
  const box = event.currentTarget.getBoundingClientRect();
  const clamp = (fraction: number): number => Math.min(1, Math.max(0, fraction));
  return { x: clamp((event.clientX - box.left) / box.width), y: clamp((event.clientY - box.top) / box.height) };
}
