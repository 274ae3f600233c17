import { expect, test } from "vitest";
import { groupOf } from "../../../src/session/list/list-groups.ts";
import { liveness } from "../../../src/session/liveness.ts";
import type { LivenessFacts } from "../../../src/session/summary.ts";

const QUIET: LivenessFacts = {
  lastArrival: "1790000000000000000",
  running: 0,
  awaitedParents: 0,
  missingParents: 0,
  failed: false,
};

/** By minutes of silence. */
const groups = (facts: Partial<LivenessFacts>, ...minutes: number[]): string =>
  minutes.map((after) => groupOf(liveness({ ...QUIET, ...facts }, 1_790_000_000_000 + after * 60_000))).join(", ");

test("a question needs the reader until it is no longer expected to be answered", () => {
  const waiting = { question: "Deploy?", since: QUIET.lastArrival };
  expect(groups({ waiting }, 0, 60, 1_439, 1_440)).toBe("needs-you, needs-you, needs-you, rest");
});

test("a session that stalls needs a look for an hour", () => {
  expect(groups({ running: 1 }, 0, 1, 2, 59, 60, 10_000)).toBe("running, running, needs-you, needs-you, rest, rest");
});

test("what waits for its parents runs, and what ended is the rest", () => {
  expect(groups({ awaitedParents: 1 }, 0, 5, 10)).toBe("running, running, rest");
  expect(groups({ failed: true }, 0, 1)).toBe("running, rest");
});
