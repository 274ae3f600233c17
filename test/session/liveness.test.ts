import { describe, expect, test } from "vitest";
import { GIVEN_UP_MILLIS, liveness, LIVENESS_TRANSITIONS, UNANSWERED_MILLIS } from "../../src/session/liveness.ts";
import type { LivenessFacts } from "../../src/session/summary.ts";

const NOW = 1_790_000_000_000;
const SETTLED: LivenessFacts = {
  lastArrival: `${NOW}000000`,
  running: 0,
  awaitedParents: 0,
  missingParents: 0,
  failed: false,
};
const RUNNING: LivenessFacts = { ...SETTLED, running: 2, oldestRunning: { name: "llm.large", start: "1" } };
const ASKED = { question: "Which city?", query: "travel", tool: "book", since: `${NOW - 5000}000000` };
const AWAITING: LivenessFacts = { ...SETTLED, awaitedParents: 3, missingParents: 1 };

/** Statuses of unchanged facts over time: "from second on: state". */
function course(facts: LivenessFacts): string[] {
  const states: string[] = [];
  let last = "";
  for (let second = 0; second <= 700; second++) {
    const { status, open, missingParents } = liveness(facts, NOW + second * 1000);
    const state = `${status}${open ? ` on ${open.name}` : ""}${missingParents > 0 ? `, ${missingParents} missing` : ""}`;
    if (state !== last) states.push(`${second}: ${state}`);
    last = state;
  }
  return states;
}

describe("without new data", () => {
  // spec: LIVE-4
  test("a session with nothing open is finished, or failed, after ten seconds", () => {
    expect(course(SETTLED)).toEqual(["0: running", "10: finished"]);
    expect(course({ ...SETTLED, failed: true })).toEqual(["0: running", "10: failed"]);
    expect(course({ ...SETTLED, missingParents: 2 })).toEqual(["0: running, 2 missing", "10: finished, 2 missing"]);
  });

  // spec: LIVE-3
  test("a session with a running span is idle after thirty seconds, and stalls after two minutes", () => {
    expect(course(RUNNING)).toEqual(["0: running", "30: idle on llm.large", "120: stalled on llm.large"]);
    expect(course({ ...RUNNING, failed: true, awaitedParents: 1 })).toEqual([
      "0: running",
      "30: idle on llm.large",
      "120: stalled on llm.large",
      "600: stalled on llm.large, 1 missing",
    ]);
  });

  // spec: LIVE-5
  test("a session that awaits a parent never stalls; after ten minutes the parent is missing", () => {
    expect(course(AWAITING)).toEqual(["0: running, 1 missing", "30: idle, 1 missing", "600: finished, 4 missing"]);
    expect(course({ ...AWAITING, failed: true }).at(-1)).toBe("600: failed, 4 missing");
  });

  // spec: LIVE-2
  test("a session with an input request waits for a day, whatever else is open", () => {
    const turns = (facts: LivenessFacts) => LIVENESS_TRANSITIONS.map((turn) => liveness(facts, NOW + turn).status);
    expect(turns({ ...SETTLED, waiting: ASKED })).toEqual(["waiting", "waiting", "waiting", "waiting", "finished"]);
    expect(turns({ ...RUNNING, waiting: ASKED, failed: true })).toEqual([
      "waiting",
      "waiting",
      "waiting",
      "waiting",
      "stalled",
    ]);
    expect(liveness({ ...AWAITING, waiting: ASKED }, NOW + GIVEN_UP_MILLIS)).toEqual({
      status: "waiting",
      waiting: { ...ASKED, forMillis: GIVEN_UP_MILLIS + 5000 },
      silentMillis: GIVEN_UP_MILLIS,
      missingParents: 4,
    });
    expect(liveness({ ...SETTLED, waiting: ASKED }, NOW + UNANSWERED_MILLIS - 1).status).toBe("waiting");
    expect(liveness({ ...SETTLED, waiting: ASKED }, NOW - 9000).waiting?.forMillis).toBe(0);
  });

  // spec: LIVE-1
  test("silence changes the status at the listed transitions only", () => {
    const facts = [SETTLED, RUNNING, AWAITING, { ...SETTLED, failed: true }, { ...RUNNING, waiting: ASKED }];
    for (const one of facts) {
      const turned = [];
      for (let second = 1; second <= 87_000; second++) {
        const [before, after] = [second - 1, second].map((silent) => liveness(one, NOW + silent * 1000));
        if (before?.status !== after?.status) turned.push(second * 1000);
      }
      expect(turned.filter((turn) => !LIVENESS_TRANSITIONS.includes(turn))).toEqual([]);
    }
  });

  test("durations are exact to the millisecond", () => {
    expect(liveness(RUNNING, NOW + 29_999)).toEqual({ status: "running", silentMillis: 29_999, missingParents: 0 });
    expect(liveness(RUNNING, NOW + 252_345)).toEqual({
      status: "stalled",
      open: { name: "llm.large", forMillis: 252_345 },
      silentMillis: 252_345,
      missingParents: 0,
    });
  });

  // spec: LIVE-8
  test("a clock that is behind the last arrival means no silence", () => {
    expect(liveness(SETTLED, NOW - 5000)).toEqual({ status: "running", silentMillis: 0, missingParents: 0 });
  });
});

