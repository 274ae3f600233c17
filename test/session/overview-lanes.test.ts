import { expect, test } from "vitest";
import type { SpanFacts } from "../../src/facts/facts.ts";
import { MAX_LANES, overviewLanes } from "../../src/session/overview-lanes.ts";
import type { ViewSpan } from "../../src/session/tree/tree.ts";
import { at } from "../facts/facts-of.ts";
import { treeOf } from "./tree-of.ts";
import { viewSpan } from "./view-span.ts";

const span = (id: number, parent: number | "", times: readonly [number, number?], more: Partial<SpanFacts> = {}) =>
  viewSpan(id, parent, {
    start: at(times[0]),
    ...(times[1] === undefined ? { running: true, end: 0n } : { end: at(times[1]) }),
    ...more,
  });

const agent = (name: string): Partial<SpanFacts> => ({ kind: "agent", agent: name });
const tool: Partial<SpanFacts> = { kind: "tool", tool: "ls" };
const model: Partial<SpanFacts> = { kind: "llm", model: "gpt-4o" };

/** `engineer: models 1–4, tools 4– failed`. */
const print = (spans: readonly ViewSpan[]): readonly string[] =>
  overviewLanes(treeOf(spans)).map(({ name, parts }) => {
    const second = (time: bigint): number => Number(time - at(0)) / 1e9;
    const words = parts
      .flatMap(({ steps }) => steps)
      .map(
        ({ group, start, end, running, failed }) =>
          `${group} ${second(start)}–${running ? "" : second(end)}${failed ? " failed" : ""}`,
      );
    return `${name || "no agent"}: ${words.join(", ")}`;
  });

test("each agent has a lane of its steps, runs of one agent share it", () => {
  const spans = [
    span(1, "", [0, 20], { kind: "query" }),
    span(2, 1, [0, 1], model),
    span(3, 1, [1, 9], agent("engineer")),
    span(4, 3, [1, 4], model),
    span(5, 3, [4, 9], tool),
    span(6, 5, [5, 9], agent("analyst")),
    span(7, 6, [5, 8], { ...model, error: true }),
    span(8, 1, [10, 20], agent("engineer")),
    span(9, 8, [11], tool),
    // What lies between the steps is not drawn.
    span(10, 8, [12, 13], { kind: "http" }),
  ];
  expect(print(spans)).toEqual([
    "no agent: models 0–1",
    "engineer: models 1–4, tools 4–9, tools 11–",
    "analyst: models 5–8 failed",
  ]);
});

test("a session without models and tools shows what contains nothing else", () => {
  expect(print([span(1, "", [0, 3], { kind: "http" }), span(2, 1, [1, 2], { kind: "db" })])).toEqual([
    "no agent: plumbing 1–2",
  ]);
  expect(print([])).toEqual([]);
});

test("agents beyond the last lane share it", () => {
  const spans = Array.from({ length: 60 }, (_, n) => [
    span(2 * n + 1, "", [n, n + 1], agent(`agent ${n}`)),
    span(2 * n + 2, 2 * n + 1, [n, n + 1], model),
  ]).flat();
  const lanes = print(spans);
  expect([lanes.length, lanes[0], lanes.at(-1)?.slice(0, 40)]).toEqual([
    MAX_LANES,
    "agent 0: models 0–1",
    "49 agents: models 11–12, models 12–13, m",
  ]);
});
