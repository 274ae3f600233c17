import { expect, test } from "vitest";
import type { SpanFacts } from "../../src/facts/facts.ts";
import { newestStep, type ChangeTime } from "../../src/session/newest-step.ts";
import type { ViewSpan } from "../../src/session/tree/tree.ts";
import { at } from "../facts/facts-of.ts";
import { treeOf } from "./tree-of.ts";
import { viewSpan } from "./view-span.ts";

/** `received`: the second of its export. */
const span = (
  id: number,
  parent: number | "",
  received: number,
  times: readonly [number, number?],
  more: Partial<SpanFacts> = {},
): ViewSpan => ({
  ...viewSpan(id, parent, {
    start: at(times[0]),
    ...(times[1] === undefined ? { running: true, end: 0n } : { end: at(times[1]) }),
    ...more,
  }),
  received: String(at(received)),
});

const agent: Partial<SpanFacts> = { kind: "agent", agent: "a" };
const tool: Partial<SpanFacts> = { kind: "tool", tool: "t" };

const newest = (spans: readonly ViewSpan[], by: ChangeTime = "received"): number | undefined => {
  const row = newestStep(treeOf(spans), by);
  return row === undefined ? undefined : Number(row.spanId);
};

test("is the step that came last, wherever its agent stands", () => {
  const spans = [
    span(1, "", 1, [0], agent),
    span(2, 1, 9, [2, 8], tool),
    span(3, "", 1, [1], agent),
    span(4, 3, 5, [3, 4], tool),
  ];
  expect(newest(spans)).toBe(2);
  expect(newest([...spans, span(5, 3, 10, [9], tool)])).toBe(5);
  expect(newest([])).toBe(undefined);
});

test("of one export is the step that began or ended last, not what lies between", () => {
  const spans = [
    span(1, "", 5, [0, 9], { kind: "http" }),
    span(2, 1, 5, [1, 8], agent),
    span(3, 2, 5, [1, 8], tool),
    span(4, 2, 5, [2, 4], tool),
  ];
  expect(newest(spans)).toBe(3);
});

test("in a replay is what happened last, as all of it was received long ago", () => {
  const spans = [span(1, "", 9, [0, 9], agent), span(2, 1, 9, [1, 3], tool), span(3, 1, 2, [9.5], tool)];
  expect([newest(spans), newest(spans, "happened")]).toEqual([2, 3]);
});

test("is no agent or turn that ends after its steps: its row stands above them", () => {
  const spans = [span(1, "", 9, [0, 9], { kind: "query" }), span(2, 1, 8, [1, 8], agent), span(3, 2, 7, [2, 7], tool)];
  expect([newest(spans), newest(spans, "happened")]).toEqual([3, 3]);
  expect(newest([...spans, span(4, 1, 9, [8.5], agent)])).toBe(4);
});

test("is the question of a tool that waits for its answer", () => {
  const inputRequest = { state: "open", since: at(1), task: "", question: "Go on?" } as const;
  const spans = [span(1, "", 2, [0], tool), span(2, 1, 1, [1], { kind: "internal", inputRequest })];
  expect(newest(spans)).toBe(2);
});
