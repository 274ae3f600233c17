import { describe, expect, test } from "vitest";
import { decodeSessionEvent } from "../../src/client/decode-event.ts";
import { openEventStream, type EventStreamOptions } from "../../src/client/event-stream.ts";
import { LONGEST_RETRY_AFTER } from "../../src/client/refusal.ts";
import type { SessionStreamEvent } from "../../src/session/contract/stream-events.ts";
import { FakePlatform, FakeResponse, sse } from "./fake-platform.ts";
import { inWords } from "./state-words.ts";

const gone = (revision: number): string =>
  sse("gone", { traceId: String(revision).padStart(32, "0") }, `g.${revision}`);
const bookmark = (revision: number): string => sse("bookmark", { resourceVersion: `g.${revision}`, now: 1 });

function open(platform: FakePlatform, options: Partial<EventStreamOptions<SessionStreamEvent>> = {}) {
  /** Revisions and other event types, as received. */
  const seen: string[] = [];
  const states: string[] = [];
  const stream = openEventStream<SessionStreamEvent>(
    {
      url: () => "http://127.0.0.1/sessions/s?watch=true",
      decode: decodeSessionEvent,
      kind: "watch",
      whenMissing: "give-up",
      onEvents: (received) => seen.push(...received.map(({ event, id }) => id ?? event.type)),
      onState: (state) => states.push(inWords(state)),
      ...options,
    },
    platform,
  );
  return { stream, seen, states };
}

const resumedFrom = (platform: FakePlatform) => platform.requests.map(({ headers }) => headers["last-event-id"]);

const json =
  (status: number, body: object, headers: Record<string, string> = {}) =>
  () =>
    Response.json(body, { status, headers });

