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
  const grow = (newRows: DisplayedSession["newRows"] = "counted"): DisplayedSession => {
    count++;
    const said = JSON.stringify([{ role: "assistant", parts: [{ type: "text", content: `Answer ${count}.` }] }]);
    send(
      span(count, count * 1_000 + 900, [
        text("gen_ai.operation.name", "chat"),
        text("gen_ai.request.model", "m"),
        text("gen_ai.output.messages", said),
      ]),
    );
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
