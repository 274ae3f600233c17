import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test } from "vitest";
import { aSpan, at, someSpans, spanId, traceIdOf } from "../durable/spans.ts";
import * as world from "../durable/world.ts";
import { ArkStream, names } from "./ark-stream.ts";

const TRACE = traceIdOf("trace");
const OTHER = traceIdOf("other");
const THIRD = traceIdOf("third");

beforeEach(async () => {
  world.stopClock();
  await world.emptyWorld();
});

const span = (traceId: string, id: number, session?: string) =>
  aSpan(traceId, id, { name: `${id}` }, session === undefined ? {} : { "ark.session.id": session });

async function get<Body>(path: string, headers: Record<string, string> = {}): Promise<{ status: number; body: Body }> {
  const response = await world.request(path, { headers });
  return { status: response.status, body: await response.json() };
}

type Page = {
  items: { traceId: string; spans: { name: string }[] }[];
  total: number;
  hasMore: boolean;
  nextCursor?: number;
};

const BARE = {
  traceId: TRACE,
  spanId: spanId(1),
  parentSpanId: "",
  name: "query.q",
  kind: 1,
  startTimeUnixNano: at(0),
  endTimeUnixNano: at(1),
  attributes: [{ key: "ark.session.id", value: { stringValue: "s" } }],
  status: { code: 2, message: "no luck" },
  resource: { "service.name": "tests" },
};

async function deliverQuery(): Promise<void> {
  const status = { code: 2, message: "no luck" };
  await world.deliver([
    aSpan(TRACE, 1, { name: "query.q", status }, { "ark.session.id": "s" }),
    aSpan(TRACE, 2, { name: "agent.a", parentSpanId: spanId(1), endTimeUnixNano: "0", kind: 0 }),
  ]);
  await world.rest([TRACE, "s"]);
}

describe("GET /ark/traces/:id", () => {
  test("has Ark's shape", async () => {
    await deliverQuery();
    const { status, body } = await get<Record<string, unknown>>(`/ark/traces/${TRACE}`);
    expect([status, Object.keys(body)]).toEqual([200, ["traceId", "spans"]]);
    expect(body["traceId"]).toBe(TRACE);
    const [first, second] = body["spans"] as unknown[];
    expect(first).toEqual(BARE);
    expect(second).toMatchObject({
      kind: 0,
      parentSpanId: spanId(1),
      endTimeUnixNano: "0",
      attributes: [],
      status: { code: 0, message: "" },
    });
  });

  test("shows each span once, in its winning version, its values whole", async () => {
    const input = "x".repeat(20_000);
    await world.deliver([aSpan(TRACE, 1, { endTimeUnixNano: "0" }, { "input.value": input })]);
    await world.deliver([aSpan(TRACE, 1, {}, { "input.value": input })]);
    const { body } = await get<{ spans: { attributes: { value: unknown }[] }[] }>(`/ark/traces/${TRACE}`);
    expect(body.spans.map(({ attributes }) => attributes[0]?.value)).toEqual([{ stringValue: input }]);
  });

  test("an unknown trace is 404 in Ark's shape", async () => {
    const { status, body } = await get<object>(`/ark/traces/${TRACE}`, { "x-request-id": "r-1" });
    expect([status, body]).toEqual([
      404,
      expect.objectContaining({ error: { code: "NOT_FOUND", message: `Trace ${TRACE} not found`, requestId: "r-1" } }),
    ]);
    expect((await get<{ error: object }>("/ark/traces/no-id")).body.error).toMatchObject({ code: "NOT_FOUND" });
  });

  test("a watch sends bare spans from now on, from the beginning, or behind a cursor", async () => {
    await world.deliver([span(TRACE, 1), span(TRACE, 2)]);
    const fresh = await ArkStream.open(`/ark/traces/${TRACE}?watch=true`);
    const whole = await ArkStream.open(`/ark/traces/${TRACE}?watch=true&from-beginning=true`);
    await whole.until(2);
    await world.deliver([span(TRACE, 3)]);
    expect(names(await fresh.until(1))).toEqual(["3"]);
    expect(names(await whole.until(3))).toEqual(["1", "2", "3"]);
    expect(whole.comments).toContain("connected");
    expect(whole.items.map(({ event }) => event)).toEqual([undefined, undefined, undefined]);
    for (const { id } of whole.items) expect(Number.isSafeInteger(Number(id))).toBe(true);
    const behind = await ArkStream.open(`/ark/traces/${TRACE}?watch=true&cursor=${whole.items[0]?.id}`);
    expect(names(await behind.until(2))).toEqual(["2", "3"]);
    const resumed = await ArkStream.open(`/ark/traces/${TRACE}?watch=true`, {
      "last-event-id": whole.items[1]?.id ?? "",
    });
    expect(names(await resumed.until(1))).toEqual(["3"]);
    for (const stream of [fresh, whole, behind, resumed]) await stream.close();
  });

  test("a watch may begin before the trace exists", async () => {
    const stream = await ArkStream.open(`/ark/traces/${TRACE}?watch=true`);
    await stream.drain();
    await world.deliver([span(TRACE, 1)]);
    expect(names(await stream.until(1))).toEqual(["1"]);
    await stream.close();
  });

  test("a cursor of a log that was deleted means the beginning of the new one", async () => {
    await world.deliver(someSpans(TRACE, 1, 3));
    const old = await ArkStream.open(`/ark/traces/${TRACE}?watch=true&from-beginning=true`);
    await old.until(3);
    await old.close();
    await world.request(`/sessions/${TRACE}`, { method: "DELETE" });
    await world.deliver([span(TRACE, 4)]);
    const stream = await ArkStream.open(`/ark/traces/${TRACE}?watch=true&cursor=${old.last}`);
    expect(names(await stream.until(1))).toEqual(["4"]);
    await stream.close();
  });
});

