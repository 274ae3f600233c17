import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { LONGEST_TIMEOUT_MILLIS, LOST_RUN_MILLIS, SENDING_MILLIS } from "../../src/session/contract/outbox.ts";
import { Courier } from "../../src/sinks/courier.ts";
import { aSpan, someSpans, traceIdOf } from "./spans.ts";
import * as world from "./world.ts";
import {
  deliver,
  failed,
  freshReceivers,
  get,
  outboxOf,
  PATIENCE,
  put,
  receivers,
  takingMillis,
  took,
  TRACE,
} from "./receivers.ts";

beforeEach(freshReceivers);
afterEach(() => vi.restoreAllMocks());

// spec: SINK-3
test("a run whose time ends within a delivery is continued there", async () => {
  await put("a");
  receivers.answers = takingMillis(11_000);
  await deliver(someSpans(TRACE, 1, 1_100));
  expect(receivers.received.map((request) => request.split(" span ").length - 1)).toEqual([512, 512, 76]);
});

// spec: SINK-3, SINK-6
test("a run whose time ends while a batch is halved is continued after the last part", async () => {
  await put("a");
  receivers.answers = takingMillis(
    6_000,
    () => new Response("", { status: receivers.received.at(-1)?.includes("span 3") === true ? 413 : 200 }),
  );
  await world.deliver(someSpans(TRACE, 1, 4));
  await vi.waitFor(() => expect(receivers.received).toHaveLength(4), PATIENCE);
  await world.rest([TRACE]);
  expect(receivers.received).toEqual([
    "a.example.com span 1 span 2 span 3 span 4",
    "a.example.com span 1 span 2",
    "a.example.com span 3 span 4",
    "a.example.com span 3",
    "a.example.com span 4",
  ]);
  expect(await get("/a/parked")).toMatchObject({ total: 1 });
});

test("a run of many batches stops when its destination is left alone", async () => {
  await put("a");
  receivers.answers = () => new Response("", { status: 401 });
  await world.deliver(someSpans(TRACE, 1, 7 * 512));
  await vi.waitFor(async () => expect(await get("/a/parked")).toMatchObject({ total: 1 }), PATIENCE);
  expect(receivers.received).toHaveLength(5);
  receivers.answers = () => new Response();
  await world.rest([TRACE]);
  expect(receivers.received).toHaveLength(7);
  expect(await get("/a")).toMatchObject({ delivered: 1_024 });
});

test("a trace that waits for a place at a busy destination is not failing", async () => {
  await put("busy");
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  const quick = vi.mocked(globalThis.fetch).getMockImplementation();
  vi.mocked(globalThis.fetch).mockImplementation(async (...parameters) => {
    const response = await quick?.(...parameters);
    await released;
    return response ?? new Response();
  });
  const traces = Array.from({ length: 17 }, (_, n) => traceIdOf(`busy ${n}`));
  const last = traces.at(-1) ?? "";
  for (const trace of traces.slice(0, -1)) await world.deliver([aSpan(trace, 1)]);
  await vi.waitFor(() => expect(receivers.received).toHaveLength(6), PATIENCE);
  await world.deliver([aSpan(last, 1)]);
  await vi.waitFor(async () => expect(await outboxOf(last)).toHaveLength(1), PATIENCE);
  const rows = await runInDurableObject(world.objectOf(last), (_, { storage }) =>
    Array.from(storage.kv.list<object>({ prefix: `outbox ${last}` }), ([, row]) => row),
  );
  expect(rows).toMatchObject([{ delivered: 0, attempts: 0, failingSince: 0 }]);
  release();
  await world.rest(traces);
  expect(receivers.received).toHaveLength(17);
});

// spec: SINK-3
test("a run that waits for the answer to its last request is not lost", async () => {
  const longest = SENDING_MILLIS + LONGEST_TIMEOUT_MILLIS;
  await world.deliver([aSpan(TRACE, 1)]);
  await world.rest([TRACE]);
  expect(await world.calls(TRACE).openOutbox(TRACE)).toMatchObject({ state: "present" });
  world.pass(longest);
  expect(await world.calls(TRACE).openOutbox(TRACE)).toEqual({ state: "busy" });
  world.pass(LOST_RUN_MILLIS - longest);
  expect(await world.calls(TRACE).openOutbox(TRACE)).toMatchObject({ state: "present" });
});

test("after five failures a destination is left alone for a while", async () => {
  await put("a");
  receivers.answers = () => new Response("", { status: 503 });
  let requests = 0;
  const traces = Array.from({ length: 8 }, (_, n) => traceIdOf(`t${n}`));
  for (const trace of traces) {
    await world.deliver([aSpan(trace, 1)]);
    await failed(requests < 5 ? 1 : 0, trace);
    requests += took().length;
  }
  expect(requests).toBe(5);
  receivers.answers = () => new Response();
  world.pass(3_600_000);
  await world.rest(traces);
  expect(new Set(took()).size).toBe(1);
  expect(await get("/a")).toMatchObject({ state: "on", delivered: 8 });
});

// spec: SINK-12
test("retention waits for an upstream that lacks something of a trace, for seven days at most", async () => {
  const bindings = env as { RETENTION_DAYS?: string };
  bindings.RETENTION_DAYS = "0.5";
  try {
    await put("a");
    receivers.answers = () => new Response("", { status: 503 });
    await world.deliver([aSpan(TRACE, 1)]);
    await failed(1);
    world.pass(20 * 3_600_000);
    await world.evict(TRACE);
    await world.fireAlarm(TRACE);
    expect((await world.readSession(TRACE))?.session.spans).toBe(1);
    receivers.answers = () => new Response();
    // The owner is called again after an hour.
    world.pass(3_600_000);
    await vi.waitFor(async () => {
      await world.fireAlarm(TRACE);
      world.pass(1_000);
      expect(await get("/a")).toMatchObject({ state: "on", delivered: 1 });
    }, PATIENCE);
    await vi.waitFor(async () => {
      world.pass(3_600_000);
      await world.fireAlarm(TRACE);
      expect(await world.readSession(TRACE)).toBeUndefined();
    }, PATIENCE);
  } finally {
    delete bindings.RETENTION_DAYS;
  }
});

test("an owner that cannot call the Worker waits longer after each try", async () => {
  await put("a");
  const calls = vi.spyOn(Courier.prototype, "deliver").mockRejectedValue(new Error("no Worker (a test's fault)"));
  await world.deliver([aSpan(TRACE, 1)]);
  await vi.waitFor(() => expect(calls).toHaveBeenCalledTimes(1), PATIENCE);
  for (let passed = 0; passed < 600; passed++) {
    world.pass(1_000);
    const alarm = await world.alarmOf(TRACE);
    if (alarm !== null && alarm <= Date.now()) await world.fireAlarm(TRACE);
  }
  // Once a second would be 600 tries.
  expect(calls.mock.calls.length).toBeGreaterThan(5);
  expect(calls.mock.calls.length).toBeLessThan(60);
});
