import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { readReplayQuery } from "../../src/api/replay-query.ts";
import type { ReplayQuery } from "../../src/api/replay-query.ts";
import { ReplayStream } from "../../src/routes/stream/replay-stream.ts";
import { readPrices } from "../../src/session/prices/prices.ts";
import { wholeView } from "../session/whole-view.ts";
import { checkedStream } from "../api/answers.ts";
import { generateSession } from "../durable/generated-session.ts";
import { aSpan, at, spanId, traceIdOf } from "../durable/spans.ts";
import { openStream, StreamReader } from "../durable/viewer.ts";
import type { Seen } from "../durable/viewer.ts";
import * as world from "../durable/world.ts";
import { law, seedsFrom } from "../law.ts";
import { Random } from "../session/seeded-random.ts";

const TRACE = traceIdOf("replayed");

beforeEach(world.freshWorld);
afterEach(() => vi.useRealTimers());

/** Events as words: the names of spans, or the type of the event. */
function words(seen: readonly Seen[]): string[] {
  return seen.map(({ event }) => {
    if (event.type !== "spans") return event.type;
    const spans = event.resourceSpans.flatMap(({ scopeSpans = [] }) =>
      scopeSpans.flatMap(({ spans: all = [] }) => all),
    );
    return spans.map(({ name }) => name).join("+");
  });
}

async function replayOf(path: string, headers: Record<string, string> = {}): Promise<Seen[]> {
  const stream = await openStream(path, headers);
  const seen = await stream.readUntil(() => false);
  expect(stream.ended).toBe(true);
  return seen;
}

const named = (name: string, id: number, start: number, end: number) =>
  aSpan(TRACE, id, {
    name,
    startTimeUnixNano: at(start),
    endTimeUnixNano: at(end),
    ...(id === 1 ? {} : { parentSpanId: spanId(1) }),
  });

/** Children first and in two batches, as exporters send them. */
async function deliverWork(): Promise<void> {
  await world.deliver([named("third", 4, 2, 5), named("first", 2, 0, 1)]);
  await world.deliver([named("second", 3, 1, 3), named("root", 1, 0, 6)]);
  await world.rest([TRACE]);
}

