import { expect, test } from "vitest";
import { openEnd } from "../../../src/dashboard/session/timeline/time-scale.ts";
import { at } from "../../facts/facts-of.ts";

const millis = (seconds: number) => Number(at(seconds) / 1_000_000n);
const facts = (more: { running?: number; awaitedParents?: number }) => ({
  lastArrival: String(at(100)),
  running: 0,
  awaitedParents: 0,
  missingParents: 0,
  failed: false,
  ...more,
});
/** Seconds since the start of the tests' day: the present of counters, and the end of bars. */
const ends = (more: Parameters<typeof facts>[0], now: number, end = 90) => {
  const { counted, drawn } = openEnd(facts(more), at(end), millis(now));
  return [counted === undefined ? "ended" : (counted - millis(0)) / 1000, Number(drawn - at(0)) / 1e9];
};

test("a running span is counted while it runs, and its bar grows while data arrives", () => {
  expect(ends({ running: 1 }, 101)).toEqual([101, 101]);
  expect(ends({ running: 1 }, 129)).toEqual([129, 129]);
  expect(ends({ running: 1 }, 270)).toEqual([270, 130]);
  expect(ends({ running: 1 }, 90_000)).toEqual([90_000, 130]);
});

test("an awaited parent is counted until it is given up", () => {
  expect(ends({ awaitedParents: 1 }, 101)).toEqual([101, 101]);
  expect(ends({ awaitedParents: 1 }, 699)).toEqual([699, 130]);
  expect(ends({ awaitedParents: 1 }, 700)).toEqual(["ended", 90]);
});

test("ended spans and historical spans have the duration in their data", () => {
  expect(ends({}, 101)).toEqual(["ended", 90]);
  expect(ends({ awaitedParents: 1, running: 1 }, 101, -90_000)).toEqual(["ended", -90_000]);
});
