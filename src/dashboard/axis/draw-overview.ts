import type { SpanKind } from "../../trace/facts/facts.ts";
import type { TreeNode } from "../../trace/view/tree.ts";
import { place, type TimeScale } from "./time-scale.ts";

/** More lines than this in so little height tell nothing more, and cost a frame. */
const MOST_LINES = 4_000;

/** What is yet to be told of. */
const FAINT = 0.2;

/** Draws every row as a line in the colour of its kind; errors last, so that no neighbour hides one. `isTold`: the others are faint. */
export function drawOverview(
  canvas: HTMLCanvasElement,
  size: { readonly width: number; readonly height: number },
  rows: readonly TreeNode[],
  scale: TimeScale,
  open: bigint,
  isTold: (node: TreeNode) => boolean = () => true,
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
    context.globalAlpha = (isStructure ? 0.45 : 1) * (isTold(node) ? 1 : FAINT);
    context.fillStyle = node.error ? colours.error : colours.of(node.span?.facts.kind ?? "internal");
    const x = (left / 100) * size.width;
    // What went wrong is to be found at a glance, however short it was.
    const [least, thick] = node.error ? [3, Math.max(2.5, thickness)] : [1.5, thickness];
    context.fillRect(x, index * step, Math.max(least, (width / 100) * size.width), thick);
  };
  const stride = Math.ceil(rows.length / MOST_LINES);
  rows.forEach((node, index) => node.error || index % stride > 0 || draw(node, index));
  rows.forEach((node, index) => node.error && draw(node, index));
}

/** The style sheet's own colours, in the reader's scheme. */
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