describe("a stream of all sessions", () => {
  // The clock stands still: a second report comes in two seconds at the earliest, so never.
  test.each([
    ["a trace of its own", undefined],
    ["a session", "chat"],
  ])("sends the spans of %s between its reports, each once", async (_, session) => {
    const stream = await ArkStream.open("/ark/traces?watch=true");
    await stream.drain();
    for (let n = 1; n <= 5; n++) {
      await world.deliver([span(TRACE, n, session)]);
      await stream.until(n);
    }
    expect(names(await stream.drain())).toEqual(["1", "2", "3", "4", "5"]);
    const resumed = await ArkStream.open("/ark/traces?watch=true", { "last-event-id": stream.items[1]?.id ?? "" });
    expect(names(await resumed.until(3))).toEqual(["3", "4", "5"]);
    world.pass(61_000);
    await world.rest([TRACE, "chat"]);
    expect(names(await stream.drain())).toEqual(["1", "2", "3", "4", "5"]);
    for (const one of [stream, resumed]) await one.close();
  });

  test("sends nothing of a session that was deleted between its reports, and all of the one that began anew", async () => {
    const stream = await ArkStream.open("/ark/traces?watch=true");
    await stream.drain();
    await world.deliver([span(TRACE, 1)]);
    await stream.until(1);
    await world.deliver([span(TRACE, 2)]);
    await stream.until(2);
    await world.request(`/sessions/${TRACE}`, { method: "DELETE" });
    await world.deliver([span(TRACE, 3)]);
    await world.rest([TRACE]);
    expect(names(await stream.until(3))).toEqual(["1", "2", "3"]);
    await stream.close();
  });
});

