import { describe, expect, test } from "vitest";
import { place, roomy, ticks } from "../../src/dashboard/session/time-scale.ts";

const MILLI = 1_000_000n;
const SECOND = 1000n * MILLI;

const axis = (length: bigint, width = 600): string =>
  ticks({ start: 10n * SECOND, end: 10n * SECOND + length }, width)
    .map(({ label }) => label.replaceAll("\u00a0", " "))
    .join(" | ");

describe("ticks fall on figures that people count in", () => {
  test.each([
    [5_000n, "0 | 1 µs | 2 µs | 3 µs | 4 µs"],
    [7n * MILLI, "0 | 2 ms | 4 ms | 6 ms"],
    [850n * MILLI, "0 | 200 ms | 400 ms | 600 ms | 800 ms"],
    [2_400n * MILLI, "0 | 500 ms | 1 s | 1.5 s | 2 s"],
    [42n * SECOND, "0 | 10 s | 20 s | 30 s | 40 s"],
    [252n * SECOND, "0 | 1:00 | 2:00 | 3:00 | 4:00"],
    [3n * 3600n * SECOND, "0 | 30:00 | 1 h | 1 h 30 m | 2 h | 2 h 30 m"],
    [9n * 86_400n * SECOND, "0 | 2 d | 4 d | 6 d | 8 d"],
  ])("%d ns", (length, expected) => {
    expect(axis(length)).toBe(expected);
  });

  test("they keep their distance on a narrow lane, and absurd lengths end", () => {
    expect(axis(42n * SECOND, 200)).toBe("0 | 30 s");
    expect(ticks({ start: 0n, end: 2n ** 64n }, 600).length).toBeLessThanOrEqual(7);
    expect(ticks({ start: 5n, end: 5n }, 600)).toEqual([{ at: 0, label: "0" }]);
  });
});

test("an axis that grows rests between round figures", () => {
  expect([1n, 3n, 7n, 18n, 50n, 170n].map((seconds) => roomy(0n, seconds * SECOND) / SECOND)).toEqual([
    2n,
    5n,
    10n,
    30n,
    60n,
    300n,
  ]);
});

test("a bar lies within the axis, also where its times do not", () => {
  const scale = { start: 100n, end: 200n };
  expect(place(scale, 125n, 150n)).toEqual({ left: 25, width: 25 });
  expect(place(scale, 0n, 1000n)).toEqual({ left: 0, width: 100 });
  expect(place(scale, 180n, 120n)).toEqual({ left: 80, width: 0 });
  expect(place({ start: 5n, end: 5n }, 5n, 5n)).toEqual({ left: 0, width: 0 });
});
