import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { fetchTransport } from "../../src/sinks/http/fetch-transport.ts";
import { DirectoryObject } from "../../src/durable/directory/object.ts";
import { SessionObject } from "../../src/durable/session/object.ts";
import { deliverTrace } from "../../src/sinks/upstreams/deliver-trace.ts";
import { ProtobufReverseWriter } from "../../src/otlp/protobuf/writer.ts";
import { aSpan, someSpans, traceIdOf } from "./spans.ts";
import * as world from "./world.ts";
import {
  deliver,
  failed,
  freshReceivers,
  get,
  OTHER,
  outboxOf,
  PATIENCE,
  put,
  receivers,
  took,
  TRACE,
} from "./receivers.ts";

beforeEach(freshReceivers);
afterEach(() => vi.restoreAllMocks());

// spec: SINK-1, SINK-3
test("a trace goes to each upstream, once and in order, and repeats change nothing", async () => {
  await put("a");
  await put("b", { protocol: "http/protobuf" });
  await deliver([aSpan(TRACE, 1)]);
  expect(took()).toEqual(["a.example.com span 1", "b.example.com span 1"]);
  await deliver([aSpan(TRACE, 1)]);
  await deliver([aSpan(TRACE, 2), aSpan(TRACE, 3)]);
  expect(took()).toEqual(["a.example.com span 2 span 3", "b.example.com span 2 span 3"]);
  await world.evict(TRACE);
  await world.calls(TRACE).deliver();
  await world.rest([TRACE]);
  expect(took()).toEqual([]);
  expect(await get("/a")).toMatchObject({ state: "on", delivered: 3, rejected: 0, parked: 0 });
});

// spec: SINK-6
test("a span that can't be encoded is parked, the others go on, and the upstream's state says why", async () => {
  await put("a");
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  const write: unknown = Reflect.get(ProtobufReverseWriter.prototype, "string");
  vi.spyOn(ProtobufReverseWriter.prototype, "string").mockImplementation(function (this: unknown, ...args) {
    if (args[1] === "bad") throw new TypeError("a bug");
    Reflect.apply(write as () => void, this, args);
  });
  await deliver([aSpan(TRACE, 1), aSpan(TRACE, 2, { name: "bad" }), aSpan(TRACE, 3)]);
  expect(took()).toEqual(["a.example.com span 1", "a.example.com span 3"]);
  const reason = expect.stringMatching(/^it could not be encoded: an internal error; reference [\da-f-]{36}$/);
  expect(await get("/a")).toMatchObject({ state: "on", delivered: 2, parked: 1 });
  expect(await get("/a/parked")).toMatchObject({ parked: [{ traceId: TRACE, reason }] });
  await deliver([aSpan(TRACE, 4, { name: "bad" })]);
  expect(await get("/a")).toMatchObject({ state: "failing", reason });
  await deliver([aSpan(TRACE, 5)]);
  expect(took()).toEqual(["a.example.com span 5"]);
});

test("upstreams that are as far share the reading of a trace", async () => {
  await put("a");
  await put("b", { match: { service: "tests" } });
  await put("c", { protocol: "http/protobuf", running: "sent" });
  const reads = vi.spyOn(SessionObject.prototype, "readOwned");
  await world.deliver([aSpan(TRACE, 1)]);
  await vi.waitFor(async () => expect(await get("/c")).toMatchObject({ delivered: 1 }), PATIENCE);
  expect(took()).toEqual(["a.example.com span 1", "b.example.com span 1", "c.example.com span 1"]);
  expect(reads.mock.calls.map(([, , after]) => after)).toEqual([0]);
  await world.rest([TRACE]);
});

test("without an upstream nothing is stored for one", async () => {
  await deliver([aSpan(TRACE, 1)]);
  expect(await outboxOf(TRACE)).toEqual([]);
});