describe("late data reverses", () => {
  const later = NOW + 700_000;
  const heard = (facts: LivenessFacts, secondsAgo: number) => ({
    ...facts,
    lastArrival: `${later - secondsAgo * 1000}000000`,
  });

  test.each([
    ["finished", SETTLED, "running", heard(RUNNING, 1)],
    ["finished", SETTLED, "idle", heard(AWAITING, 40)],
    ["finished", SETTLED, "failed", heard({ ...SETTLED, failed: true }, 20)],
    ["failed", { ...SETTLED, failed: true }, "running", heard({ ...RUNNING, failed: true }, 1)],
    ["failed", { ...SETTLED, failed: true }, "finished", heard(SETTLED, 20)],
    ["waiting", { ...heard(RUNNING, 60), waiting: ASKED }, "running", heard(RUNNING, 1)],
    ["waiting", { ...heard(RUNNING, 60), waiting: ASKED }, "idle", heard(RUNNING, 60)],
    ["waiting", { ...RUNNING, waiting: ASKED }, "stalled", RUNNING],
    ["waiting", { ...SETTLED, waiting: ASKED }, "finished", SETTLED],
    ["waiting", { ...SETTLED, waiting: ASKED }, "failed", { ...SETTLED, failed: true }],
    ["finished", SETTLED, "waiting", { ...SETTLED, waiting: ASKED }],
    ["failed", { ...SETTLED, failed: true }, "waiting", { ...SETTLED, failed: true, waiting: ASKED }],
    ["running", heard(RUNNING, 1), "waiting", { ...heard(RUNNING, 1), waiting: ASKED }],
    ["idle", heard(AWAITING, 40), "waiting", { ...heard(AWAITING, 40), waiting: ASKED }],
    ["stalled", RUNNING, "waiting", { ...RUNNING, waiting: ASKED }],
    ["running", heard(SETTLED, 1), "finished", heard(SETTLED, 15)],
    ["idle", heard(RUNNING, 60), "running", heard(RUNNING, 2)],
    ["idle", heard(RUNNING, 60), "finished", heard(SETTLED, 15)],
    ["idle", heard(RUNNING, 60), "failed", heard({ ...SETTLED, failed: true }, 15)],
    ["stalled", RUNNING, "failed", heard({ ...SETTLED, failed: true }, 15)],
    ["stalled", RUNNING, "running", heard(RUNNING, 0)],
    ["stalled", RUNNING, "idle", heard(RUNNING, 60)],
    ["stalled", RUNNING, "finished", heard(SETTLED, 15)],
    ["finished", AWAITING, "idle", heard(AWAITING, 599)],
  ] as const)("from %s (%o) to %s", (from, before, to, after) => {
    expect([liveness(before, later).status, liveness(after, later).status]).toEqual([from, to]);
  });

  test("a parent is no longer missing once it is received", () => {
    expect(liveness(AWAITING, later).missingParents).toBe(4);
    expect(liveness(heard({ ...SETTLED, missingParents: 1 }, 11), later)).toMatchObject({
      status: "finished",
      missingParents: 1,
    });
  });
});
