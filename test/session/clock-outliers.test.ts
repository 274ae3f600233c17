import { describe, expect, test } from "vitest";
import type { SpanFacts } from "../../src/facts/facts.ts";
import { at } from "../facts/facts-of.ts";
import { foldTrace } from "./fold-of.ts";
import { treeOf } from "./tree-of.ts";
import { viewSpan } from "./view-span.ts";

const DAY = 86_400;
const YEAR = 365 * DAY;

/** One span for each second since the tests' day. */
const spansAt = (service: string, first: number, ...seconds: readonly number[]) =>
  seconds.map((second, n) => viewSpan(first + n, "", { service, start: at(second), end: at(second + 1) }));

/** The session's extent in seconds, by summary and page, and its clock outliers. */
function shown(...spans: readonly ReturnType<typeof viewSpan>[]) {
  const tree = treeOf(spans);
  const { summary } = foldTrace(spans.map(({ facts }): SpanFacts => facts));
  const seconds = (instant: bigint) => Number(instant - at(0)) / 1e9;
  expect([summary.start, summary.end]).toEqual([String(tree.start), String(tree.end)]);
  const absurd = tree.rows.filter(({ badges }) => badges.includes("absurd-time")).map(({ name }) => name);
  return { from: seconds(tree.start), to: seconds(tree.end), absurd };
}

describe("a clock more than a year from the others", () => {
  test("is an outlier, however many spans share it", () => {
    const device = spansAt("device", 10, ...Array.from({ length: 20 }, (_, n) => n - 3 * YEAR));
    const others = [...spansAt("api", 1, 0), ...spansAt("worker", 2, 5)];
    expect(shown(...device, ...others)).toEqual({ from: 0, to: 6, absurd: device.map(({ facts }) => facts.name) });
  });

  test("is one as well in the next year", () => {
    expect(shown(...spansAt("api", 1, 0, 1, 2), ...spansAt("api", 4, 430 * DAY))).toEqual({
      from: 0,
      to: 3,
      absurd: ["span 4"],
    });
  });

  test("is one however many years lie between", () => {
    const years = [2, 4, 6, 8].map((years) => years * YEAR);
    expect(shown(...spansAt("api", 1, 0, 1, 2), ...spansAt("api", 4, ...years))).toMatchObject({ from: 0, to: 3 });
  });

  test("has one vote, for the time of most of its spans", () => {
    const api = [...spansAt("api", 1, 0, 1, 2), ...spansAt("api", 4, -2 * YEAR)];
    const device = spansAt("device", 5, -2 * YEAR);
    expect(shown(...api, ...device)).toEqual({ from: 0, to: 3, absurd: ["span 4", "span 5"] });
  });

  test("of two clocks with as many spans, the later is right: one that was never set is behind", () => {
    expect(shown(...spansAt("api", 1, 0), ...spansAt("device", 2, -5 * YEAR))).toEqual({
      from: 0,
      to: 1,
      absurd: ["span 2"],
    });
  });
});

test("a session may last for years if it never pauses for one", () => {
  const months = Array.from({ length: 8 }, (_, n) => n * 300 * DAY);
  expect(shown(...spansAt("api", 1, ...months))).toEqual({ from: 0, to: 2100 * DAY + 1, absurd: [] });
});
