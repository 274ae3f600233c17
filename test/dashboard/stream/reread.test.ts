import { signal } from "@preact/signals";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { CONNECTING, type StreamState } from "../../../src/client/stream-state.ts";
import { openReread } from "../../../src/dashboard/stream/reread.ts";
import type { ListStreamEvent } from "../../../src/session/contract/stream-events.ts";

const LIVE: StreamState = { state: "live" };
const GONE: ListStreamEvent = { type: "gone", id: "errand" };
const OTHERS: readonly ListStreamEvent[] = [
  { type: "bookmark", resourceVersion: "1", now: 0 },
  { type: "recentExports", recentExports: { last: [], dropped: [] } as never },
];

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A reader of a stream in this state, whose reads fail as often as `failures` says. */
function open(first: StreamState, failures = 0) {
  const state = signal(first);
  let reads = 0;
  const reread = openReread(state, 1_000, async () => {
    if (++reads <= failures) throw new Error("the server answered 500");
  });
  const readsAfter = async (millis: number): Promise<number> => {
    await vi.advanceTimersByTimeAsync(millis);
    return reads;
  };
  return { state, reread, readsAfter };
}

test("many changes are read once a second, and nothing is without one", async () => {
  const { reread, readsAfter } = open(LIVE);
  expect(await readsAfter(60_000)).toBe(0);
  for (let n = 0; n < 10; n++) reread.after([GONE]);
  expect([await readsAfter(999), await readsAfter(1), await readsAfter(60_000)]).toEqual([0, 1, 1]);
});

test("a bookmark and recent exports change nothing", async () => {
  const { reread, readsAfter } = open(LIVE);
  reread.after(OTHERS);
  expect(await readsAfter(60_000)).toBe(0);
  reread.after([...OTHERS, GONE]);
  expect(await readsAfter(1_000)).toBe(1);
});

test("open sessions are read again after ten seconds, a change before that", async () => {
  const { reread, readsAfter } = open(LIVE);
  reread.later();
  expect([await readsAfter(9_999), await readsAfter(1)]).toEqual([0, 1]);
  reread.later();
  reread.after([GONE]);
  expect([await readsAfter(1_000), await readsAfter(60_000)]).toEqual([2, 2]);
});

test("a read that fails is made again", async () => {
  const { reread, readsAfter } = open(LIVE, 2);
  reread.after([GONE]);
  expect([await readsAfter(1_000), await readsAfter(10_000), await readsAfter(10_000)]).toEqual([1, 2, 3]);
  expect(await readsAfter(60_000)).toBe(3);
});

test("a read that was due while the stream was not live is made when it is", async () => {
  const { state, reread, readsAfter } = open(LIVE);
  reread.after([GONE]);
  state.value = { state: "paused", by: "hidden" };
  expect(await readsAfter(60_000)).toBe(0);
  state.value = CONNECTING;
  expect(await readsAfter(60_000)).toBe(0);
  state.value = LIVE;
  expect([await readsAfter(0), await readsAfter(60_000)]).toEqual([1, 1]);
});

test("closed, it reads no more", async () => {
  const { state, reread, readsAfter } = open(CONNECTING);
  reread.after([GONE]);
  await readsAfter(1_000);
  reread.close();
  state.value = LIVE;
  reread.after([GONE]);
  reread.later();
  expect(await readsAfter(60_000)).toBe(0);
});
