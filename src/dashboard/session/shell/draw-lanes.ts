import type { KindGroup } from "../../../session/kind-filter.ts";
import { FAILED, LANE_GROUPS, RUNNING } from "../../../session/overview-lanes.ts";
import type { Lane, LaneStep } from "../../../session/overview-lanes.ts";
import type { FoldedAxis } from "../../../session/timing/folded-axis.ts";

export type LaneDrawing = {
  readonly lanes: readonly Lane[];
  readonly axis: FoldedAxis;
  /** The end of running steps, Unix nanoseconds. */
  readonly open: bigint;
  /** Steps that are drawn faint: a replay has not reached them, or the reader asked for others. */
  readonly isFaint: (step: Pick<LaneStep, "key" | "group" | "failed">) => boolean;
  /** `kind`: those of one kind are faint, or none of them. */
  readonly faintBy: "kind" | "step";
  readonly isFailed: (step: LaneStep) => boolean;
};

const COLOURS: Readonly<Record<KindGroup, string>> = {
  models: "--kind-llm",
  tools: "--kind-tool",
  agents: "--kind-agent",
  plumbing: "--kind-internal",
};
const FAINT = 0.2;
/** Pixels: a short step is seen. */
const LEAST_STEP = 1.5;
/** Pixels: an error is visible at a glance, however short it is. */
const LEAST_ERROR = 3;

/** Draws each lane in the colours of its steps: by density where many steps share a pixel. Errors come last, so that nothing hides them. */
export function drawLanes(
  canvas: HTMLCanvasElement,
  size: { readonly width: number; readonly height: number },
  { lanes, axis, open, isFaint, faintBy, isFailed }: LaneDrawing,
): void {
  const ratio = devicePixelRatio;
  canvas.width = Math.round(size.width * ratio);
  canvas.height = Math.round(size.height * ratio);
  const context = canvas.getContext("2d");
  if (context === null) return;
  context.scale(ratio, ratio);
  const style = getComputedStyle(canvas);
  const colours = LANE_GROUPS.map((group) => style.getPropertyValue(COLOURS[group]));
  const bad = style.getPropertyValue("--bad");
  /** By look, without `RUNNING`. */
  const faintLooks = [false, true].flatMap((failed) => LANE_GROUPS.map((group) => isFaint({ key: "", group, failed })));
  const height = size.height / Math.max(1, lanes.length);
  const thickness = Math.max(2, Math.min(8, height * 0.7));
  const xOf = (millis: number): number => axis.fractionAt(millis) * size.width;
  const openMillis = Number(open) / 1e6;
  /** A pixel lasts at least so long, milliseconds. */
  const pixel = 1 / (axis.perMilli * size.width);
  lanes.forEach(({ parts }, index) => {
    const y = index * height + (height - thickness) / 2;
    const errors: [number, number, LaneStep][] = [];
    /** By group, then by group of faint steps: up to where they are drawn. A short one within is not seen. */
    const reached = new Float64Array(2 * LANE_GROUPS.length).fill(-1);
    /** The same in time: most steps of a long session need no place. */
    const until = reached.slice();
    for (const { steps, drawn } of parts) {
      for (let at = 0; at < steps.length; at++) {
        const start = drawn[3 * at] ?? 0;
        const end = drawn[3 * at + 1] ?? 0;
        const look = drawn[3 * at + 2] ?? 0;
        const step = steps[at];
        if (step === undefined) break;
        const faint = faintBy === "kind" ? faintLooks[look % RUNNING] === true : isFaint(step);
        const group = look % FAILED;
        const place = faint ? group + LANE_GROUPS.length : group;
        if (look < FAILED && end <= (until[place] ?? 0) && end - start < pixel) continue;
        const running = look >= RUNNING;
        const from = xOf(start);
        const to = xOf(running ? Math.max(end, openMillis) : end);
        if (look % RUNNING >= FAILED && isFailed(step)) {
          errors.push([from, Math.max(LEAST_ERROR, to - from), step]);
          continue;
        }
        const last = reached[place] ?? 0;
        if (to <= last && to - from < 1) continue;
        const width = Math.max(LEAST_STEP, to - from);
        const next = Math.max(last, from + width);
        reached[place] = next;
        if (!running) until[place] = end + (next - to) * pixel;
        context.globalAlpha = faint ? FAINT : 1;
        context.fillStyle = colours[group] ?? "";
        if (running) drawStripes(context, from, y, width, thickness);
        else context.fillRect(from, y, width, thickness);
      }
    }
    context.fillStyle = bad;
    for (const [from, width, step] of errors) {
      context.globalAlpha = isFaint(step) ? FAINT : 1;
      context.fillRect(from, y - 1, width, thickness + 2);
    }
  });
}

const STRIPE = 3;

/** What runs is striped, as its bar is. */
function drawStripes(context: CanvasRenderingContext2D, x: number, y: number, width: number, height: number): void {
  const alpha = context.globalAlpha;
  context.globalAlpha = alpha * 0.5;
  context.fillRect(x, y, width, height);
  context.globalAlpha = alpha;
  for (let at = x; at < x + width; at += 2 * STRIPE) context.fillRect(at, y, Math.min(STRIPE, x + width - at), height);
}

/** The step at a place of the drawing, or the nearest one of its lane. `x`, `y`: 0 to 1. */
export function stepAt(
  { lanes, axis, open }: Pick<LaneDrawing, "lanes" | "axis" | "open">,
  x: number,
  y: number,
): LaneStep | undefined {
  const lane = lanes[Math.min(lanes.length - 1, Math.floor(y * lanes.length))];
  const time = axis.timeAt(x);
  let best: LaneStep | undefined;
  let least: bigint | undefined;
  for (const step of lane?.parts.flatMap(({ steps }) => steps) ?? []) {
    const end = step.running && open > step.end ? open : step.end;
    const distance = time < step.start ? step.start - time : time > end ? time - end : 0n;
    // Of two at one place the inner one: it comes later.
    if (least === undefined || distance <= least) [best, least] = [step, distance];
  }
  return best;
}