// spec: SINK-2
test("the whole trace goes where one of its spans says, earlier spans and those without the attribute too", async () => {
  await put("team", { match: { namespace: "team-a" } });
  await put("shop", { match: { service: "shop" } });
  await deliver(someSpans(TRACE, 1, 2));
  await deliver(someSpans(OTHER, 1, 1), [OTHER]);
  expect(took()).toEqual([]);
  await deliver([aSpan(TRACE, 3, {}, { "query.namespace": "team-a" })]);
  expect(took()).toEqual(["team.example.com span 1 span 2 span 3"]);
  await deliver([aSpan(TRACE, 4)]);
  expect(took()).toEqual(["team.example.com span 4"]);
  await deliver([{ service: "shop", span: aSpan(OTHER, 2) }], [OTHER]);
  expect(took()).toEqual(["shop.example.com span 1 span 2"]);
});

// spec: SINK-1
test("a span that runs is held until it ends, or sent first where that is wished", async () => {
  await put("held");
  await put("sent", { running: "sent" });
  await deliver([aSpan(TRACE, 1, { endTimeUnixNano: "0" })]);
  expect(took()).toEqual(["sent.example.com span 1"]);
  await deliver([aSpan(TRACE, 1)]);
  expect(took()).toEqual(["held.example.com span 1", "sent.example.com span 1"]);
});

// spec: SINK-1
test("a version that a better one superseded before it came is not sent, though the log has it for its session name", async () => {
  await put("sent", { running: "sent" });
  await deliver([aSpan(TRACE, 1)]);
  await deliver([aSpan(TRACE, 1, { endTimeUnixNano: "0" }, { "session.id": "s1" })], [TRACE, "s1"]);
  const stored = await world.rowsOf<{ kind: string }>(TRACE, "chunk");
  expect(stored.filter(({ kind }) => kind === "spans")).toHaveLength(2);
  expect(took()).toEqual(["sent.example.com span 1"]);
});

test("traces outside the sample stay, but those with an error go where errors always do", async () => {
  await put("sampled", { sampling: 0.5 });
  await put("errors", { sampling: 0, errors: "always" });
  const low = "0".repeat(31) + "1";
  const high = "f".repeat(32);
  await deliver([aSpan(low, 1), aSpan(high, 1)], [low, high]);
  expect(took()).toEqual(["sampled.example.com span 1"]);
  await deliver([aSpan(low, 2, { status: { code: 2 } })], [low]);
  expect(took()).toEqual(["errors.example.com span 1 span 2"]);
});

// spec: SINK-4
test("a receiver that is away gets everything when it is back, each span at least once and in order", async () => {
  await put("a");
  receivers.answers = () => new Response("", { status: 503 });
  await world.deliver([aSpan(TRACE, 1)]);
  await failed(1);
  await world.deliver([aSpan(TRACE, 2)]);
  expect(await get("/a")).toMatchObject({
    state: "failing",
    reason: "the receiver answers 503",
    delivered: 0,
  });
  await world.evict(TRACE);
  took();
  receivers.answers = () => new Response();
  world.pass(3_600_000);
  await world.rest([TRACE]);
  expect(took()).toEqual(["a.example.com span 1 span 2"]);
  expect(await get("/a")).toMatchObject({ state: "on", delivered: 2 });
});

// spec: SINK-4
test("a pause that the receiver asks for is kept", async () => {
  await put("a");
  receivers.answers = () => new Response("", { status: 429, headers: { "retry-after": "120" } });
  await world.deliver([aSpan(TRACE, 1)]);
  await failed(1);
  took();
  receivers.answers = () => new Response();
  world.pass(100_000);
  await world.fireAlarm(TRACE);
  expect(took()).toEqual([]);
  world.pass(21_000);
  await world.fireAlarm(TRACE);
  expect(took()).toEqual(["a.example.com span 1"]);
});

