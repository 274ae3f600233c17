import { beforeEach, describe, expect, test } from "vitest";
import { aSpan, at, spanId, traceIdOf } from "../durable/spans.ts";
import * as world from "../durable/world.ts";
import { ArkStream } from "./ark-stream.ts";

const ONE = traceIdOf("one");
const TWO = traceIdOf("two");
const OTHER = traceIdOf("other");

beforeEach(async () => {
  world.stopClock();
  await world.emptyWorld();
});

function query(traceId: string, name: string, session: string, isOver: boolean) {
  const inherited = { "query.name": name, "query.namespace": "ns", "ark.session.id": session };
  return [
    aSpan(traceId, 1, { name: `query.${name}`, endTimeUnixNano: isOver ? at(2) : "0" }, inherited),
    aSpan(traceId, 2, { name: "http", parentSpanId: spanId(1) }),
  ];
}

async function deliverAll(): Promise<void> {
  await world.deliver(query(ONE, "q", "s", true));
  await world.rest([ONE, "s"]);
  await world.deliver(query(TWO, "q", "s", true));
  await world.rest([TWO, "s"]);
  await world.deliver(query(OTHER, "p", "t", false));
  await world.rest([OTHER, "t"]);
}

async function get<Body>(path: string): Promise<Body> {
  return await (await world.request(path)).json();
}

type List = { resourceVersion: number; sessions: { id: string }[]; cursor?: number };

describe("GET /broker/sessions", () => {
  test("lists sessions, the last changed first, page by page", async () => {
    await deliverAll();
    const list = await get<List>("/ark/broker/sessions");
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
    expect(list).toEqual({
      resourceVersion: expect.any(Number),
      sessions: [
        { id: "t", createdAt: "2026-09-21T14:13:20Z", updatedAt: time, queryCount: 1, activeQueries: 1 },
        { id: "s", createdAt: "2026-09-21T14:13:20Z", updatedAt: time, queryCount: 2, activeQueries: 0 },
      ],
    });
    const first = await get<List>("/ark/broker/sessions?limit=1");
    expect(first.sessions.map(({ id }) => id)).toEqual(["t"]);
    const second = await get<List>(`/ark/broker/sessions?limit=1&before=${first.cursor}`);
    expect([second.sessions.map(({ id }) => id), second.cursor]).toEqual([["s"], undefined]);
    const active = await get<List>("/ark/broker/sessions?active=true");
    expect(active.sessions.map(({ id }) => id)).toEqual(["t"]);
  });

  test.each(["before=x", "active=1", "watch=maybe"])("%s is 400", async (search) => {
    const response = await world.request(`/ark/broker/sessions?${search}`);
    expect([response.status, Object.keys(await response.json<object>())]).toEqual([
      400,
      ["type", "status", "title", "detail", "error"],
    ]);
  });

  test("a watch greets, then sends each span with its query, behind a resource version", async () => {
    await deliverAll();
    const { resourceVersion } = await get<List>("/ark/broker/sessions");
    const stream = await ArkStream.open(`/ark/broker/sessions?watch=true&resourceVersion=${resourceVersion}`);
    await world.deliver(query(traceIdOf("three"), "r", "s", true));
    await world.rest([traceIdOf("three"), "s"]);
    await stream.until(3);
    const [connected, first, second] = stream.items;
    expect(connected).toEqual({ id: undefined, event: "connected", data: { resourceVersion } });
    expect(first).toEqual({
      id: expect.stringMatching(/^\d+$/),
      event: "span",
      data: { sessionId: "s", queryName: "r", span: expect.objectContaining({ name: "query.r" }) },
    });
    expect(second?.data).toMatchObject({ queryName: "r", span: { name: "http" } });
    await stream.close();
  });
});

describe("GET /broker/sessions/:id", () => {
  test("lists queries by name, each with the spans of its trace", async () => {
    await deliverAll();
    const session = await get<{ queries: Record<string, { traceId: string; spans: { name: string }[] }> }>(
      "/ark/broker/sessions/s",
    );
    expect(Object.keys(session)).toEqual(["resourceVersion", "id", "createdAt", "updatedAt", "queries"]);
    const names = Object.entries(session.queries).map(([name, { traceId, spans }]) => [
      name,
      traceId,
      spans.map((span) => span.name),
    ]);
    expect(names.toSorted(([a], [b]) => String(a).localeCompare(String(b)))).toEqual([
      ["q", TWO, ["query.q", "http"]],
      [`q@${ONE}:${spanId(1)}`, ONE, ["query.q", "http"]],
    ]);
    expect((await world.request("/ark/broker/sessions/unknown")).status).toBe(404);
  });

  test("a watch goes on behind a resource version", async () => {
    await deliverAll();
    const { resourceVersion } = await get<List>("/ark/broker/sessions/s");
    const stream = await ArkStream.open(`/ark/broker/sessions/s?watch=true&resourceVersion=${resourceVersion}`);
    await world.deliver([aSpan(ONE, 9, { name: "late" })]);
    await world.rest([ONE, "s"]);
    await stream.until(2);
    expect(stream.items.map(({ event }) => event)).toEqual(["connected", "span"]);
    expect(stream.items[1]?.data).toMatchObject({ sessionId: "s", queryName: "q", span: { name: "late" } });
    await stream.close();
  });
});