describe("a stream", () => {
  test("resumes after a cut from the last event's id", async () => {
    const [first, second] = [new FakeResponse(), new FakeResponse()];
    const platform = new FakePlatform(first.answer, second.answer);
    const { seen, states } = open(platform);
    await platform.settle();
    first.send(gone(1) + bookmark(1) + gone(2));
    await platform.settle();
    first.break();
    await platform.pass(1_000);
    second.send(gone(3) + bookmark(3));
    await platform.settle();
    expect(resumedFrom(platform)).toEqual([undefined, "g.2"]);
    expect(seen).toEqual(["g.1", "bookmark", "g.2", "g.3", "bookmark"]);
    expect(states).toEqual(["live", "reconnecting 1: the server cannot be reached", "live"]);
  });

  test("that is silent for 30 s is lost, and resumed", async () => {
    const [first, second] = [new FakeResponse(), new FakeResponse()];
    const platform = new FakePlatform(first.answer, second.answer);
    const { states } = open(platform);
    await platform.settle();
    first.send(bookmark(7));
    await platform.pass(29_999);
    expect(states).toEqual(["live"]);
    await platform.pass(1_001);
    expect(states).toEqual(["live", "reconnecting 1: the stream was silent for 30 s"]);
    expect([resumedFrom(platform), first.isCancelled]).toEqual([[undefined, "g.7"], true]);
  });

  test.each([
    ["lost", () => Promise.reject(new TypeError("no network")), "give-up"],
    ["refused", json(404, { title: "Not Found" }), "retry"],
    ["deleted", () => new Response(sse("deleted", {}), { headers: { "content-type": "text/event-stream" } }), "retry"],
  ] as const)("that its reader closes when it is %s asks for nothing more", async (_, answer, whenMissing) => {
    const platform = new FakePlatform(answer, answer, answer);
    const { stream } = open(platform, {
      whenMissing,
      onState: ({ state }) => {
        if (state !== "connecting") stream.close();
      },
    });
    await platform.pass(600_000);
    expect(platform.requests).toHaveLength(1);
  });

  test("holds its position during a pause, and loses no event", async () => {
    const [first, second] = [new FakeResponse(), new FakeResponse()];
    const platform = new FakePlatform(first.answer, second.answer);
    const { stream, seen, states } = open(platform);
    await platform.settle();
    first.send(gone(1) + bookmark(1));
    await platform.settle();
    stream.pause();
    first.send(gone(2));
    await platform.pass(600_000);
    expect([seen, platform.requests.length, first.isCancelled]).toEqual([["g.1", "bookmark"], 1, true]);
    stream.resume();
    await platform.settle();
    second.send(gone(2) + bookmark(2));
    await platform.settle();
    expect(resumedFrom(platform)).toEqual([undefined, "g.1"]);
    expect(seen).toEqual(["g.1", "bookmark", "g.2", "bookmark"]);
    expect(states).toEqual(["live", "paused by reader", "connecting", "live"]);
  });

  test("pauses while its reader is hidden, except behind another view", async () => {
    const responses = [new FakeResponse(), new FakeResponse(), new FakeResponse()];
    const platform = new FakePlatform(...responses.map(({ answer }) => answer));
    const { stream, states } = open(platform);
    await platform.settle();
    platform.change("hidden");
    await platform.pass(5_000);
    platform.change("visible");
    await platform.settle();
    stream.hide();
    platform.change("hidden");
    platform.change("visible");
    await platform.settle();
    expect(platform.requests).toHaveLength(2);
    stream.show();
    await platform.settle();
    expect(platform.requests).toHaveLength(3);
    expect(states).toEqual(["paused by hidden", "connecting", "paused by hidden", "connecting"]);
  });

  test("delivers the events before a malformed one, and reads that one again", async () => {
    const [first, second] = [new FakeResponse(), new FakeResponse()];
    const platform = new FakePlatform(first.answer, second.answer);
    const { seen, states } = open(platform);
    await platform.settle();
    first.send(gone(1) + sse("gone", { traceId: 7 }, "g.2") + gone(3));
    await platform.pass(1_000);
    second.send(gone(2) + gone(3));
    await platform.settle();
    expect(seen).toEqual(["g.1", "g.2", "g.3"]);
    expect(resumedFrom(platform)).toEqual([undefined, "g.1"]);
    expect(states).toEqual(['reconnecting 1: the data of "gone" has missing or wrong fields']);
  });

  test("that was moved or deleted ends, and is not requested again", async () => {
    for (const [type, data, state] of [
      ["moved", { session: "t" }, "moved to t"],
      ["deleted", {}, "deleted"],
    ] as const) {
      const only = new FakeResponse();
      const platform = new FakePlatform(only.answer);
      const { states } = open(platform);
      await platform.settle();
      only.send(sse(type, data, "g.9"));
      await platform.pass(600_000);
      expect([states, platform.requests.length]).toEqual([[state], 1]);
    }
  });

  test("follows a redirect to another session by reporting its id", async () => {
    const redirected = () =>
      Object.defineProperties(new Response(null), {
        redirected: { value: true },
        url: { value: "http://127.0.0.1/sessions/a%20b?watch=true" },
      });
    const platform = new FakePlatform(redirected);
    const { states } = open(platform);
    await platform.pass(600_000);
    expect([states, platform.requests.length]).toEqual([["moved to a b"], 1]);
  });

  test("that was closed requests nothing more", async () => {
    const platform = new FakePlatform();
    const { stream, states } = open(platform);
    await platform.settle();
    stream.close();
    platform.change("online");
    await platform.pass(600_000);
    expect(platform.requests).toHaveLength(1);
    expect(states).toEqual(["reconnecting 1: the server cannot be reached"]);
  });
});

