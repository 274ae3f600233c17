import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { drawLanes, type LaneDrawing } from "../../../src/dashboard/session/shell/draw-lanes.ts";
import { lanePart } from "../../../src/session/overview-lanes.ts";
import type { LaneStep } from "../../../src/session/overview-lanes.ts";
import { foldedAxis } from "../../../src/session/timing/folded-axis.ts";
import { Random } from "../../session/seeded-random.ts";

beforeEach(() => {
  vi.stubGlobal("devicePixelRatio", 1);
  vi.stubGlobal("getComputedStyle", () => ({ getPropertyValue: (name: string) => name }));
});
afterEach(() => vi.unstubAllGlobals());

const COLOURS = { models: "--kind-llm", tools: "--kind-tool", agents: "--kind-agent", plumbing: "--kind-internal" };
const SIZE = { width: 200, height: 40 };
/** A step that is left out is less than a pixel longer than what is drawn at its place. */
const SLACK = 1;

const seeds = Array.from({ length: 60 }, (_, at) => at + 1);

test.each(seeds)("each step of a lane is seen where it was, also where many share a pixel (seed %i)", (seed) => {
  const random = new Random(seed);
  let time = 0;
  const steps = Array.from({ length: 40 + random.below(400) }, (_, at): LaneStep => {
    time += random.chance(0.02) ? 5_000 + random.below(90_000) : random.below(40);
    const [from, to] = [time, time + random.below(random.chance(0.1) ? 9_000 : 60)];
    const [start, end] = [BigInt(from) * 1_000_000n, BigInt(to) * 1_000_000n];
    const group = random.pick(["models", "tools"] as const);
    return { key: String(at), group, start, end, running: random.chance(0.02), failed: random.chance(0.05) };
  });
  const end = steps.reduce((most, step) => (step.end > most ? step.end : most), 0n) + 1_000_000n;
  const gaps = steps.flatMap((step, at) => {
    const next = steps[at + 1];
    const last = steps.slice(0, at + 1).reduce((most, one) => (one.end > most ? one.end : most), 0n);
    return next !== undefined && next.start - last > 5_000_000_000n ? [{ from: last, to: next.start }] : [];
  });
  const axis = foldedAxis({ from: 0n, to: end }, random.chance(0.5) ? gaps : []);
  let drawn: { readonly style: string; readonly alpha: number; readonly from: number; readonly to: number }[] = [];
  const context = {
    fillStyle: "",
    globalAlpha: 1,
    scale: () => undefined,
    fillRect(x: number, _: number, width: number) {
      drawn.push({ style: this.fillStyle, alpha: this.globalAlpha, from: x, to: x + width });
    },
  };
  const canvas = { width: 0, height: 0, getContext: () => context } as unknown as HTMLCanvasElement;
  const lanes = [{ name: "planner", parts: [lanePart(steps.slice(0, 30)), lanePart(steps.slice(30))] }];
  const draw = (of: Pick<LaneDrawing, "isFaint" | "faintBy">): typeof drawn => {
    drawn = [];
    drawLanes(canvas, SIZE, { lanes, axis, open: end, ...of, isFailed: ({ failed }) => failed });
    return drawn;
  };
  const isFaint: LaneDrawing["isFaint"] = ({ group, failed }) => group === "tools" && !failed;
  expect(draw({ isFaint, faintBy: "kind" })).toEqual(draw({ isFaint, faintBy: "step" }));
  expect(new Set(drawn.map(({ style, alpha }) => `${style} ${alpha}`))).not.toContain("--kind-tool 1");
  draw({ isFaint: () => false, faintBy: "kind" });
  for (const step of steps) {
    const style = step.failed ? "--bad" : COLOURS[step.group];
    const from = axis.fractionAt(Number(step.start) / 1e6) * SIZE.width;
    const to = axis.fractionAt(Number(step.running ? end : step.end) / 1e6) * SIZE.width;
    for (const place of [from, to]) {
      const isSeen = drawn.some((one) => one.style === style && one.from - SLACK <= place && place <= one.to + SLACK);
      expect({ step, place, isSeen }).toEqual({ step, place, isSeen: true });
    }
  }
});
