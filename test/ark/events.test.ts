import { beforeEach, describe, expect, test } from "vitest";
import type { ArkEvent } from "../../src/ark/events/posted-event.ts";
import { traceIdForSession } from "../../src/otlp/logs/group-records.ts";
import { at, spanId, traceIdOf } from "../durable/spans.ts";
import * as world from "../durable/world.ts";
import { anEvent, deliverQuery, OWNER, page, part, post, query, reasons, REASONS, TRACE, UID } from "./ark-query.ts";
import { ArkStream } from "./ark-stream.ts";
import type { StreamItem } from "./ark-stream.ts";

beforeEach(async () => {
  world.stopClock();
  await world.emptyWorld();
});

const eventsOf = (items: readonly StreamItem[]) => items.map(({ data }) => data as ArkEvent);

describe("a session of spans alone", () => {
  test("lists its query's events, by time, with durations", async () => {
    await deliverQuery();
    const { items, ...rest } = await page("/ark/events/ns%2Fq");
    expect(reasons(items)).toEqual(REASONS);
    expect(rest).toEqual({ total: 8, hasMore: false, nextCursor: expect.any(Number) });
    expect(items[0]).toEqual({
      timestamp: "2026-09-21T14:13:20Z",
      eventType: "Normal",
      reason: "QueryExecutionStart",
      message: "Query q started",
      data: {
        queryId: "ns/q",
        queryName: "q",
        queryNamespace: "ns",
        sessionId: "s",
        conversationId: "c",
        input: "Plan a trip",
      },
    });
    expect(items[4]).toMatchObject({
      eventType: "Warning",
      data: { toolName: "find", toolId: "c1", durationMs: "1500.00", error: "no such row" },
    });
    expect(items[6]?.data).toMatchObject({ teamName: "ns/t", strategy: "sequential", durationMs: "11000.00" });
  });

  test("finds its query by name, key or trace too", async () => {
    await deliverQuery();
    for (const query of ["q", "ns/q", `${TRACE}:${spanId(1)}`, TRACE])
      expect([query, (await page(`/ark/events/${query}`)).total]).toEqual([query, 8]);
    for (const query of ["unknown", "other/q", traceIdOf("none"), `${TRACE}:${spanId(9)}`])
      expect([query, await page(`/ark/events/${query}`)]).toEqual([query, { items: [], total: 0, hasMore: false }]);
  });

  test("pages hold each event once, behind an integer cursor that stays valid", async () => {
    await deliverQuery();
    for (const path of ["/ark/events/ns%2Fq", "/ark/events", "/ark/events?session_id=s"]) {
      const all: ArkEvent[] = [];
      let cursor: number | undefined;
      for (let more = true; more;) {
        const search = `limit=3${cursor === undefined ? "" : `&cursor=${cursor}`}`;
        const one = await page(`${path}${path.includes("?") ? "&" : "?"}${search}`);
        expect([path, one.total, one.items.length <= 3]).toEqual([path, 8, true]);
        all.push(...one.items);
        cursor = one.nextCursor;
        more = one.hasMore;
        await world.evict("s");
      }
      expect(reasons(all).toSorted()).toEqual(REASONS.toSorted());
      await world.deliver([part(9, 1, "llm.m", [13, 14])]);
      await world.rest([TRACE, "s"]);
      const after = await page(`${path}${path.includes("?") ? "&" : "?"}cursor=${cursor}`);
      expect([path, reasons(after.items)]).toEqual([path, ["LLMCallStart", "LLMCallComplete"]]);
      await world.emptyWorld();
      await deliverQuery();
    }
  });

  test("a running span that ends gives one start and one end", async () => {
    const stream = await ArkStream.open("/ark/events?watch=true");
    await world.deliver([part(1, 0, "query.q", [0])]);
    await world.rest([TRACE, "s"]);
    await world.deliver([query()]);
    await world.rest([TRACE, "s"]);
    // A late report of the running span adds nothing.
    await world.deliver([part(1, 0, "query.q", [0], { late: "1" })]);
    await world.rest([TRACE, "s"]);
    const both = ["QueryExecutionStart", "QueryExecutionComplete"];
    await stream.until(2);
    expect(reasons(eventsOf(await stream.drain()))).toEqual(both);
    expect(reasons((await page("/ark/events")).items)).toEqual(both);
    expect(reasons((await page("/ark/events/q")).items)).toEqual(both);
    const resumed = await ArkStream.open(`/ark/events?watch=true&cursor=${stream.items[0]?.id}`);
    expect(reasons(eventsOf(await resumed.until(1)))).toEqual(both.slice(1));
    await stream.close();
    await resumed.close();
  });
});

