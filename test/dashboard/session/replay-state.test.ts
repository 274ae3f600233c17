import { expect, test } from "vitest";
import { nextReplayState, type ReplayState, type ReplayStep } from "../../../src/dashboard/session/replay/state.ts";

const CONNECT = { step: "connect" } as const;
const RECEIVED = { step: "received" } as const;
const LOST = { step: "lost", why: "the server cannot be reached" } as const;
const PAUSE = { step: "pause", by: "reader" } as const;
const HIDE = { step: "pause", by: "hidden" } as const;
const SEEN = { step: "seen" } as const;
const OVER = { step: "over" } as const;

const states = (...steps: readonly ReplayStep[]): string[] => {
  let state: ReplayState = { state: "connecting" };
  return steps.map((step) => (state = nextReplayState(state, step)).state);
};

test("a replay plays from the first event, and is over when the server ends it", () => {
  expect(states(CONNECT, RECEIVED, RECEIVED, OVER)).toEqual(["connecting", "playing", "playing", "over"]);
});

test("an interrupted replay stays interrupted until data arrives, and counts its attempts", () => {
  expect(states(RECEIVED, LOST, CONNECT, LOST, RECEIVED)).toEqual(["playing", "lost", "lost", "lost", "playing"]);
  const once = nextReplayState({ state: "playing" }, LOST);
  expect(nextReplayState(once, LOST)).toEqual({ state: "lost", why: LOST.why, attempt: 2 });
});

test("network events do not end a pause", () => {
  expect(states(RECEIVED, PAUSE, LOST, RECEIVED, SEEN)).toEqual(["playing", "paused", "paused", "paused", "paused"]);
});

test("a hidden tab pauses, and continues when it is visible", () => {
  expect(states(RECEIVED, HIDE, SEEN)).toEqual(["playing", "paused", "connecting"]);
});

test("a finished replay can be neither paused nor lost", () => {
  expect(states(OVER, PAUSE, HIDE, LOST)).toEqual(["over", "over", "over", "over"]);
});
