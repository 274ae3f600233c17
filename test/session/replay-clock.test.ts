import { describe, expect, test } from "vitest";
import { ReplayClock } from "../../src/session/replay.ts";
import type { Pace } from "../../src/session/replay.ts";

/** The waits before steps at these times, each read the moment it is due. */
function waits(pace: Partial<Pace>, times: readonly number[]): number[] {
  const clock = new ReplayClock({ speed: 1, idle: 2_000, ...pace });
  let now = 50_000;
  return times.map((at) => {
    const wait = clock.wait(at, now);
    now += wait;
    return wait;
  });
}

describe("a replay keeps the session's time", () => {
  test("divided by its speed", () => {
    expect(waits({}, [1_000, 1_500, 1_600])).toEqual([0, 500, 100]);
    expect(waits({ speed: 10 }, [1_000, 1_500, 1_600])).toEqual([0, 50, 10]);
    expect(waits({ speed: 0.5 }, [1_000, 1_500, 1_600])).toEqual([0, 1_000, 200]);
  });

  test("and waits no longer than it may, whatever the times are", () => {
    expect(waits({}, [0, 4e12, 9e18, 9e18 + 5_000])).toEqual([0, 2_000, 2_000, 2_000]);
    expect(waits({ idle: 0 }, [0, 4e12])).toEqual([0, 0]);
    expect(waits({ idle: 60_000 }, [0, 30_000, 200_000])).toEqual([0, 30_000, 60_000]);
  });

  test("continues at once when time goes back", () => {
    expect(waits({}, [5_000, 1_000, 1_500])).toEqual([0, 0, 500]);
  });

  test("sends steps before `from` at once, and counts from there", () => {
    expect(waits({ from: 3_000 }, [1_000, 2_000, 3_400, 3_500])).toEqual([0, 0, 400, 100]);
  });

  test("adds waits that are too short for a timer to the next step", () => {
    expect(waits({ speed: 1_000 }, [0, 1_000, 2_000, 3_000, 4_000, 5_000])).toEqual([0, 0, 0, 0, 4, 0]);
  });
});

describe("a viewer that is late", () => {
  test("a little gets the missed steps at once, and is on time again", () => {
    const clock = new ReplayClock({ speed: 1, idle: 2_000 });
    const steps = [
      [0, 0],
      [1_000, 1_300],
      [1_500, 1_300],
    ] as const;
    expect(steps.map(([at, now]) => clock.wait(at, now))).toEqual([0, 0, 200]);
  });

  test("a lot has paused, and the replay continues from there", () => {
    const clock = new ReplayClock({ speed: 1, idle: 2_000 });
    const steps = [
      [0, 0],
      [1_000, 61_000],
      [1_500, 61_000],
    ] as const;
    expect(steps.map(([at, now]) => clock.wait(at, now))).toEqual([0, 0, 500]);
  });
});