describe("POST /events", () => {
  test("stores the event and returns it unchanged, by the query's UID", async () => {
    const event = anEvent("QueryExecutionStart", 0, { input: "x".repeat(20_000), conversationId: "c" });
    expect(await post({ ...event, ttl_seconds: 60 })).toEqual([201, { status: "success" }]);
    expect(await post(event)).toEqual([201, { status: "success" }]);
    await world.rest([OWNER, "s"]);
    expect(await page(`/ark/events/${UID}`)).toEqual({
      items: [event],
      total: 1,
      hasMore: false,
      nextCursor: expect.any(Number),
    });
    expect((await page("/ark/events")).items).toEqual([event]);
    expect((await page("/ark/events?session_id=s")).items).toEqual([event]);
  });

  test("adds a query to the session: running, then done", async () => {
    await post(anEvent("QueryExecutionStart", 0));
    await world.rest([OWNER, "s"]);
    expect((await world.readSession("s"))?.queries.map(({ name, phase }) => [name, phase])).toEqual([["q", "running"]]);
    await post(anEvent("QueryExecutionComplete", 3));
    await world.rest([OWNER, "s"]);
    expect((await world.readSession("s"))?.queries.map(({ name, phase }) => [name, phase])).toEqual([["q", "done"]]);
  });

  test("derives no event from spans that was posted", async () => {
    await post(anEvent("QueryExecutionStart", 0));
    await post(anEvent("ToolCallStart", 6, { toolName: "find" }));
    await world.rest([OWNER, "s"]);
    const stream = await ArkStream.open(`/ark/events?watch=true`);
    await deliverQuery();
    await world.rest([OWNER, TRACE, "s"]);
    const { items } = await page(`/ark/events/${UID}`);
    expect(reasons(items)).toEqual(REASONS);
    expect(items.map(({ message }) => message).filter((message) => message.endsWith(" of q"))).toHaveLength(2);
    expect(new Set(items.map(({ data }) => data["queryId"]))).toEqual(new Set([UID]));
    // A live stream can't know which of the others will be posted.
    await post(anEvent("QueryExecutionComplete", 20));
    await world.rest([OWNER, "s"]);
    expect(reasons(eventsOf(await stream.until(1)))).toEqual(["QueryExecutionComplete"]);
    expect(reasons((await page("/ark/events")).items)).toEqual([
      "QueryExecutionStart",
      "ToolCallStart",
      "QueryExecutionComplete",
    ]);
    await stream.close();
  });

  const event = anEvent("QueryExecutionStart", 0);
  test.each<[unknown, RegExp]>([
    ["{", /^body: /],
    ["[]", /^body: must be an object$/],
    [{ ...event, timestamp: "yesterday" }, /^timestamp: must be a time of RFC 3339$/],
    [{ ...event, timestamp: "" }, /^timestamp: must be a time of RFC 3339$/],
    [{ ...event, eventType: "" }, /^eventType: must be Normal or Warning$/],
    [{ ...event, eventType: "Odd" }, /^eventType: must be Normal or Warning$/],
    [{ ...event, reason: 1 }, /^reason: must be a string$/],
    [{ ...event, data: undefined }, /^data: must be an object$/],
    [{ ...event, data: { ...event.data, sessionId: "" } }, /^data.sessionId: is required$/],
    [{ ...event, data: { ...event.data, queryId: "x".repeat(1_001) } }, /^data.queryId: must have at most 1000 char/],
    [{ ...event, data: { ...event.data, tool: { name: "x" } } }, /^data.tool: must be a string$/],
    [{ ...event, reason: "", data: { ...event.data, queryId: null } }, /^reason: must not be empty; data.queryId: is/],
  ])("%j is refused with a reason", async (given, message) => {
    expect(await post(given)).toEqual([
      400,
      expect.objectContaining({
        error: { code: "VALIDATION_ERROR", message: expect.stringMatching(message), requestId: "r" },
      }),
    ]);
    expect(await world.listed("all")).toEqual([]);
  });

  test("too large is 413", async () => {
    const [status, body] = await post(anEvent("QueryExecutionStart", 0, { input: "x".repeat(1_000_000) }));
    expect([status, body]).toEqual([
      413,
      expect.objectContaining({ error: expect.objectContaining({ code: "PAYLOAD_TOO_LARGE" }) }),
    ]);
  });

  test("an event whose escaped quotes exceed the limit is 413", async () => {
    const events = [200_000, 400_000].map((quotes, n) =>
      anEvent("ToolCallStart", n, { parameters: '"'.repeat(quotes) }),
    );
    expect((await Promise.all(events.map(post))).map(([status]) => status)).toEqual([201, 413]);
    expect((await page(`/ark/events/${UID}`)).items).toEqual(events.slice(0, 1));
  });
});

