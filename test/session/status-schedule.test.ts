import { describe, expect, test } from "vitest";
import { liveness, LIVENESS_TRANSITIONS } from "../../src/session/liveness.ts";
import { statusAfter, statusSchedule } from "../../src/session/list/list-filter.ts";
import type { LivenessFacts } from "../../src/session/summary.ts";
import { law, seedsFrom } from "../law.ts";
import { Random } from "./seeded-random.ts";

const ARRIVAL = 1_790_000_000_000;

function someFacts(random: Random): LivenessFacts {
  const running = random.pick([0, 0, 1, 3]);
  const waiting = { question: "Deploy?", since: `${ARRIVAL - random.below(5_000)}000000` };
  return {
    lastArrival: `${ARRIVAL}000000`,
    running,
    ...(running > 0 ? { oldestRunning: { name: "agent", start: `${ARRIVAL}000000` } } : {}),
    awaitedParents: random.pick([0, 0, 2]),
    missingParents: random.below(2),
    failed: random.chance(0.4),
    ...(random.chance(0.3) ? { waiting } : {}),
  };
}

describe("a schedule of statuses", () => {
  // spec: LIVE-10
  law("equals liveness at any time", seedsFrom(9100, 20), (seed) => {
    const random = new Random(seed);
    const facts = someFacts(random);
    const schedule = statusSchedule(facts);
    const silences = LIVENESS_TRANSITIONS.flatMap((turn) => [turn - 1, turn, turn + 1]);
    for (let n = 0; n < 50; n++) silences.push(random.below(2 * (LIVENESS_TRANSITIONS.at(-1) ?? 0)));
    for (const silence of [-5_000, 0, ...silences])
      expect([silence, statusAfter(schedule, silence)]).toEqual([silence, liveness(facts, ARRIVAL + silence).status]);
  });

  test("has a step for each status, and the last one stays", () => {
    const none = { lastArrival: `${ARRIVAL}000000`, awaitedParents: 0, missingParents: 0, failed: false };
    expect(statusSchedule({ ...none, running: 1 })).toEqual([
      { after: 0, status: "running" },
      { after: 30_000, status: "idle" },
      { after: 120_000, status: "stalled" },
    ]);
    expect(statusSchedule({ ...none, running: 0, failed: true })).toEqual([
      { after: 0, status: "running" },
      { after: 10_000, status: "failed" },
    ]);
  });
});
