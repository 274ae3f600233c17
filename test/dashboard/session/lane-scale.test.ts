import { describe, expect, test } from "vitest";
import {
  foldsOn,
  laneScale,
  laneTicks,
  panned,
  placeOn,
  sideOf,
  zoomed,
  type LaneScale,
} from "../../../src/dashboard/session/timeline/lane-scale.ts";
import type { TimeScale } from "../../../src/dashboard/session/timeline/time-scale.ts";

const seconds = (value: number): bigint => BigInt(Math.round(value * 1e9));
const scale = (start: number, end: number): TimeScale => ({ start: seconds(start), end: seconds(end) });
const gap = (from: number, to: number) => ({ from: seconds(from), to: seconds(to) });
const words = (part: TimeScale | undefined): string =>
  part === undefined ? "whole" : `${Number(part.start) / 1e9}–${Number(part.end) / 1e9}`;
const ticksOf = (lanes: LaneScale, width: number): string[] =>
  laneTicks(lanes, width).map(({ at, label }) => `${Math.round(at * width)} ${label.replaceAll("\u00a0", " ")}`);

describe("lanes without a pause", () => {
  const lanes = laneScale(scale(0, 100), scale(0, 100), []);

  test("places, ticks and sides", () => {
    expect(placeOn(lanes, seconds(25), seconds(50))).toEqual({ left: 25, width: 25 });
    expect(placeOn(lanes, seconds(-5), seconds(300))).toEqual({ left: 0, width: 100 });
    expect(ticksOf(lanes, 400)).toEqual(["0 0", "120 30 s", "240 1:00", "360 1:30"]);
    const part = laneScale(scale(0, 100), scale(40, 60), []);
    expect(placeOn(part, seconds(45), seconds(50))).toEqual({ left: 25, width: 25 });
    expect([sideOf(part, seconds(0), seconds(30)), sideOf(part, seconds(70), seconds(80))]).toEqual([
      "earlier",
      "later",
    ]);
    // A clock outlier is drawn at the edge of the whole axis.
    expect(sideOf(lanes, seconds(700), seconds(800))).toBe("within");
  });

  test("zooming keeps what is under the cursor", () => {
    expect(words(zoomed(lanes, 0.5, 2))).toBe("25–75");
    expect(words(zoomed(lanes, 0, 4))).toBe("0–25");
    expect(words(zoomed(lanes, 1, 10))).toBe("90–100");
    const part = laneScale(scale(0, 100), scale(40, 60), []);
    expect(words(zoomed(part, 0.25, 2))).toBe("42.5–52.5");
    expect(words(zoomed(part, 0.5, 0.5))).toBe("30–70");
    expect(words(zoomed(part, 0.5, 0.1))).toBe("whole");
  });

  test("panning stops at the ends", () => {
    const part = laneScale(scale(0, 100), scale(40, 60), []);
    expect([panned(part, 0.5), panned(part, -1), panned(part, -9), panned(part, 9)].map(words)).toEqual([
      "50–70",
      "20–40",
      "0–20",
      "80–100",
    ]);
    expect(words(panned(lanes, 0.5))).toBe("whole");
  });

  test("a part of less than a microsecond says nothing", () => {
    const part = laneScale(scale(0, 100), { start: 5_000n, end: 5_100n }, []);
    const next = zoomed(part, 0.5, 1_000);
    expect(next === undefined ? 0n : next.end - next.start).toBe(1_000n);
  });
});

describe("lanes with a pause of half an hour", () => {
  const whole = scale(0, 1_880);
  const lanes = laneScale(whole, whole, [gap(40, 1_840)]);

  test("the pause is folded in place, with a tick at its end", () => {
    expect(foldsOn(lanes).map(({ from, to, length }) => [from, to, Number(length) / 1e9])).toEqual([
      [0.48, 0.52, 1_800],
    ]);
    expect(ticksOf(lanes, 1_000)).toEqual([
      "0 0",
      "120 10 s",
      "240 20 s",
      "360 30 s",
      "520 30:40",
      "640 30:50",
      "760 31:00",
      "880 31:10",
    ]);
  });

  test("zooming and panning treat the pause as short as it is shown", () => {
    const part = zoomed(lanes, 0, 2);
    expect(words(part)).toBe("0–940");
    const after = panned(laneScale(whole, part ?? whole, [gap(40, 1_840)]), 1);
    expect(words(after)).toBe("940–1880");
  });

  test("a part after the pause has no fold", () => {
    const part = laneScale(whole, scale(1_850, 1_870), [gap(40, 1_840)]);
    expect(foldsOn(part)).toEqual([]);
    expect(placeOn(part, seconds(1_855), seconds(1_860)).left).toBeCloseTo(25);
  });
});
