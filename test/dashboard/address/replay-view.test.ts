import { expect, test } from "vitest";
import {
  beginningOf,
  begunAt,
  readReplayView,
  replayOf,
  replayParameters,
} from "../../../src/dashboard/address/replay-view.ts";

const read = (query: string) => readReplayView(new URLSearchParams(query));

test.each([
  "replay=true",
  "replay=true&speed=10",
  "replay=true&speed=0.5&by=arrival&idle=500ms&from=90s",
  "replay=true&from=1795280305007000000",
])("%s is read and written as it stands", (query) => {
  const view = read(query);
  expect(view && String(replayParameters(view))).toBe(query);
});

test("no replay is asked for without replay=true", () => {
  expect([read(""), read("replay=false"), read("speed=10")]).toEqual([undefined, undefined, undefined]);
});

test("what means nothing is what the API does by itself", () => {
  expect(read("replay=true&speed=fast&by=chance&idle=long")).toEqual({ speed: 1, by: "event", idle: "2s", from: "" });
  expect(read("replay=true&speed=99999")?.speed).toBe(1);
});

test("a session is told within a minute, or as fast as is offered", () => {
  const speeds = [800, 60_000, 60_001, 500_000, 3_600_000].map((millis) => replayOf(millis).speed);
  expect(speeds).toEqual([1, 1, 2, 10, 50]);
});

test("where it begins is known of a point in time, and not of a duration", () => {
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
