import { expect, test } from "vitest";
import { fractionOf, momentOf, positionAt } from "../../../src/dashboard/session/replay/timeline.ts";
import type { SessionStreamEvent } from "../../../src/session/contract/stream-events.ts";

const LINE = { start: 1_000, end: 5_000 };

const spans = (...ends: readonly (string | undefined)[]): SessionStreamEvent => ({
  type: "spans",
  received: "9000000000",
  receipt: { encoding: "json", spans: ends.length },
  resourceSpans: [
    {
      scopeSpans: [
        {
          spans: ends.map((end, index) => ({
            traceId: "0af7651916cd43dd8448eb211c80319c",
            spanId: `00f067aa0ba902b${index}`,
            name: "step",
            startTimeUnixNano: "1000000000",
            ...(end === undefined ? {} : { endTimeUnixNano: end }),
          })),
        },
      ],
    },
  ],
});

test("by event the position is the latest end, by arrival the time of receipt", () => {
  const event = spans("2000000000", "3500000000", undefined);
  expect([momentOf(event, "event"), momentOf(event, "arrival")]).toEqual([3_500, 9_000]);
});

test("the time of log records is their own time", () => {
  const event: SessionStreamEvent = {
    type: "logs",
    received: "9000000000",
    receipt: { encoding: "json", spans: 0, records: 2 },
    traceId: "0af7651916cd43dd8448eb211c80319c",
    resourceLogs: [{ scopeLogs: [{ logRecords: [{ timeUnixNano: "4000000000" }, { timeUnixNano: "2500000000" }] }] }],
  };
  expect([momentOf(event, "event"), momentOf(event, "arrival")]).toEqual([4_000, 9_000]);
});

test("an event without spans does not move the position", () => {
  expect([momentOf({ type: "reset" }, "event"), momentOf(spans(), "event")]).toEqual([undefined, undefined]);
});

test("between two events the position advances at the speed, never past the end", () => {
  const sample = { at: 2_000, since: 100, speed: 10 };
  expect([100, 150, 200, 10_000].map((now) => positionAt(sample, now, LINE))).toEqual([2_000, 2_500, 3_000, 5_000]);
});

test("a paused position does not move", () => {
  expect(positionAt({ at: 2_000, since: 0, speed: 0 }, 123_456, LINE)).toBe(2_000);
});

test("a fraction is of the whole, also if the whole has no duration", () => {
  expect([0, 1_000, 2_000, 9_000].map((at) => fractionOf(LINE, at))).toEqual([0, 0, 0.25, 1]);
  expect(fractionOf({ start: 7, end: 7 }, 7)).toBe(1);
});