describe("GET /ark/traces", () => {
  test("lists newest first, page by page, each trace once", async () => {
    for (let n = 0; n < 7; n++) {
      await world.deliver([span(traceIdOf(`t${n}`), 1, n % 2 === 0 ? "even" : undefined)]);
      await world.rest([traceIdOf(`t${n}`), "even"]);
    }
    const all = await get<Page>("/ark/traces");
    const ids = all.body.items.map(({ traceId }) => traceId);
    expect(ids).toEqual([6, 4, 2, 0, 5, 3, 1].map((n) => traceIdOf(`t${n}`)));
    expect(all.body).toMatchObject({ total: 7, hasMore: false });
    expect(all.body).not.toHaveProperty("nextCursor");
    expect(all.body.items.map(({ spans }) => spans.map(({ name }) => name))).toEqual(ids.map(() => ["1"]));
    const paged: string[] = [];
    let cursor: number | undefined;
    do {
      const { body }: { body: Page } = await get(
        `/ark/traces?limit=3${cursor === undefined ? "" : `&cursor=${cursor}`}`,
      );
      expect(body).toMatchObject({ total: 7, hasMore: body.nextCursor !== undefined });
      paged.push(...body.items.map(({ traceId }) => traceId));
      cursor = body.nextCursor;
    } while (cursor !== undefined);
    expect(paged).toEqual(ids);
    const even = await get<Page>("/ark/traces?session_id=even&limit=2");
    expect(even.body.items.map(({ traceId }) => traceId)).toEqual([traceIdOf("t6"), traceIdOf("t4")]);
    expect(even.body).toMatchObject({ total: 4, hasMore: true });
    const rest = await get<Page>(`/ark/traces?session_id=even&limit=2&cursor=${even.body.nextCursor}`);
    expect(rest.body.items.map(({ traceId }) => traceId)).toEqual([traceIdOf("t2"), traceIdOf("t0")]);
    expect((await get<Page>("/ark/traces?session_id=unknown")).body).toEqual({ items: [], total: 0, hasMore: false });
  });

  test.each([
    ["limit=0", "limit must be a positive integer"],
    ["limit=x", "limit must be a positive integer"],
    ["limit=", "limit must be a positive integer"],
    ["limit=1001", "limit cannot exceed 1000"],
    ["cursor=-1", "cursor must be a non-negative integer"],
    ["cursor=1.5", "cursor must be a non-negative integer"],
    ["cursor=9007199254740993", "cursor must be a non-negative integer"],
    ["watch=true&cursor=abc", "cursor must be a non-negative integer"],
    ["resourceVersion=1.5", "cursor must be a non-negative integer"],
  ])("%s is 400 in Ark's shape", async (search, message) => {
    for (const path of ["/ark/traces", "/ark/events", "/ark/events/q", "/ark/broker/sessions"]) {
      const { status, body } = await get<{ error: object }>(`${path}?${search}`);
      expect([path, status, body.error]).toEqual([
        path,
        400,
        { code: "PAGINATION_ERROR", message, requestId: expect.any(String) },
      ]);
    }
  });

  test("DELETE purges everything", async () => {
    await world.deliver([span(TRACE, 1, "s")]);
    await world.deliver([span(OTHER, 1)]);
    await world.rest([TRACE, OTHER, "s"]);
    const response = await world.request("/ark/traces", { method: "DELETE" });
    expect([response.status, await response.json()]).toEqual([
      200,
      { status: "success", message: "Trace data purged" },
    ]);
    expect((await get<Page>("/ark/traces")).body).toEqual({ items: [], total: 0, hasMore: false });
    expect((await get(`/ark/traces/${TRACE}`)).status).toBe(404);
  });
});

