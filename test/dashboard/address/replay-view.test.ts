import { expect, test } from "vitest";
import { readReplayView, replayOf, replayParameters } from "../../../src/dashboard/address/replay-view.ts";
import { beginningOf, begunAt } from "../../../src/dashboard/session/replay/replay-times.ts";

const read = (query: string) => readReplayView(new URLSearchParams(query));

test.each([
  "replay=true",
  "replay=true&speed=10",
  "replay=true&speed=0.5&by=arrival&idle=500ms&from=90s",
  "replay=true&from=1795280305007000000",
])("%s is read and written unchanged", (query) => {
  const view = read(query);
  expect(view && String(replayParameters(view))).toBe(query);
});

test("without replay=true there is no replay", () => {
  expect([read(""), read("replay=false"), read("speed=10")]).toEqual([undefined, undefined, undefined]);
});

test("an invalid value becomes the API's default", () => {
  expect(read("replay=true&speed=fast&by=chance&idle=long")).toEqual({ speed: 1, by: "event", idle: "2s", from: "" });
  expect(read("replay=true&speed=99999")?.speed).toBe(1);
});

test("a session is replayed within a minute, or at the highest offered speed", () => {
  const speeds = [800, 60_000, 60_001, 500_000, 3_600_000].map((millis) => replayOf(millis).speed);
  expect(speeds).toEqual([1, 1, 2, 10, 50]);
});

test("a start is known if it is a point in time, and unknown if it is a duration", () => {
  const view = replayOf(0);
  const at = (from: string) => beginningOf({ ...view, from });
  expect([at(""), at("90s"), at("1795280305007000000"), at("2026-11-21T16:58:25Z")]).toEqual([
    undefined,
    undefined,
    1_795_280_305_007,
    1_795_280_305_000,
  ]);
  expect(begunAt(view, 1_795_280_305_007.4).from).toBe("1795280305007000000");
});
