import { beforeEach, describe, expect, test, vi } from "vitest";
import type { MockInstance } from "vitest";
import { ActiveSessions, DirectoryObject } from "../../src/durable/directory/object.ts";
import { ArkStream, names } from "../ark/ark-stream.ts";
import type { Faults, Strike } from "./faults.ts";
import { moveLogsEarly } from "./moving-logs.ts";
import { TRACE } from "./receivers.ts";
import { aSpan, someSpans } from "./spans.ts";
import * as world from "./world.ts";

let faults: Faults;
moveLogsEarly((installed) => (faults = installed));

describe("the next report of a log that moves", () => {
  const HOUR = 3_600_000;
  let reports: MockInstance<DirectoryObject["report"]>;

  beforeEach(() => {
    reports = vi.spyOn(DirectoryObject.prototype, "report");
  });

  /** The shard reports the log, which then moves. The directory answers this interval, in milliseconds. */
  async function move(interval: number): Promise<void> {
    vi.spyOn(ActiveSessions.prototype, "interval").mockReturnValue(interval);
    await world.deliver(someSpans(TRACE, 1, 5));
    await faults.quiet();
    expect(await world.hasMoved(TRACE)).toBe(true);
    expect(reports).toHaveBeenCalledTimes(1);
  }

  /** After so many milliseconds, as its own object counts them, the log is reported, and not by the alarm a second before. */
  async function expectReportAfter(millis: number): Promise<void> {
    world.pass(millis - 1_000);
    await world.fireAlarm(TRACE);
    expect(reports).toHaveBeenCalledTimes(1);
    world.pass(1_000);
    await world.fireAlarm(TRACE);
    expect(reports).toHaveBeenCalledTimes(2);
  }

  test("comes when it is due, not because the log moved", async () => {
    await world.deliver(someSpans(TRACE, 1, 2));
    await faults.quiet();
    await world.rest([TRACE]);
    reports.mockClear();
    world.pass(60_000);
    await world.deliver(someSpans(TRACE, 3, 2));
    await world.until(async () => await world.hasMoved(TRACE));
    await faults.quiet();
    const atOnce = reports.mock.calls.length;
    await world.deliver([aSpan(TRACE, 5)]);
    await faults.quiet();
    const soon = reports.mock.calls.length;
    world.pass(2_000);
    await world.fireAlarm(TRACE);
    // With all that came since the last one.
    expect([atOnce, soon, reports.mock.calls.length]).toEqual([1, 1, 2]);
    expect((await world.listed("all")).map(({ spans }) => spans)).toEqual([5]);
    await world.rest([TRACE]);
    expect(reports).toHaveBeenCalledTimes(2);
  });

  test.each([
    ["agrees with", 0],
    ["is 7 s ahead of", 7_000],
    ["is 7 s behind", -7_000],
    ["is an hour ahead of", HOUR],
    ["is an hour behind", -HOUR],
  ])("waits for what is left of its interval, if the clock of its object %s the shard's", async (_, ahead) => {
    // More than 2,000 sessions a minute report.
    for (const interval of [2_000, 20_000]) {
      await world.freshWorld();
      reports.mockClear();
      faults.meanwhile = async ({ method }) => {
        await Promise.resolve();
        if (method === "openMoved") world.pass(ahead);
      };
      await move(interval);
      await expectReportAfter(interval);
    }
  });

  test.each<readonly [string, Strike]>([
    ["could not be reached", "it is not sent"],
    ["gets the first call after the second", "it arrives late"],
    ["took the first call, and whose shard then died", "the calling object dies meanwhile"],
  ])("is due at the same time with each call of its object: one that %s", async (_, strike) => {
    let calls = 0;
    faults.follow(({ method }) => (method === "openMoved" && ++calls === 1 ? strike : undefined));
    await move(20_000);
    world.pass(6_000);
    await world.fireAlarm(TRACE);
    await faults.quiet();
    expect(calls).toBe(2);
    await faults.arrive();
    await expectReportAfter(14_000);
  });

  test("comes with the second call of its object, if it is due then", async () => {
    let calls = 0;
    faults.follow(({ method }) => (method === "openMoved" && ++calls === 1 ? "it is not sent" : undefined));
    await move(2_000);
    world.pass(6_000);
    await world.fireAlarm(TRACE);
    await faults.quiet();
    expect([calls, reports.mock.calls.length]).toEqual([2, 2]);
  });

  test("comes with the next spans, if the clock was set back since", async () => {
    await move(20_000);
    world.pass(-HOUR);
    await world.deliver([aSpan(TRACE, 6)]);
    await faults.quiet();
    expect(reports).toHaveBeenCalledTimes(2);
  });

  test("is not what a stream of all sessions waits for", async () => {
    const stream = await ArkStream.open("/ark/traces?watch=true");
    await stream.drain();
    for (const n of [1, 2]) {
      await world.deliver([aSpan(TRACE, n)]);
      await stream.until(n);
    }
    // The shard's next announcement waits: the log is gone before it.
    vi.spyOn(scheduler, "wait").mockReturnValue(new Promise(() => undefined));
    await world.deliver(someSpans(TRACE, 3, 2));
    await world.until(async () => await world.hasMoved(TRACE));
    await stream.until(4);
    world.pass(300);
    await world.deliver([aSpan(TRACE, 5)]);
    expect(names(await stream.until(5))).toEqual([1, 2, 3, 4, 5].map((n) => `span ${n}`));
    expect(reports).toHaveBeenCalledTimes(1);
    await stream.close();
  });
});