describe("GET /ark/traces?watch=true", () => {
  test("sends each span that is acknowledged from now on, of all sessions or of one", async () => {
    await world.deliver([span(TRACE, 1, "s")]);
    await world.rest([TRACE, "s"]);
    const all = await ArkStream.open("/ark/traces?watch=true");
    const one = await ArkStream.open("/ark/traces?watch=true&session_id=s");
    await world.deliver([span(TRACE, 2, "s"), span(OTHER, 3), span(THIRD, 4, "s")]);
    await world.rest([TRACE, OTHER, THIRD, "s"]);
    expect(names(await all.until(3)).toSorted()).toEqual(["2", "3", "4"]);
    expect(names(await one.until(2)).toSorted()).toEqual(["2", "4"]);
    expect(all.items[0]?.data).toMatchObject({ resource: { "service.name": "tests" }, parentSpanId: "" });
    expect(all.comments).toContain("connected");
    await all.drain();
    expect(all.items).toHaveLength(3);
    await all.close();
    await one.close();
  });

  test("resumes behind any span, even in the middle of a delivery, after the directory was evicted", async () => {
    const all = await ArkStream.open("/ark/traces?watch=true");
    await world.deliver([1, 2, 3].map((id) => span(TRACE, id, "s")));
    await world.deliver([4, 5].map((id) => span(OTHER, id)));
    await world.rest([TRACE, OTHER, "s"]);
    await world.deliver([span(TRACE, 6, "s")]);
    await world.rest([TRACE, "s"]);
    await all.until(6);
    await all.close();
    await evictDurableObject(env.DIRECTORY.get(env.DIRECTORY.idFromName("default/directory")));
    const sent = names(all.items);
    expect(sent.toSorted()).toEqual(["1", "2", "3", "4", "5", "6"]);
    const ids = all.items.map(({ id }) => Number(id));
    expect(ids).toEqual(ids.toSorted((a, b) => a - b));
    for (const [at, { id }] of all.items.entries()) {
      for (const [search, headers] of [
        [`&cursor=${id}`, {}],
        ["&cursor=0", { "last-event-id": id ?? "" }],
      ] as const) {
        const rest = await ArkStream.open(`/ark/traces?watch=true${search}`, headers);
        expect(names(await rest.until(sent.length - at - 1))).toEqual(sent.slice(at + 1));
        expect(rest.items.map((item) => item.id)).toEqual(all.items.slice(at + 1).map((item) => item.id));
        await rest.close();
      }
    }
    const whole = await ArkStream.open("/ark/traces?watch=true&from-beginning=true");
    expect(names(await whole.until(6))).toEqual(sent);
    await whole.close();
  });

  test("a cursor past the head means now", async () => {
    await world.deliver([span(TRACE, 1)]);
    await world.rest([TRACE]);
    const stream = await ArkStream.open(`/ark/traces?watch=true&cursor=${Number.MAX_SAFE_INTEGER}`);
    await world.deliver([span(TRACE, 2)]);
    await world.rest([TRACE]);
    expect(names(await stream.until(1))).toEqual(["2"]);
    await stream.close();
  });

  test("a trace that is bound to a session later is sent once, live and resumed", async () => {
    const all = await ArkStream.open("/ark/traces?watch=true");
    await world.deliver([span(TRACE, 1)]);
    await world.rest([TRACE]);
    await all.until(1);
    await world.deliver([span(TRACE, 2, "s")]);
    await world.rest([TRACE, "s"]);
    await all.until(2);
    await all.drain();
    expect(names(all.items)).toEqual(["1", "2"]);
    const resumed = await ArkStream.open(`/ark/traces?watch=true&cursor=${all.items[0]?.id}`);
    await resumed.until(1);
    expect(names(await resumed.drain())).toEqual(["2"]);
    const whole = await ArkStream.open("/ark/traces?watch=true&cursor=0");
    await whole.until(2);
    expect(names(await whole.drain())).toEqual(["1", "2"]);
    for (const stream of [all, resumed, whole]) await stream.close();
  });

  test("a trace that returns after its session was deleted is sent again from its beginning", async () => {
    await world.deliver([span(TRACE, 1)]);
    await world.deliver([span(TRACE, 2)]);
    await world.rest([TRACE]);
    await world.deliver([span(TRACE, 3, "s")]);
    await world.rest([TRACE, "s"]);
    await world.request("/sessions/s", { method: "DELETE" });
    await world.rest([TRACE, "s"]);
    world.pass(60_000);
    const all = await ArkStream.open("/ark/traces?watch=true");
    await world.deliver([span(TRACE, 1), span(TRACE, 2), span(TRACE, 3, "s")]);
    await world.rest([TRACE, "s"]);
    expect(names(await all.until(3))).toEqual(["1", "2", "3"]);
    const whole = await ArkStream.open("/ark/traces?watch=true&cursor=0");
    expect(names(await whole.until(3))).toEqual(["1", "2", "3"]);
    for (const stream of [all, whole]) await stream.close();
  });
});