// spec: SINK-4, SINK-5
test("after a day of failures the rest is parked with its reason, and a replay delivers it", async () => {
  await put("a");
  receivers.answers = () => new Response("", { status: 502 });
  await world.deliver([aSpan(TRACE, 1)]);
  await failed(1);
  await world.deliver([aSpan(TRACE, 2)]);
  world.pass(86_400_001);
  await world.rest([TRACE]);
  const reason = "no success for 24 h: the receiver answers 502";
  expect(await get("/a/parked")).toMatchObject({
    total: 1,
    parked: [{ traceId: TRACE, first: 1, last: 2, reason }],
  });
  receivers.answers = () => new Response();
  took();
  await deliver([aSpan(TRACE, 3)]);
  expect(took()).toEqual(["a.example.com span 3"]);
  const replay = await world.request("/admin/upstreams/a/replay", { method: "POST" });
  expect(await replay.json()).toEqual({ traces: 1, omitted: 0 });
  await world.rest([TRACE]);
  expect(took()).toEqual(["a.example.com span 1 span 2 span 3"]);
  expect(await get("/a/parked")).toEqual({ total: 0, parked: [] });
});

// spec: SINK-5
test("a refusal parks its batch, and what follows is delivered", async () => {
  await put("a");
  receivers.answers = () => new Response("unknown key", { status: 401 });
  await deliver([aSpan(TRACE, 1)]);
  expect(await get("/a/parked?from=1h")).toMatchObject({
    parked: [{ first: 1, last: 1, reason: "the receiver answers 401: unknown key" }],
  });
  expect(await get("/a/parked?until=1h")).toMatchObject({ total: 1, parked: [] });
  receivers.answers = () => new Response();
  took();
  await deliver([aSpan(TRACE, 2)]);
  expect(took()).toEqual(["a.example.com span 2"]);
  const one = await world.request(`/admin/upstreams/a/replay?trace=${TRACE}`, { method: "POST" });
  expect(one.status).toBe(200);
  await world.rest([TRACE]);
  expect(took()).toEqual(["a.example.com span 1 span 2"]);
});

// spec: SINK-5
test("a replay counts what is left in its range only", async () => {
  await put("a");
  receivers.answers = () => new Response("", { status: 400 });
  await deliver([aSpan(TRACE, 1)]);
  const from = new Date(Date.now() + 1).toISOString();
  world.pass(60_000);
  const many = 401;
  const later = Array.from({ length: many }, (_, n) => traceIdOf(`later ${n}`));
  const parked = later.map((traceId) => ({
    upstream: "a",
    traceId,
    first: 1,
    last: 1,
    reason: "a test",
    at: Date.now(),
  }));
  await env.UPSTREAMS.getByName("default/upstreams").report(world.caller(), [], parked);
  const replay = await world.request(`/admin/upstreams/a/replay?from=${from}`, { method: "POST" });
  expect(await replay.json()).toEqual({ traces: 400, omitted: 1 });
});

// spec: SINK-5
test("what is parked during a replay stays in the list", async () => {
  await put("a");
  receivers.answers = () => new Response("", { status: 400 });
  await deliver([aSpan(TRACE, 1)]);
  const stub = env.UPSTREAMS.getByName("default/upstreams");
  const [entry] = (await stub.parked(world.caller(), "a", { limit: 1 })).parked;
  if (entry === undefined) throw new Error("nothing is parked");
  await stub.report(world.caller(), [], [{ ...entry, last: 2, at: entry.at + 1 }]);
  await stub.deleteParked(world.caller(), entry);
  expect(await get("/a/parked")).toMatchObject({ total: 1 });
  await stub.deleteParked(world.caller(), { ...entry, at: entry.at + 1 });
  expect(await get("/a/parked")).toMatchObject({ total: 0 });
});

test("the reason of a partial success is shown with its time, also after later successes", async () => {
  await put("a");
  const partialSuccess = { rejectedSpans: "1", errorMessage: "no name" };
  receivers.answers = () => Response.json({ partialSuccess });
  await deliver([aSpan(TRACE, 1), aSpan(TRACE, 2)]);
  const { lastAttempt } = (await get("/a")) as { lastAttempt: string };
  receivers.answers = () => new Response();
  world.pass(60_000);
  await deliver([aSpan(TRACE, 3)]);
  const status = await get("/a");
  expect(status).toMatchObject({ state: "on", delivered: 2, rejected: 1 });
  expect(status).toMatchObject({ rejection: { reason: "no name", at: lastAttempt } });
  expect(status).not.toHaveProperty("reason");
});

