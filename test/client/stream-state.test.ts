import { describe, expect, test } from "vitest";
import { backoff } from "../../src/lib/backoff.ts";
import { CONNECTING, nextState, type StreamState, type StreamStep } from "../../src/client/stream-state.ts";
import { inWords } from "./state-words.ts";

const lost: StreamStep = { step: "lost", why: "the server cannot be reached", retryAt: 1000 };

/** The states after each step, in words. */
function through(...steps: readonly StreamStep[]): string[] {
  let state: StreamState = CONNECTING;
  return steps.map((step) => {
    state = nextState(state, step);
    return inWords(state);
  });
}

describe("a stream's state", () => {
  test("counts its attempts, is not 'connecting' again between them, and is live once caught up", () => {
    expect(
      through({ step: "caught-up" }, lost, { step: "connect" }, lost, { step: "connect" }, { step: "caught-up" }),
    ).toEqual([
      "live",
      "reconnecting 1: the server cannot be reached",
      "reconnecting 1: the server cannot be reached",
      "reconnecting 2: the server cannot be reached",
      "reconnecting 2: the server cannot be reached",
      "live",
    ]);
  });

  test("hiding, showing and connection faults do not end a reader's pause", () => {
    expect(
      through({ step: "pause" }, { step: "hide" }, { step: "show" }, lost, { step: "caught-up" }, { step: "resume" }),
    ).toEqual([
      "paused by reader",
      "paused by reader",
      "paused by reader",
      "paused by reader",
      "paused by reader",
      "connecting",
    ]);
  });

  test("a hidden tab pauses, and continues when visible", () => {
    expect(through({ step: "caught-up" }, { step: "hide" }, { step: "show" })).toEqual([
      "live",
      "paused by hidden",
      "connecting",
    ]);
  });

  test("a refusal stays on the screen during retries, and ends with the first event", () => {
    const refused: StreamStep = { step: "refused", refusal: { reason: "not-found", movedTo: [], since: "just-now" } };
    expect(through(refused, { step: "connect" }, { step: "pause" }, { step: "resume" }, { step: "caught-up" })).toEqual(
      ["refused: not-found", "refused: not-found", "refused: not-found", "connecting", "live"],
    );
  });

  test("an ended stream stays ended", () => {
    expect(through({ step: "moved", to: "s2" }, lost, { step: "pause" }, { step: "deleted" })).toEqual(
      Array.from({ length: 4 }, () => "moved to s2"),
    );
  });

  test("a deleted session stays deleted during retries, and is live when it returns", () => {
    const missing: StreamStep = { step: "refused", refusal: { reason: "not-found", movedTo: [], since: "a-while" } };
    expect(through({ step: "deleted" }, { step: "connect" }, missing, lost, { step: "caught-up" })).toEqual([
      "deleted",
      "deleted",
      "deleted",
      "deleted",
      "live",
    ]);
  });

  test("a complete replay can be neither paused nor lost, and restarts", () => {
    expect(
      through(
        { step: "complete" },
        { step: "pause" },
        { step: "hide" },
        lost,
        { step: "caught-up" },
        { step: "restart" },
      ),
    ).toEqual(["complete", "complete", "complete", "complete", "complete", "connecting"]);
  });

  test("a step without effect returns the same object, so that nothing is rendered again", () => {
    const live: StreamState = { state: "live" };
    expect(nextState(live, { step: "caught-up" })).toBe(live);
  });
});

test("backoff doubles, is spread over its upper half, and ends at 30 s", () => {
  expect([1, 2, 3, 6, 40].map((attempt) => [backoff(attempt, 1000, 0), backoff(attempt, 1000, 0.999999)])).toEqual([
    [500, 1000],
    [1000, 2000],
    [2000, 4000],
    [15000, 30000],
    [15000, 30000],
  ]);
});
