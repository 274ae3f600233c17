import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { DisplayedSession } from "../../../src/dashboard/session/display-fold.ts";
import { OUT_OF_VIEW, RowFold } from "../../../src/dashboard/session/transcript/row-fold.ts";
import { SessionView } from "../../../src/session/view/session-view.ts";
import type { Span } from "../../../src/otel/span.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";

const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });

const span = (id: number, end: number, attributes: Span["attributes"]): Span => ({
  traceId: TRACE,
  spanId: id.toString(16).padStart(16, "0"),
  ...(id === 1 ? {} : { parentSpanId: "0000000000000001" }),
  name: "planner",
  startTimeUnixNano: String(id * 1_000),
  endTimeUnixNano: String(end),
  ...(attributes && { attributes }),
});

beforeEach(() => void vi.useFakeTimers({ toFake: ["performance"] }));
afterEach(() => void vi.useRealTimers());

/** A session whose one turn gets an answer more with each call, and the texts of its rows. */
function growingSession() {
  const view = new SessionView("s-1");
  let count = 1;
  const send = (one: Span): void =>
    view.apply({
      type: "spans",
      received: String(count),
      receipt: { encoding: "json", spans: 1 },
      resourceSpans: [{ scopeSpans: [{ spans: [one] }] }],
    });
  send(span(1, 900_000, undefined));
  const displayed = (newRows: DisplayedSession["newRows"]): DisplayedSession => {
    const summary = view.summary();
    if (summary === undefined) throw new Error("nothing was received");
    const tree = view.tree();
    return { summary, tree, view, queries: view.queries(), logs: [], last: [], newRows, of: "whole" };
  };
  const grow = (newRows: DisplayedSession["newRows"] = "counted", where: "here" | "in a new turn" = "here") => {
    count++;
    const said = JSON.stringify([{ role: "assistant", parts: [{ type: "text", content: `Answer ${count}.` }] }]);
    const model = span(count, count * 1_000 + 900, [
      text("gen_ai.operation.name", "chat"),
      text("gen_ai.request.model", "m"),
      text("gen_ai.output.messages", said),
    ]);
    if (where === "here") send(model);
    else {
      const { parentSpanId: _, ...root } = model;
      send({ ...root, traceId: count.toString(16).padStart(32, "1") });
    }
    return displayed(newRows);
  };
  const fold = new RowFold(view);
  const answers = (): number => fold.rows.blocks.flat().filter(({ of }) => of.kind === "text").length;
  return { grow, fold, answers };
}

const outOfView = () => true;
const inView = () => false;

test("rows out of view grow at once after a rest, then seldom", () => {
  const { grow, fold, answers } = growingSession();
  expect(fold.follow(grow("expected"), outOfView)).toBe(0);
  expect(fold.follow(grow(), outOfView)).toBe(0);
  expect(answers()).toBe(2);
  vi.advanceTimersByTime(1_000);
  expect(fold.follow(grow(), outOfView)).toBe(OUT_OF_VIEW - 1_000);
  vi.advanceTimersByTime(1_000);
  const last = grow();
  expect(fold.follow(last, outOfView)).toBe(OUT_OF_VIEW - 2_000);
  expect({ answers: answers(), isWaiting: fold.isWaiting }).toEqual({ answers: 2, isWaiting: true });
  vi.advanceTimersByTime(OUT_OF_VIEW - 2_000);
  expect(fold.follow(last, outOfView)).toBe(0);
  expect({ answers: answers(), isWaiting: fold.isWaiting }).toEqual({ answers: 4, isWaiting: false });
});

test("rows that come into view, or change there, are folded at once", () => {
  const { grow, fold, answers } = growingSession();
  fold.follow(grow("expected"), outOfView);
  const before = grow();
  fold.follow(before, outOfView);
  vi.advanceTimersByTime(10);
  const next = grow();
  const asked: DisplayedSession[] = [];
  expect(fold.follow(next, (since) => asked.push(since) > 0)).toBeGreaterThan(0);
  expect(asked).toEqual([before]);
  expect(fold.follow(next, inView)).toBe(0);
  expect(answers()).toBe(3);
});

test("new turns out of view have no steps until the reader comes near", () => {
  const { grow, fold, answers } = growingSession();
  fold.follow(grow("expected"), outOfView);
  fold.follow(grow(), outOfView);
  const kinds = (): readonly string[] => fold.rows.blocks.map((block) => block.map(({ of }) => of.kind).join(" "));
  for (let turn = 0; turn < 2; turn++) {
    vi.advanceTimersByTime(OUT_OF_VIEW);
    expect(fold.follow(grow("counted", "in a new turn"), outOfView)).toBe(0);
  }
  expect(kinds()).toEqual(["turn text text", "turn", "turn"]);
  expect(fold.rows).toMatchObject({ left: 2, are: "grown" });
  // What changes in turns that were folded is folded all the same.
  vi.advanceTimersByTime(OUT_OF_VIEW);
  const last = grow();
  expect(fold.follow(last, outOfView)).toBe(0);
  expect({ answers: answers(), left: fold.rows.left }).toEqual({ answers: 3, left: 2 });
  vi.advanceTimersByTime(10);
  expect(fold.follow(last, outOfView)).toBe(0);
  expect(fold.rows.left).toBe(2);
  expect(fold.follow(last, inView)).toBe(0);
  expect(kinds()).toEqual(["turn text text text", "turn text", "turn text"]);
  expect(fold.rows.left).toBe(0);
});