// spec: SINK-6
test("a batch that is too large is halved until its parts pass, and one span that is too large is parked without the others", async () => {
  await put("a");
  receivers.answers = () =>
    new Response("", { status: receivers.received.at(-1)?.includes("span 3") === true ? 413 : 200 });
  await deliver(someSpans(TRACE, 1, 4));
  expect(receivers.received).toEqual([
    "a.example.com span 1 span 2 span 3 span 4",
    "a.example.com span 1 span 2",
    "a.example.com span 3 span 4",
    "a.example.com span 3",
    "a.example.com span 4",
  ]);
  expect(await get("/a")).toMatchObject({ delivered: 3 });
  expect(await get("/a/parked")).toMatchObject({
    parked: [{ first: 1, last: 1, reason: "one span is too large: the receiver answers 413" }],
  });
});

// spec: SINK-6
test("at most 512 spans are in one request", async () => {
  await put("a");
  await deliver(someSpans(TRACE, 1, 1_100));
  expect(receivers.received.map((request) => request.split(" span ").length - 1)).toEqual([512, 512, 76]);
});

// spec: SINK-6
test("large values are put back", async () => {
  await put("a");
  const text = "large ".repeat(5_000);
  await deliver([aSpan(TRACE, 1, {}, { "input.value": text })]);
  expect(receivers.lastText).toBe(text);
});

// spec: SINK-3
test("a trace that another session shows is delivered by its owner, once, whatever session it is bound to", async () => {
  await put("a");
  await deliver([aSpan(TRACE, 1)]);
  await deliver([aSpan(TRACE, 2, {}, { "session.id": "s1" })], [TRACE, "s1"]);
  await deliver([aSpan(TRACE, 3, {}, { "ark.session.id": "s2" })], [TRACE, "s1", "s2"]);
  expect(took()).toEqual(["a.example.com span 1", "a.example.com span 2", "a.example.com span 3"]);
});

// spec: SINK-7
test("a deleted trace is not delivered, and one of the same id begins anew", async () => {
  await put("a");
  receivers.answers = () => new Response("", { status: 503 });
  await world.deliver([aSpan(TRACE, 1)]);
  await failed(1);
  await world.request(`/sessions/${TRACE}`, { method: "DELETE" });
  receivers.answers = () => new Response();
  took();
  world.pass(700_000);
  await world.rest([TRACE]);
  expect(took()).toEqual([]);
  await deliver([aSpan(TRACE, 9)]);
  expect(took()).toEqual(["a.example.com span 9"]);
});

// spec: SINK-8
test("an upstream that is new gets the traces of the time in which not every Worker knew it, and no earlier ones", async () => {
  await deliver([aSpan(OTHER, 1)], [OTHER]);
  world.pass(3_600_000);
  // A Worker that knows that there is no upstream.
  await world.deliver([aSpan(TRACE, 1)]);
  await put("a");
  await world.deliver([aSpan(TRACE, 2)]);
  await world.rest([TRACE]);
  took();
  await runInDurableObject(world.objectOf(TRACE), (_, { storage }) => {
    for (const [key] of storage.kv.list({ prefix: "outbox" })) storage.kv.delete(key);
  });
  world.pass(30_000);
  expect(await runDurableObjectAlarm(env.UPSTREAMS.getByName("default/upstreams"))).toBe(true);
  await world.rest([TRACE, OTHER]);
  expect(took()).toEqual(["a.example.com span 1 span 2"]);
});

// spec: SINK-8
test("an upstream that is put while the traces of an earlier one are looked at again has its own turn", async () => {
  await put("a");
  const upstreams = env.UPSTREAMS.getByName("default/upstreams");
  world.pass(30_000);
  const original = Reflect.get(DirectoryObject.prototype, "list");
  const list = vi.spyOn(DirectoryObject.prototype, "list");
  const during = async function (this: DirectoryObject, ...parameters: Parameters<typeof original>) {
    await put("b");
    return original.apply(this, parameters);
  };
  list.mockImplementationOnce(during as unknown as typeof original);
  expect(await runDurableObjectAlarm(upstreams)).toBe(true);
  expect(list).toHaveBeenCalledTimes(1);
  world.pass(30_000);
  expect(await runDurableObjectAlarm(upstreams)).toBe(true);
  expect(list).toHaveBeenCalledTimes(2);
});