describe("a watch of one query", () => {
  test("sends events from now on, or from the beginning, and waits for an unknown query", async () => {
    const early = await ArkStream.open(`/ark/events/${UID}?watch=true`);
    await early.drain();
    await post(anEvent("QueryExecutionStart", 0));
    await post(anEvent("QueryExecutionStart", 0, { queryId: "another" }));
    await world.rest([OWNER, "s"]);
    expect(eventsOf(await early.until(1))).toEqual([anEvent("QueryExecutionStart", 0)]);
    const fresh = await ArkStream.open(`/ark/events/${UID}?watch=true`);
    const whole = await ArkStream.open(`/ark/events/${UID}?watch=true&from-beginning=true`);
    await post(anEvent("AgentExecutionStart", 1, { agent: "a" }));
    await world.rest([OWNER, "s"]);
    expect(reasons(eventsOf(await fresh.until(1)))).toEqual(["AgentExecutionStart"]);
    expect(reasons(eventsOf(await whole.until(2)))).toEqual(["QueryExecutionStart", "AgentExecutionStart"]);
    expect(reasons(eventsOf(await early.until(2)))).toEqual(["QueryExecutionStart", "AgentExecutionStart"]);
    const { nextCursor } = await page(`/ark/events/${UID}?limit=1`);
    const behind = await ArkStream.open(`/ark/events/${UID}?watch=true&cursor=${nextCursor}`);
    expect(reasons(eventsOf(await behind.until(1)))).toEqual(["AgentExecutionStart"]);
    expect(behind.items[0]?.id).toBe(whole.last);
    for (const stream of [early, fresh, whole, behind]) await stream.close();
  });
});

test("a session of posted events alone has no trace", async () => {
  await post(anEvent("QueryExecutionStart", 0));
  await post(anEvent("QueryExecutionComplete", 1));
  await world.rest([OWNER, "s"]);
  expect(await page("/ark/traces")).toEqual({ items: [], total: 0, hasMore: false });
  expect(await page("/ark/traces?session_id=s")).toEqual({ items: [], total: 0, hasMore: false });
  await deliverQuery();
  await world.rest([OWNER, TRACE, "s"]);
  const traces = await (await world.request("/ark/traces")).json<{ items: { traceId: string }[]; total: number }>();
  expect([traces.total, traces.items.map(({ traceId }) => traceId)]).toEqual([1, [TRACE]]);
});

test("openapi.json describes Ark's routes", async () => {
  const { paths } = await (await world.request("/openapi.json")).json<{ paths: Record<string, object> }>();
  const methods = [
    "/ark/traces",
    "/ark/events",
    "/ark/events/{query}",
    "/ark/broker/sessions",
    "/ark/broker/sessions/{id}",
  ].map((path) => Object.keys(paths[path] ?? {}).filter((key) => key !== "parameters"));
  expect(methods).toEqual([["get", "delete"], ["post", "get", "delete"], ["get", "delete"], ["get"], ["get"]]);
});

test("a log record with an event's name and a wrong body does not hide other events", async () => {
  await deliverQuery();
  const body = { stringValue: '{"reason":"ToolCallStart","data":{"toolName":{}}}' };
  const attributes = [{ key: "session.id", value: { stringValue: "s" } }];
  for (const timeUnixNano of [at(1), at(2)])
    await world.deliverLogs([{ timeUnixNano, eventName: "ark.ToolCallStart", body, attributes }]);
  await world.rest([TRACE, "s", traceIdForSession("s")]);
  for (const path of ["/ark/events", "/ark/events?session_id=s", "/ark/events/ns/q"])
    expect((await page(path)).items.map(({ reason }) => reason).toSorted(), path).toEqual(REASONS.toSorted());
});
