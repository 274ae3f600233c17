import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { objectAt, shardPlace } from "../../src/place.ts";
import { aRecord } from "./log-records.ts";
import { aSpan, someSpans } from "./spans.ts";
import * as world from "./world.ts";
import { deliver, failed, freshReceivers, get, OTHER, put, receivers, TRACE } from "./receivers.ts";

beforeEach(freshReceivers);
afterEach(() => {
  world.moveLogs();
  vi.restoreAllMocks();
});

const NOTHING = { traces: 0, spans: 0, logRecords: 0 };

// spec: SINK-15
test("what waits for an upstream is counted by its cursors, with the age of the oldest, until it is delivered", async () => {
  await put("a");
  await deliver([aSpan(TRACE, 1)]);
  expect(await get("/a")).toMatchObject({ delivered: 1, waiting: NOTHING });
  receivers.answers = () => new Response("", { status: 503 });
  world.pass(60_000);
  const before = Date.now();
  await world.deliver(someSpans(TRACE, 2, 3));
  await failed(1);
  const after = Date.now();
  world.pass(3_600_000);
  await world.deliver(someSpans(TRACE, 5, 2));
  const { waiting } = (await get("/a")) as { waiting: { oldest: string } };
  expect(waiting).toEqual({ traces: 1, spans: 5, logRecords: 0, oldest: expect.stringMatching(/^\d{19}$/) });
  expect(Number(waiting.oldest) / 1e6).toBeGreaterThanOrEqual(before);
  expect(Number(waiting.oldest) / 1e6).toBeLessThanOrEqual(after + 1);
  expect(await (await world.request("/metrics")).text()).toContain('spanfold_upstream_waiting_spans{upstream="a"} 5\n');
  await world.evict(TRACE);
  expect(await get("/a")).toMatchObject({ waiting: { spans: 5 } });
  receivers.answers = () => new Response();
  world.pass(3_600_000);
  await world.rest([TRACE]);
  expect(await get("/a")).toMatchObject({ delivered: 6, waiting: NOTHING });
  const metrics = await (await world.request("/metrics")).text();
  expect(metrics).toContain('spanfold_upstream_waiting_spans{upstream="a"} 0\n');
  expect(metrics).toContain('spanfold_upstream_waiting_oldest_seconds{upstream="a"} 0\n');
});

// spec: SINK-15
test("what waits for an upstream is counted wherever its log is", async () => {
  world.moveLogs({ items: 3 });
  await put("a");
  receivers.answers = () => new Response("", { status: 503 });
  await world.deliver(someSpans(TRACE, 1, 4));
  await world.deliver(someSpans(OTHER, 1, 2));
  await world.until(async () => {
    world.pass(1_000);
    for (const id of [TRACE, OTHER]) await world.fireAlarm(id);
    return ((await get("/a")) as { waiting: { traces: number } }).waiting.traces === 2;
  });
  expect([await world.hasMoved(TRACE), await world.hasMoved(OTHER)]).toEqual([true, false]);
  expect(await get("/a")).toMatchObject({ waiting: { traces: 2, spans: 6 } });
});

// spec: SINK-15
test("log records wait apart from spans, and what matches no upstream waits for none", async () => {
  await put("a", { logs: "sent", match: { service: "tests" } });
  await put("b", { match: { service: "another" } });
  receivers.answers = (_, path) => new Response("", { status: path.endsWith("/v1/logs") ? 503 : 200 });
  await world.deliver([aSpan(TRACE, 1), { service: "tests", record: aRecord("one", 1, { traceId: TRACE }) }]);
  await world.until(async () => {
    world.pass(1_000);
    await world.fireAlarm(TRACE);
    return ((await get("/a")) as { state: string }).state === "failing";
  });
  expect(await get("/a")).toMatchObject({ waiting: { traces: 1, spans: 0, logRecords: 1 } });
  expect(await get("/b")).toMatchObject({ waiting: NOTHING });
});

// spec: SINK-15
test("without anything that is due no log is read", async () => {
  await put("a");
  await deliver([aSpan(TRACE, 1), aSpan(OTHER, 1)], [TRACE, OTHER]);
  world.pass(120_000);
  await world.rest([TRACE, OTHER]);
  expect(await objectAt(env, world.caller(), shardPlace("default", 0), world.caller().shards).waiting()).toEqual({
    upstreams: {},
    isPartial: false,
    moved: [],
  });
});