// spec: SINK-8
test("an upstream that is new gets the traces of that time also when the list or a session can't be read for long", async () => {
  vi.spyOn(console, "warn").mockReturnValue();
  await put("a");
  await world.deliver([aSpan(OTHER, 1), aSpan(TRACE, 1)]);
  await world.rest([TRACE, OTHER]);
  for (const id of [TRACE, OTHER])
    await runInDurableObject(world.objectOf(id), (_, { storage }) => {
      for (const [key] of storage.kv.list({ prefix: "outbox" })) storage.kv.delete(key);
    });
  took();
  const upstreams = env.UPSTREAMS.getByName("default/upstreams");
  const list = vi.spyOn(DirectoryObject.prototype, "list").mockImplementation(() => {
    throw new Error("the list can't be read (a test's fault)");
  });
  // More often than the platform repeats an alarm that fails.
  for (let attempt = 0; attempt < 10; attempt++) {
    world.pass(600_000);
    expect(await runDurableObjectAlarm(upstreams), String(attempt)).toBe(true);
  }
  list.mockRestore();
  const traces = vi.spyOn(SessionObject.prototype, "traces").mockImplementationOnce(() => {
    throw new Error("the session can't be read (a test's fault)");
  });
  world.pass(600_000);
  expect(await runDurableObjectAlarm(upstreams)).toBe(true);
  await world.rest([TRACE, OTHER]);
  expect(traces).toHaveBeenCalledTimes(2);
  expect(took()).toHaveLength(1);
  world.pass(600_000);
  expect(await runDurableObjectAlarm(upstreams)).toBe(true);
  await world.rest([TRACE, OTHER]);
  expect(took()).toHaveLength(1);
  expect(await runDurableObjectAlarm(upstreams)).toBe(false);
});

test("an upstream that is no more gets nothing, and its cursors go", async () => {
  await put("a");
  await put("b");
  await deliver([aSpan(TRACE, 1)]);
  expect(await outboxOf(TRACE)).toEqual([`outbox ${TRACE} a`, `outbox ${TRACE} b`]);
  expect((await world.request("/admin/upstreams/b", { method: "DELETE" })).status).toBe(204);
  world.pass(20_000);
  took();
  await deliver([aSpan(TRACE, 2)]);
  expect(took()).toEqual(["a.example.com span 2"]);
  expect(await outboxOf(TRACE)).toEqual([`outbox ${TRACE} a`]);
});

// spec: SINK-2
test("an upstream that is put under the name of a deleted one gets traces whole, and nothing that waited for that one", async () => {
  await put("a");
  await deliver([aSpan(TRACE, 1)]);
  receivers.answers = () => new Response(null, { status: 503 });
  await world.deliver([aSpan(OTHER, 1)]);
  await failed(1, OTHER);
  await world.request("/admin/upstreams/a", { method: "DELETE" });
  world.pass(20_000);
  await put("a", { endpoint: "https://elsewhere.example.com" });
  took();
  receivers.answers = () => new Response();
  await deliver([aSpan(TRACE, 2)]);
  expect(took()).toEqual(["elsewhere.example.com span 1 span 2"]);
  world.pass(3_600_000);
  await world.rest([OTHER]);
  expect(took()).toEqual([]);
  expect(await outboxOf(OTHER)).toEqual([]);
});

// spec: SINK-3
test("two runs at once deliver once", async () => {
  await put("a");
  await world.deliver([aSpan(TRACE, 1)]);
  took();
  await world.rest([TRACE]);
  await world.deliver([aSpan(TRACE, 2)]);
  const run = async () => await deliverTrace(env, world.caller(), TRACE, fetchTransport);
  await Promise.all([run(), run(), run()]);
  await world.rest([TRACE]);
  expect(took().filter((request) => request.includes("span 2"))).toEqual(["a.example.com span 2"]);
});
