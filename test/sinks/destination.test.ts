import { afterEach, expect, test, vi } from "vitest";

import { Destination, destinationOf } from "../../src/sinks/http/destination.ts";
import type { Sink } from "../../src/sinks/sink.ts";

afterEach(() => vi.restoreAllMocks());

test("a run waits for a place while six others go to the same destination, and no longer", async () => {
  const destination = new Destination();
  const ends: (() => void)[] = [];
  const runs = Array.from({ length: 6 }, () => {
    expect(destination.readyAt(1_000, 0.5)).toBe(1_000);
    return destination.run(1_000, async () => await new Promise<void>((resolve) => ends.push(resolve)));
  });
  expect(destination.readyAt(1_000, 0.5)).toBe(1_500);
  // Waiting is no failure.
  expect(destination.reopensAt(1_000, 0.5)).toBeUndefined();
  ends[0]?.();
  await runs[0];
  expect(destination.readyAt(1_000, 0.5)).toBe(1_000);
  for (const end of ends) end();
  await Promise.all(runs);
});

test("a run that never ends, since the object that called for it died, leaves its place when it counts as lost", () => {
  const destination = new Destination();
  for (let n = 0; n < 6; n++) void destination.run(1_000, async () => await new Promise(() => undefined));
  expect(destination.readyAt(91_000, 0.5)).toBe(91_500);
  expect(destination.readyAt(91_001, 0.5)).toBe(91_001);
});

test("a run that fails leaves its place", async () => {
  const destination = new Destination();
  const failing = Array.from(
    { length: 6 },
    async () => await destination.run(1_000, () => Promise.reject(new Error("gone"))),
  );
  await Promise.allSettled(failing);
  expect(destination.readyAt(1_000, 0.5)).toBe(1_000);
});

test.each([
  [
    "an answer that asks for smaller requests shows that the destination reads them",
    { answers: true, isLeftAlone: false },
  ],
  [
    "a batch that is found too large before it is sent says nothing about the destination",
    { answers: false, isLeftAlone: true },
  ],
])("%s", async (_, { answers, isLeftAlone }) => {
  const destination = new Destination();
  const now = Date.now();
  for (let failures = 0; failures < 5; failures++) destination.failed(now);
  const sink: Sink<undefined> = {
    async deliver(_batch, transport, signal) {
      if (answers) await transport({ url: "https://a", headers: {}, body: new Uint8Array() }, signal);
      return { outcome: "split", reason: "too large" };
    },
  };
  const answer = { status: 413, headers: new Headers(), body: new Uint8Array() };
  await destination.attempt(sink, undefined, () => Promise.resolve(answer), 1_000);
  expect(destination.reopensAt(now, 0) !== undefined).toBe(isLeftAlone);
});

test("a batch that a sink can't encode is refused for good, and says nothing about the destination", async () => {
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  const destination = new Destination();
  const now = Date.now();
  for (let failures = 0; failures < 4; failures++) destination.failed(now);
  const sink: Sink<undefined> = { deliver: () => Promise.reject(new TypeError("a bug")) };
  const { outcome } = await destination.attempt(sink, undefined, () => Promise.reject(new Error("not called")), 1_000);
  expect(outcome).toEqual({
    outcome: "refused",
    reason: expect.stringMatching(/^it could not be encoded: an internal error; reference [\da-f-]{36}$/),
  });
  expect(destination.reopensAt(now, 0)).toBeUndefined();
  destination.failed(now);
  expect(destination.reopensAt(now, 0)).toBe(now + 30_000);
});

test("an isolate evicts the destinations that it has not used for longest", () => {
  const [used, unused] = [destinationOf("t", "used", "https://a"), destinationOf("t", "unused", "https://a")];
  for (let n = 0; n < 1_500; n++) {
    destinationOf("t", `push ${n}`, "https://push");
    expect(destinationOf("t", "used", "https://a")).toBe(used);
  }
  expect(destinationOf("t", "unused", "https://a")).not.toBe(unused);
});
