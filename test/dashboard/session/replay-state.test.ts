import { expect, test } from "vitest";
import { nextReplayState, type ReplayState, type ReplayStep } from "../../../src/dashboard/session/replay/state.ts";

const CONNECT = { step: "connect" } as const;
const HEARD = { step: "heard" } as const;
const LOST = { step: "lost", why: "the server cannot be reached" } as const;
const PAUSE = { step: "pause", by: "reader" } as const;
const HIDE = { step: "pause", by: "hidden" } as const;
const SEEN = { step: "seen" } as const;
const OVER = { step: "over" } as const;

const states = (...steps: readonly ReplayStep[]): string[] => {
  let state: ReplayState = { state: "connecting" };
  return steps.map((step) => (state = nextReplayState(state, step)).state);
};

test("it plays as soon as it is heard, and is over when the server says so", () => {
  expect(states(CONNECT, HEARD, HEARD, OVER)).toEqual(["connecting", "playing", "playing", "over"]);
});

test("what was interrupted says so until it is heard again, and counts its attempts", () => {
  expect(states(HEARD, LOST, CONNECT, LOST, HEARD)).toEqual(["playing", "lost", "lost", "lost", "playing"]);
  const once = nextReplayState({ state: "playing" }, LOST);
  expect(nextReplayState(once, LOST)).toEqual({ state: "lost", why: LOST.why, attempt: 2 });
});

test("a pause holds whatever the network does", () => {
  expect(states(HEARD, PAUSE, LOST, HEARD, SEEN)).toEqual(["playing", "paused", "paused", "paused", "paused"]);
});

test("a tab that nobody sees rests, and goes on when it is seen", () => {
  expect(states(HEARD, HIDE, SEEN)).toEqual(["playing", "paused", "connecting"]);
});

test("what is over can be neither paused nor lost", () => {
  expect(states(OVER, PAUSE, HIDE, LOST)).toEqual(["over", "over", "over", "over"]);
});
