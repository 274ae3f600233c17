import { describe, expect, test } from "vitest";
import { foldedAxis } from "../../../src/session/timing/folded-axis.ts";
import { law, seedsFrom } from "../../law.ts";
import { Random } from "../seeded-random.ts";

const seconds = (value: number): bigint => BigInt(Math.round(value * 1e9));
const between = (from: number, to: number) => ({ from: seconds(from), to: seconds(to) });
const percent = (fraction: number): number => Math.round(fraction * 1000) / 10;

describe("an axis with folded gaps", () => {
  test("gives a pause of an hour little room, and the rest to the work", () => {
    const axis = foldedAxis(between(0, 3_620), [between(10, 3_610)]);
    const places = [0, 5, 10, 1_810, 3_610, 3_615, 3_620].map((at) => [at, percent(axis.fractionOf(seconds(at)))]);
    expect(places).toEqual([
      [0, 0],
      [5, 24],
      [10, 48],
      [1_810, 50],
      [3_610, 52],
      [3_615, 76],
      [3_620, 100],
    ]);
    expect(axis.folds.map(({ from, to }) => [percent(from), percent(to)])).toEqual([[48, 52]]);
  });

  test("without gaps is even, and times outside are at its ends", () => {
    const axis = foldedAxis(between(10, 20), [between(2, 4), between(19, 25)]);
    expect([0, 10, 12.5, 20, 99].map((at) => percent(axis.fractionOf(seconds(at))))).toEqual([0, 0, 25, 100, 100]);
    expect([-1, 0, 0.25, 1, 2].map((at) => Number(axis.timeAt(at)) / 1e9)).toEqual([10, 10, 12.5, 20, 20]);
  });

  test("of many gaps keeps most of its room for the work", () => {
    const gaps = Array.from({ length: 100 }, (_, n) => between(n * 10 + 1, n * 10 + 10));
    const axis = foldedAxis(between(0, 1_000), gaps);
    const folded = axis.folds.reduce((sum, { from, to }) => sum + to - from, 0);
    expect([axis.folds.length, percent(folded)]).toEqual([100, 30]);
  });

  test("of nothing but a gap, or of no time, does not fold", () => {
    expect(foldedAxis(between(0, 10), [between(0, 10)]).folds).toEqual([]);
    const moment = foldedAxis(between(5, 5), []);
    expect([moment.fractionOf(seconds(5)), moment.timeAt(0.5)]).toEqual([0, seconds(5)]);
  });
});

law("later is never further left, and each place leads back to its time", seedsFrom(8_000, 200), (seed) => {
  const random = new Random(seed);
  const cuts = Array.from({ length: 2 * random.below(6) }, () => random.below(1_000)).toSorted((a, b) => a - b);
  const gaps = cuts.flatMap((from, at) => {
    const to = cuts[at + 1] ?? from;
    return at % 2 === 0 && to > from ? [between(from, to)] : [];
  });
  const axis = foldedAxis(between(0, 1_000), gaps);
  let before = 0;
  for (let at = 0; at <= 1_000; at += 10) {
    const fraction = axis.fractionOf(seconds(at));
    expect(fraction).toBeGreaterThanOrEqual(before);
    expect(Math.abs(Number(axis.timeAt(fraction)) / 1e9 - at)).toBeLessThan(0.001);
    before = fraction;
  }
  expect(before).toBe(1);
});
