import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { traceIdForSession } from "../../src/otlp/logs/group-records.ts";
import type { LogRecord } from "../../src/otel/log-record.ts";
import { aRecord } from "./log-records.ts";
import type { SentRecord } from "./log-records.ts";
import { aSpan } from "./spans.ts";
import type { Attributes } from "./spans.ts";
import * as world from "./world.ts";
import { deliver, freshReceivers, get, OTHER, outboxOf, put, receivers, took, TRACE } from "./receivers.ts";

beforeEach(freshReceivers);
afterEach(() => vi.restoreAllMocks());

function aLog(body: string, given: Partial<LogRecord> = { traceId: TRACE }, attributes: Attributes = {}): SentRecord {
  return { service: "tests", record: aRecord(body, 1, given, attributes) };
}

// spec: SINK-13
test("log records go where they are wanted, once and in order, and repeats change nothing", async () => {
  await put("a", { logs: "sent" });
  await put("b");
  await deliver([aSpan(TRACE, 1), aLog("one")]);
  expect(took()).toEqual(["a.example.com logs one", "a.example.com span 1", "b.example.com span 1"]);
  await deliver([aLog("two"), aLog("three")]);
  await deliver([aLog("two")]);
  await world.evict(TRACE);
  await world.calls(TRACE).deliver();
  await world.rest([TRACE]);
  expect(took()).toEqual(["a.example.com logs two three"]);
  expect(await get("/a")).toMatchObject({ state: "on", logs: "sent", delivered: 1, deliveredLogs: 3 });
  expect(await get("/b")).toMatchObject({ state: "on", logs: "omitted", delivered: 1, deliveredLogs: 0 });
  expect(await outboxOf(TRACE)).toEqual([`outbox ${TRACE} a`, `outbox ${TRACE} a logs`, `outbox ${TRACE} b`]);
});

// spec: SINK-13
test("records of a session without a trace go on, and stop with it", async () => {
  await put("a", { logs: "sent" });
  const owner = traceIdForSession("s1");
  await deliver([aLog("prompt", {}, { "session.id": "s1" })], [owner, "s1"]);
  expect(took()).toEqual(["a.example.com logs prompt"]);
  await put("a");
  world.pass(20_000);
  await deliver([aLog("answer", {}, { "session.id": "s1" })], [owner, "s1"]);
  expect(took()).toEqual([]);
  expect(await outboxOf(owner)).toEqual([`outbox ${owner} a`]);
});

// spec: SINK-13
test("a trace's records go where one of its spans or records says", async () => {
  await put("team", { logs: "sent", match: { namespace: "team-a" } });
  await deliver([aLog("one")]);
  await deliver([aLog("other", { traceId: OTHER })], [OTHER]);
  expect(took()).toEqual([]);
  await deliver([aSpan(TRACE, 1, {}, { "query.namespace": "team-a" })]);
  await deliver([aLog("another", { traceId: OTHER }, { "query.namespace": "team-a" })], [OTHER]);
  expect(took()).toEqual([
    "team.example.com logs one",
    "team.example.com logs other another",
    "team.example.com span 1",
  ]);
});

// spec: SINK-13
test.each([
  ["refuses", 404, "parked"],
  ["is away", 503, "waits"],
])("a receiver whose /v1/logs %s gets the spans", async (_, status, outcome) => {
  await put("a", { logs: "sent" });
  receivers.answers = (_host, path) => new Response("", { status: path.endsWith("/v1/logs") ? status : 200 });
  await world.deliver([aLog("one"), aSpan(TRACE, 1)]);
  await world.until(async () => took().some((request) => request.includes("logs")));
  await world.deliver([aSpan(TRACE, 2)]);
  await world.until(async () => {
    world.pass(1_000);
    await world.fireAlarm(TRACE);
    return ((await get("/a")) as { delivered: number }).delivered === 2;
  });
  expect(await get("/a")).toMatchObject({
    state: "failing",
    reason: `logs: the receiver answers ${status}`,
    delivered: 2,
    deliveredLogs: 0,
    parked: outcome === "parked" ? 1 : 0,
  });
  receivers.answers = () => new Response();
  took();
  if (outcome === "parked") {
    const replay = await world.request("/admin/upstreams/a/replay", { method: "POST" });
    expect(await replay.json()).toEqual({ traces: 1, omitted: 0 });
  }
  world.pass(3_600_000);
  await world.rest([TRACE]);
  expect(took()).toContain("a.example.com logs one");
  expect(await get("/a")).toMatchObject({ state: "on", deliveredLogs: 1, parked: 0 });
});

// spec: SINK-6, SINK-13
test("at most 512 records are in one request, and large bodies are whole", async () => {
  await put("a", { logs: "sent" });
  const large = "large ".repeat(5_000);
  await deliver([...Array.from({ length: 600 }, (_, n) => aLog(`record-${n}`)), aLog(large)]);
  expect(receivers.received.map((request) => request.split("record-").length - 1)).toEqual([512, 88]);
  expect(receivers.received.at(-1)?.endsWith(large)).toBe(true);
});
