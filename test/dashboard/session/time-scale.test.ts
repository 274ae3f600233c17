import { describe, expect, test } from "vitest";
import { around, roomy } from "../../../src/dashboard/session/timeline/time-scale.ts";
import { isOutside, place } from "../../../src/dashboard/session/timeline/bar-place.ts";
import { ticks } from "../../../src/dashboard/session/timeline/time-ticks.ts";

const MILLI = 1_000_000n;
const SECOND = 1000n * MILLI;

const axis = (length: bigint, width = 600): string =>
  ticks({ start: 10n * SECOND, end: 10n * SECOND + length }, width)
    .map(({ label }) => label.replaceAll("\u00a0", " "))
    .join(" | ");

describe("ticks are at round figures", () => {
  test.each([
    [5_000n, "0 | 1 µs | 2 µs | 3 µs | 4 µs"],
    [7n * MILLI, "0 | 1 ms | 2 ms | 3 ms | 4 ms | 5 ms | 6 ms"],
    [850n * MILLI, "0 | 200 ms | 400 ms | 600 ms | 800 ms"],
    [2_400n * MILLI, "0 | 500 ms | 1 s | 1.5 s | 2 s"],
    [42n * SECOND, "0 | 10 s | 20 s | 30 s | 40 s"],
    [252n * SECOND, "0 | 1:00 | 2:00 | 3:00 | 4:00"],
    [3n * 3600n * SECOND, "0 | 30:00 | 1 h | 1 h 30 m | 2 h | 2 h 30 m"],
    [40n * 3600n * SECOND, "0 | 6 h | 12 h | 18 h | 1 d | 1 d 6 h | 1 d 12 h"],
    [9n * 86_400n * SECOND, "0 | 2 d | 4 d | 6 d | 8 d"],
  ])("%d ns", (length, expected) => {
    expect(axis(length)).toBe(expected);
  });

  test("ticks keep their distance on a narrow lane, and are limited for extreme lengths", () => {
    expect(axis(42n * SECOND, 200)).toBe("0 | 30 s");
    expect(ticks({ start: 0n, end: 2n ** 64n }, 600).length).toBeLessThanOrEqual(8);
    expect(ticks({ start: 5n, end: 5n }, 600)).toEqual([{ at: 0, label: "0" }]);
  });
});

test("zoomed, ticks show the time since the session's start", () => {
  const start = 10n * SECOND;
  const zoomed = { start: start + 61_300n * MILLI, end: start + 63_100n * MILLI };
  expect(ticks(zoomed, 300, start).map(({ at, label }) => `${label} at ${at.toFixed(3)}`)).toEqual([
    "1:01.5 at 0.111",
    "1:02 at 0.389",
    "1:02.5 at 0.667",
    "1:03 at 0.944",
  ]);
});

test("zoomed, a long axis counts days, and the hours and minutes of the last one", () => {
  const start = 10n * SECOND;
  const labelsFrom = (hours: number, length: bigint): string => {
    const from = start + BigInt(hours) * 3600n * SECOND;
    return ticks({ start: from, end: from + length }, 300, start)
      .map(({ label }) => label.replaceAll("\u00a0", " "))
      .join(" | ");
  };
  expect(labelsFrom(1462, 8n * 3600n * SECOND)).toBe("60 d 22 h | 61 d | 61 d 2 h | 61 d 4 h");
  expect(labelsFrom(1462, 3600n * SECOND)).toBe("60 d 22 h | 60 d 22:15 | 60 d 22:30 | 60 d 22:45");
  expect(labelsFrom(1462, 60n * SECOND)).toBe("60 d 22:00:00 | 60 d 22:00:15 | 60 d 22:00:30 | 60 d 22:00:45");
  expect(labelsFrom(24, 20n * SECOND)).toBe("1 d | 1 d 0:00:05 | 1 d 0:00:10 | 1 d 0:00:15");
});

test("zooming to a span leaves a margin on both sides, but not before the session", () => {
  expect(around(1_000n, 2_000n, 0n)).toEqual({ start: 899n, end: 2_101n });
  expect(around(1_000n, 2_000n, 950n)).toEqual({ start: 950n, end: 2_101n });
  expect(around(1_000n, 1_000n, 0n)).toEqual({ start: 899n, end: 2_101n });
});

test("a span is outside if no part of it is on the axis", () => {
  const scale = { start: 100n, end: 200n };
  const outside = [
    [0n, 99n],
    [0n, 100n],
    [150n, 160n],
    [200n, 300n],
    [201n, 300n],
    [150n, 20n],
    [50n, 20n],
  ] as const;
  expect(outside.map(([start, end]) => isOutside(scale, start, end))).toEqual([
    true,
    false,
    false,
    false,
    true,
    false,
    true,
  ]);
});

test("a growing axis ends at round figures, and is nearly full", () => {
  const lengths = [1n, 3n, 7n, 10n, 18n, 31n, 50n, 170n, 3_000n].map((seconds) => seconds * SECOND);
  expect(lengths.map((length) => Number(roomy(0n, length)) / 1e9)).toEqual([1.1, 3.5, 8, 11, 20, 35, 55, 180, 3_300]);
  for (let length = 1_000n; length < 10n ** 18n; length = (length * 11n) / 10n)
    expect(Number(length) / Number(roomy(0n, length)), String(length)).toBeGreaterThan(0.8);
});

test("a bar is clipped to the axis", () => {
  const scale = { start: 100n, end: 200n };
  expect(place(scale, 125n, 150n)).toEqual({ left: 25, width: 25 });
  expect(place(scale, 0n, 1000n)).toEqual({ left: 0, width: 100 });
  expect(place(scale, 180n, 120n)).toEqual({ left: 80, width: 0 });
  expect(place({ start: 5n, end: 5n }, 5n, 5n)).toEqual({ left: 0, width: 0 });
});