describe("a replay", () => {
  // spec: STREAM-13
  test("by event sends spans by end time, and ends with a bookmark", async () => {
    await deliverWork();
    const seen = await replayOf(`/sessions/${TRACE}?replay=true&speed=1000`);
    expect(words(seen)).toEqual(["first", "second", "third", "root", "session", "bookmark"]);
    const { resourceVersion } = (await world.readSession(TRACE)) ?? {};
    expect(seen.at(-1)?.event).toMatchObject({ resourceVersion });
    const live = await openStream(`/sessions/${TRACE}`);
    const watched = await live.readUntil(({ event }) => event.type === "bookmark");
    await live.close();
    const fieldsOf = (all: readonly Seen[]) =>
      Object.keys(all.find(({ event }) => event.type === "session")?.event ?? {});
    expect(fieldsOf(watched)).toContain("retention");
    expect(fieldsOf(seen)).toEqual(fieldsOf(watched));
  });

  // spec: STREAM-13
  test("by arrival sends deliveries as they arrived", async () => {
    await deliverWork();
    const seen = await replayOf(`/sessions/${TRACE}?replay=true&speed=1000&by=arrival`);
    expect(words(seen)).toEqual(["third+first", "second+root", "session", "bookmark"]);
  });

  // spec: STREAM-14
  test("resumes after an interruption, and restarts for another log", async () => {
    await deliverWork();
    const path = `/sessions/${TRACE}?replay=true&speed=1000`;
    const whole = await replayOf(path);
    const after = await replayOf(path, { "last-event-id": whole[1]?.at ?? "" });
    expect(words(after)).toEqual(["third", "root", "session", "bookmark"]);
    expect(after.map((seen) => seen.at)).toEqual(whole.slice(2).map((seen) => seen.at));
    // A later delivery belongs to another replay.
    await world.deliver([named("late", 5, 6, 7)]);
    expect(words(await replayOf(path, { "last-event-id": whole[1]?.at ?? "" }))).toEqual(words(after));
    const other = await replayOf(path, { "last-event-id": `other${whole[1]?.at}` });
    expect(words(other)).toEqual(["reset", "first", "second", "third", "root", "late", "session", "bookmark"]);
  });

  test("of a moved session redirects to its new session", async () => {
    await world.deliver([aSpan(TRACE, 1, {}, { "session.id": "elsewhere" })]);
    await world.rest([TRACE, "elsewhere"]);
    const response = await world.request(`/sessions/${TRACE}?replay=true&speed=10`);
    expect([response.status, response.headers.get("location")]).toEqual([
      307,
      "/sessions/elsewhere?replay=true&speed=10",
    ]);
    expect(words(await replayOf("/sessions/elsewhere?replay=true"))).toEqual(["span 1", "session", "bookmark"]);
  });

  test("by arrival sends the tombstone of a revoked trace", async () => {
    const revoked = traceIdOf("left");
    await world.deliver([aSpan(revoked, 1, {}, { "session.id": "shared" })]);
    await world.rest([revoked, "shared"]);
    await world.deliver([aSpan(TRACE, 2, {}, { "session.id": "shared" })]);
    await world.deliver([aSpan(revoked, 3, {}, { "ark.session.id": "better" })]);
    await world.rest([revoked, TRACE, "shared", "better"]);
    const seen = await replayOf("/sessions/shared?replay=true&by=arrival");
    expect(words(seen)).toEqual(["span 2", "gone", "session", "bookmark"]);
    expect(seen[1]?.event).toEqual({ type: "gone", traceId: revoked, session: "better" });
    expect(words(await replayOf("/sessions/shared?replay=true"))).toEqual(["span 2", "session", "bookmark"]);
  });

  test("ends when its session is deleted", async () => {
    await deliverWork();
    const stream = await openStream(`/sessions/${TRACE}?replay=true&speed=100`);
    await stream.readUntil(({ event }) => event.type === "spans");
    expect((await world.request(`/sessions/${TRACE}`, { method: "DELETE" })).status).toBe(204);
    expect(words(await stream.readUntil(() => false)).at(-1)).toBe("deleted");
    expect(stream.ended).toBe(true);
  });

  test.each([
    ["replay=yes", "replay must be true or false"],
    ["replay=true&by=chance", "by must be event or arrival"],
    ["replay=true&speed=0", "speed must be a number from 0.01 to 10000, such as 10 or 0.5"],
    ["replay=true&speed=10001", "speed must be a number from 0.01 to 10000, such as 10 or 0.5"],
    ["replay=true&speed=fast", "speed must be a number from 0.01 to 10000, such as 10 or 0.5"],
    ["replay=true&idle=2", "idle must be a duration of at most an hour, such as 2s, 500ms or 1m"],
    ["replay=true&idle=61m", "idle must be a duration of at most an hour, such as 2s, 500ms or 1m"],
    [
      "replay=true&from=noon",
      "from must be a time such as 2026-11-21T09:30:00Z, Unix nanoseconds, or a duration into the session such as 90s",
    ],
  ])("refuses %s", async (search, detail) => {
    await deliverWork();
    const response = await world.request(`/sessions/${TRACE}?${search}`);
    expect([response.status, response.headers.get("content-type")]).toEqual([400, "application/problem+json"]);
    expect(await response.json()).toMatchObject({ detail });
  });

  test("accepts the limits of its parameters", () => {
    const read = (search: string) => {
      const outcome = readReplayQuery(new URLSearchParams(search), undefined);
      return outcome.ok ? outcome.query : outcome.detail;
    };
    expect(read("")).toEqual({ by: "event", speed: 1, idle: 2_000 });
    expect(read("speed=0.01&idle=60m&from=90s")).toEqual({
      by: "event",
      speed: 0.01,
      idle: 3_600_000,
      from: { into: 90_000 },
    });
    expect(read("speed=10000&idle=0s&by=arrival&from=1970-01-01T00:00:01Z")).toEqual({
      by: "arrival",
      speed: 10_000,
      idle: 0,
      from: { moment: 1_000 },
    });
  });

  test("of an unknown session is 404, and a browser gets the page", async () => {
    expect((await world.request("/sessions/nobody?replay=true")).status).toBe(404);
    const page = await world.request(`/sessions/${TRACE}?replay=true`, { headers: { accept: "text/html" } });
    expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
    await page.body?.cancel();
  });

  test("does not wait for a clock that is years off", async () => {
    const outlier = (id: number, start: string, end: string) =>
      aSpan(TRACE, id, {
        name: `outlier ${id}`,
        startTimeUnixNano: start,
        endTimeUnixNano: end,
        parentSpanId: spanId(1),
      });
    await world.deliver([outlier(7, "1", "2"), outlier(8, "18446744073709551614", "18446744073709551615")]);
    await deliverWork();
    const seen = await replayOf(`/sessions/${TRACE}?replay=true&speed=1000&idle=60m`);
    expect(words(seen)).toEqual(["first", "second", "outlier 7+outlier 8", "third", "root", "session", "bookmark"]);
  });
});