describe("a fault", () => {
  test("is retried after 1 s at first, then twice as late each time, up to 30 s, less a random part of at most half", async () => {
    const platform = new FakePlatform();
    const { stream } = open(platform);
    const waits: number[] = [];
    for (let attempt = 1; attempt <= 7; attempt++) {
      await platform.settle();
      const state = stream.state();
      const wait = state.state === "reconnecting" ? state.retryAt - platform.now() : 0;
      waits.push(wait);
      await platform.pass(wait - 1);
      expect(platform.requests).toHaveLength(attempt);
      await platform.pass(1);
    }
    expect(waits).toEqual([750, 1_500, 3_000, 6_000, 12_000, 22_500, 22_500]);
  });

  test("is retried at once when the network returns", async () => {
    const platform = new FakePlatform();
    platform.isOnline = false;
    const { states } = open(platform);
    await platform.settle();
    platform.change("online");
    await platform.settle();
    expect(platform.requests).toHaveLength(2);
    expect(states).toEqual(["reconnecting 1: this device is offline", "reconnecting 2: this device is offline"]);
  });

  test("with Retry-After is retried no earlier, and not at once by all clients", async () => {
    const busy = json(503, { detail: "the server restarts" }, { "retry-after": "20" });
    const platform = new FakePlatform(busy, new FakeResponse().answer);
    const { states } = open(platform);
    await platform.pass(20_000);
    expect([states, platform.requests.length]).toEqual([["reconnecting 1: the server restarts"], 1]);
    await platform.pass(750);
    expect(platform.requests).toHaveLength(2);
  });

  test("is retried within five minutes, however far Retry-After lies ahead", async () => {
    const platform = new FakePlatform(json(429, {}, { "retry-after": "Fri, 31 Dec 2100 23:59:59 GMT" }));
    open(platform);
    await platform.pass(LONGEST_RETRY_AFTER);
    expect(platform.requests).toHaveLength(1);
    await platform.pass(750);
    expect(platform.requests).toHaveLength(2);
  });

  test("uses the server's retry time", async () => {
    const first = new FakeResponse();
    const platform = new FakePlatform(first.answer);
    const { stream } = open(platform);
    await platform.settle();
    first.send("retry: 4000\n\n");
    await platform.settle();
    first.end();
    await platform.settle();
    expect(stream.state()).toMatchObject({ why: "the server ended the response", retryAt: platform.now() + 3_000 });
  });
});

describe("a refusal", () => {
  test.each([
    [401, {}, { reason: "unauthorised", hadToken: "yes" }],
    [403, { detail: "needs read" }, { reason: "forbidden", detail: "needs read", hadToken: "yes" }],
    [404, { movedTo: ["t", 7] }, { reason: "not-found", movedTo: ["t"], since: "just-now" }],
    [503, { title: "Closed", detail: "set a token" }, { reason: "closed", title: "Closed", detail: "set a token" }],
    [400, { title: "Bad Request" }, { reason: "unexpected", status: 400, title: "Bad Request", detail: "" }],
  ])("of status %i is given with its reason, and not retried", async (status, body, refusal) => {
    const platform = new FakePlatform(json(status, body));
    const { stream } = open(platform, { authorisation: () => "Bearer t" });
    await platform.pass(600_000);
    expect(platform.requests.map(({ headers }) => headers["authorization"])).toEqual(["Bearer t"]);
    expect(stream.state()).toEqual({ state: "refused", refusal });
  });

  test("ends when its reader tries again", async () => {
    const platform = new FakePlatform(json(401, {}));
    const { stream, states } = open(platform);
    const next = new FakeResponse();
    await platform.settle();
    platform.answer(next.answer);
    stream.resume();
    await platform.settle();
    next.send(bookmark(1));
    await platform.settle();
    expect(states).toEqual(["refused: unauthorised", "connecting", "live"]);
  });

  test("of a missing session is retried for a reader who waits for it", async () => {
    const missing = json(404, {});
    const appeared = new FakeResponse();
    const platform = new FakePlatform(missing, missing, appeared.answer);
    const { states } = open(platform, { whenMissing: "retry" });
    await platform.pass(4_000);
    expect(platform.requests).toHaveLength(3);
    appeared.send(gone(1));
    await platform.settle();
    expect(states.at(0)).toBe("refused: not-found");
    expect(states.at(-1)).toBe("connecting");
  });

  test("of a session that stays missing is retried less and less often: browsers log each answer", async () => {
    const platform = new FakePlatform(...Array.from({ length: 200 }, () => json(404, {})));
    open(platform, { whenMissing: "retry" });
    const after = async (minutes: number): Promise<number> => {
      const before = platform.requests.length;
      await platform.pass(minutes * 60_000);
      return platform.requests.length - before;
    };
    expect([await after(1), await after(1), await after(10), await after(60)]).toEqual([10, 2, 4, 12]);
  });

  test("is also a page of another server in place of the stream", async () => {
    const platform = new FakePlatform(() => new Response("<html>", { headers: { "content-type": "text/html" } }));
    const { states } = open(platform);
    await platform.pass(600_000);
    expect([states, platform.requests.length]).toEqual([["refused: unexpected"], 1]);
  });
});

