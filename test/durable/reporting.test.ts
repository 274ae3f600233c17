import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { SessionState } from "../../src/durable/session/state.ts";
import type { SessionSummary } from "../../src/session/summary.ts";
import { deliveryOf } from "./deliveries.ts";
import { someSpans, traceIdOf } from "./spans.ts";
import * as world from "./world.ts";

const TRACE = traceIdOf("trace");

beforeEach(world.freshWorld);
afterEach(() => void vi.restoreAllMocks());

/** "report" for each time that a session is folded for one. */
function recordReports(): string[] {
  const events: string[] = [];
  const states: { summary: (this: SessionState) => SessionSummary | undefined } = SessionState.prototype;
  const { summary } = states;
  vi.spyOn(states, "summary").mockImplementation(function (this: SessionState) {
    events.push("report");
    return summary.call(this);
  });
  return events;
}

test("a delivery to a large session is answered before its next report is made", async () => {
  await world.append(deliveryOf(someSpans(TRACE, 1, 1_000)));
  await world.rest([TRACE]);
  const events = recordReports();
  expect(await world.append(deliveryOf(someSpans(TRACE, 1_001, 1)))).toEqual({ outcome: "appended" });
  events.push("answer");
  await world.rest([TRACE]);
  expect(events.slice(0, 2)).toEqual(["answer", "report"]);
  expect(await world.listed("all")).toMatchObject([{ id: TRACE, spans: 1_001 }]);
});

test("so is the first report of a session that was deleted, and begins anew", async () => {
  await world.append(deliveryOf(someSpans(TRACE, 1, 1_000)));
  await world.rest([TRACE]);
  expect((await world.request(`/sessions/${TRACE}`, { method: "DELETE" })).status).toBe(204);
  await world.rest([TRACE]);
  world.pass(60_000);
  const events = recordReports();
  expect(await world.append(deliveryOf(someSpans(TRACE, 1, 1_000)))).toEqual({ outcome: "appended" });
  expect([...events, "answer"]).toEqual(["report", "answer"]);
});

test("the first report of a session, which makes the list show it, is made before the answer", async () => {
  const events = recordReports();
  expect(await world.append(deliveryOf(someSpans(TRACE, 1, 1_000)))).toEqual({ outcome: "appended" });
  expect([...events, "answer"]).toEqual(["report", "answer"]);
  expect(await world.listed("all")).toMatchObject([{ id: TRACE, spans: 1_000 }]);
});