// spec: STREAM-12
law("a folded replay equals the snapshot", seedsFrom(41, 4), async (seed) => {
  await world.freshWorld();
  const random = new Random(seed);
  const { sent, ids } = generateSession(random);
  for (const delivery of random.cut(random.shuffle(sent), 7)) await world.deliver(delivery);
  await world.rest(ids);
  const shown = await world.readoutsOf(ids);
  expect(Object.keys(shown)).not.toEqual([]);
  for (const [id, now] of Object.entries(shown)) {
    for (const by of ["event", "arrival"]) {
      const view = wholeView(id, readPrices);
      const path = `/sessions/${encodeURIComponent(id)}?replay=true&speed=10000&idle=0s&by=${by}`;
      for (const { event } of await replayOf(path)) view.apply(event);
      const summary = view.summary();
      if (summary === undefined) throw new Error("the replay was empty");
      expect(world.readoutFrom(summary, view.queries(), world.itemsIn(view))).toEqual(now);
    }
  }
});

describe("a replay in the viewer's time", () => {
  const QUERY: ReplayQuery = { by: "event", speed: 1, idle: 2_000 };

  /** Reads the next event. Returns its words after the wait in milliseconds, a multiple of `millis`. */
  async function waited(stream: StreamReader, millis = 100): Promise<string> {
    let arrived: Seen[] | undefined;
    let wait = 0;
    const read = stream.read(1_000_000).then((seen) => (arrived = seen));
    for (;;) {
      for (let n = 0; n < 20; n++) await scheduler.wait(0);
      if (arrived !== undefined) break;
      await vi.advanceTimersByTimeAsync(millis);
      wait += millis;
    }
    await read;
    return `${wait} ${words(arrived).join(" ")}`.trim();
  }

  async function replayed(query: ReplayQuery, millis?: number): Promise<{ lines: string[]; comments: number }> {
    const stream = new StreamReader(
      checkedStream(
        `/sessions/${TRACE}`,
        new ReplayStream(world.calls(TRACE), query).stream(new AbortController().signal),
      ),
    );
    const lines: string[] = [];
    while (!stream.ended) lines.push(await waited(stream, millis));
    return { lines, comments: stream.comments.length };
  }

  beforeEach(async () => {
    await deliverWork();
    vi.useFakeTimers({ toFake: ["Date", "performance", "setTimeout", "clearTimeout"] });
  });

  test("waits as the session did, at most 2 s", async () => {
    const { lines } = await replayed(QUERY);
    expect(lines).toEqual(["0", "0 first", "2000 second", "2000 third", "1000 root", "0 session", "0 bookmark", "0"]);
  });

  test("runs ten times as fast, from a given time on", async () => {
    expect((await replayed({ ...QUERY, speed: 10, from: { into: 3_000 } })).lines).toEqual([
      "0",
      "0 first",
      "0 second",
      "100 third",
      "100 root",
      "0 session",
      "0 bookmark",
      "0",
    ]);
  });

  test("sends a heartbeat every 15 s of a longer wait", async () => {
    const { lines, comments } = await replayed({ ...QUERY, speed: 0.05, idle: 60_000 }, 5_000);
    expect(lines.filter((line) => line !== "15000")).toEqual([
      "0",
      "0 first",
      "10000 second",
      "10000 third",
      "5000 root",
      "0 session",
      "0 bookmark",
      "0",
    ]);
    expect(comments).toBe(5);
  });

  test("leaves no timer when the viewer is cut off", async () => {
    const abort = new AbortController();
    const stream = new StreamReader(
      checkedStream(`/sessions/${TRACE}`, new ReplayStream(world.calls(TRACE), QUERY).stream(abort.signal)),
    );
    await waited(stream);
    await waited(stream);
    const next = stream.read(1_000_000);
    for (let n = 0; n < 20; n++) await scheduler.wait(0);
    const before = vi.getTimerCount();
    abort.abort();
    expect([await next, stream.ended, before - vi.getTimerCount()]).toEqual([[], true, 1]);
  });
});