describe("a prologue", () => {
  const prologue = (taken: unknown[]) => ({
    url: "/sessions?limit=100",
    take(body: unknown) {
      taken.push(body);
      return String((body as { resourceVersion: unknown }).resourceVersion);
    },
  });

  test("is read once, and the stream resumes from its version", async () => {
    const [first, second] = [new FakeResponse(), new FakeResponse()];
    const platform = new FakePlatform(json(200, { resourceVersion: "g.5" }), first.answer, second.answer);
    const taken: unknown[] = [];
    open(platform, { prologue: prologue(taken) });
    await platform.settle();
    first.break();
    await platform.pass(1_000);
    expect(platform.requests.map(({ headers }) => [headers["accept"], headers["last-event-id"]])).toEqual([
      ["application/json", undefined],
      ["text/event-stream", "g.5"],
      ["text/event-stream", "g.5"],
    ]);
    expect(taken).toHaveLength(1);
  });

  test("is read again after a reset, in place of the events", async () => {
    const [first, second] = [new FakeResponse(), new FakeResponse()];
    const platform = new FakePlatform(
      json(200, { resourceVersion: "g.5" }),
      first.answer,
      json(200, { resourceVersion: "h.1" }),
      second.answer,
    );
    const { seen } = open(platform, { prologue: prologue([]) });
    await platform.settle();
    first.send(sse("reset", {}, "h.0") + gone(1));
    await platform.pass(1_000);
    expect(resumedFrom(platform)).toEqual([undefined, "g.5", undefined, "h.1"]);
    expect(seen).toEqual([]);
  });

  test("that is refused refuses the stream", async () => {
    const platform = new FakePlatform(json(401, {}));
    const { states } = open(platform, { prologue: prologue([]) });
    await platform.pass(600_000);
    expect([states, platform.requests.length]).toEqual([["refused: unauthorised"], 1]);
  });
});

describe("a replay", () => {
  test("is live from the response on, and complete at its bookmark, after its events", async () => {
    const only = new FakeResponse();
    const platform = new FakePlatform(only.answer);
    const { seen, states } = open(platform, { kind: "replay" });
    await platform.settle();
    expect(states).toEqual(["live"]);
    only.send(gone(1) + bookmark(1));
    await platform.pass(600_000);
    expect([seen, states, platform.requests.length]).toEqual([["g.1", "bookmark"], ["live", "complete"], 1]);
  });

  test("continues from its position under a changed URL, and restarts without one", async () => {
    const responses = [new FakeResponse(), new FakeResponse(), new FakeResponse()];
    const platform = new FakePlatform(...responses.map(({ answer }) => answer));
    let speed = 1;
    const { stream } = open(platform, { kind: "replay", url: () => `/sessions/s?replay=true&speed=${speed}` });
    await platform.settle();
    responses[0]?.send(gone(4));
    await platform.settle();
    speed = 2;
    stream.reconnect();
    await platform.settle();
    stream.restart();
    await platform.settle();
    expect(platform.requests.map(({ url, headers }) => [url.slice(-7), headers["last-event-id"]])).toEqual([
      ["speed=1", undefined],
      ["speed=2", "g.4"],
      ["speed=2", undefined],
    ]);
  });
});
