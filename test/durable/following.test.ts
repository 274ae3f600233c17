import { runInDurableObject } from "cloudflare:test";
import { beforeEach, describe, expect, test } from "vitest";
import { Random } from "../session/seeded-random.ts";
import { deliveryOf } from "./deliveries.ts";
import { aSpan, someSpans, spanId, traceIdOf } from "./spans.ts";
import { openStream, Viewer } from "./viewer.ts";
import type { Seen } from "./viewer.ts";
import * as world from "./world.ts";

const TRACE = traceIdOf("trace");
const OTHER = traceIdOf("other");

beforeEach(async () => {
  world.stopClock();
  await world.emptyWorld();
});

const isBookmark = ({ event }: Seen) => event.type === "bookmark";

/** The stream's events from a version up to the first bookmark: their types, and the names of spans. */
async function streamed(path: string, from?: string): Promise<string[]> {
  const stream = await openStream(path, from === undefined ? {} : { "last-event-id": from });
  const seen = await stream.readUntil(isBookmark);
  await stream.close();
  return seen.map(worded);
}

function worded({ event }: Seen): string {
  if (event.type === "spans") {
    const names = world.spansOf(event.resourceSpans).map(({ span }) => span.name?.replace("span ", ""));
    return `spans ${names.join(" ")}`;
  }
  if (event.type === "gone") return `gone to ${event.session ?? "nowhere"}`;
  return event.type === "moved" ? `moved to ${event.session}` : event.type;
}

describe("a stream", () => {
  test("sends the log from its beginning, the summary and a bookmark, then events as they happen", async () => {
    await world.deliver(someSpans(TRACE, 1, 2));
    await world.deliver(someSpans(TRACE, 3, 1));
    const stream = await openStream(`/sessions/${TRACE}?watch=true`);
    const first = await stream.readUntil(isBookmark);
    expect(first.map(worded)).toEqual(["spans 1 2", "spans 3", "session", "bookmark"]);
    const head = (await world.readSession(TRACE))?.resourceVersion;
    expect(first.map(({ at }) => at)).toEqual([head?.replace(/2$/, "1"), head, undefined, undefined]);
    expect(first.at(-1)?.event).toEqual({ type: "bookmark", resourceVersion: head, now: Date.now() });

    await world.deliver(someSpans(TRACE, 4, 2));
    expect((await stream.read()).map(worded)).toEqual(["spans 4 5"]);
    await world.deliver(someSpans(TRACE, 6, 1));
    // After a short silence it sends the present summary.
    expect((await stream.readUntil(isBookmark)).map(worded)).toEqual(["spans 6", "session", "bookmark"]);
    await stream.close();
  });

  // spec: STREAM-3
  test("resumes after the last event, whether a header or the query names it", async () => {
    for (const n of [1, 2, 3]) await world.deliver([aSpan(TRACE, n)]);
    const head = (await world.readSession(TRACE))?.resourceVersion ?? "";
    const second = head.replace(/3$/, "2");
    expect(await streamed(`/sessions/${TRACE}`, second)).toEqual(["spans 3", "session", "bookmark"]);
    expect(await streamed(`/sessions/${TRACE}?resourceVersion=${second}`)).toEqual(["spans 3", "session", "bookmark"]);
    expect(await streamed(`/sessions/${TRACE}`, head)).toEqual(["session", "bookmark"]);
  });

  // spec: CURSOR-2
  test.each([
    ["of another generation of the log", () => "0abc.1"],
    ["past the head", (head: string) => head.replace(/\.1$/, ".2")],
  ])("begins with reset from a version %s", async (_, versionOf) => {
    await world.deliver([aSpan(TRACE, 1)]);
    const version = versionOf((await world.readSession(TRACE))?.resourceVersion ?? "");
    expect(await streamed(`/sessions/${TRACE}`, version)).toEqual(["reset", "spans 1", "session", "bookmark"]);
  });

  test("refuses a text that is no version", async () => {
    await world.deliver([aSpan(TRACE, 1)]);
    const response = await world.request(`/sessions/${TRACE}?watch=true&resourceVersion=last`);
    expect([response.status, response.headers.get("content-type")]).toEqual([400, "application/problem+json"]);
  });

  // spec: STREAM-3
  test("of 1,000 revisions resumes at any of them, without gap or repeat", async () => {
    const revisions = 1_000;
    await runInDurableObject(world.objectOf(TRACE), async (owner) => {
      const deliveries = Array.from({ length: revisions }, (_, n) => deliveryOf([aSpan(TRACE, n + 1)]));
      await owner.append(world.caller(), deliveries);
    });
    const head = (await world.readSession(TRACE))?.resourceVersion ?? "";
    const generation = head.slice(0, head.indexOf("."));
    expect(head).toBe(`${generation}.${revisions}`);
    const random = new Random(5100);
    for (const from of [0, 1, 499, 998, 999, 1_000, random.below(1_000), random.below(1_000)]) {
      const stream = await openStream(`/sessions/${TRACE}`, { "last-event-id": `${generation}.${from}` });
      const seen = await stream.readUntil(isBookmark);
      await stream.close();
      const expected = Array.from({ length: revisions - from }, (_, n) => `${generation}.${from + n + 1}`);
      expect(seen.flatMap(({ at }) => at ?? [])).toEqual(expected);
      expect(seen.slice(0, expected.length).map(worded)).toEqual(
        Array.from({ length: revisions - from }, (_, n) => `spans ${from + n + 1}`),
      );
    }
  });

  test("without a reader for a while misses nothing", async () => {
    await world.deliver([aSpan(TRACE, 1)]);
    const viewer = new Viewer(TRACE);
    await viewer.connect();
    await viewer.readUntil(isBookmark);
    for (let n = 2; n <= 120; n++) {
      await world.deliver([aSpan(TRACE, n, {}, { "input.value": "x".repeat(6_000) })]);
      if (n === 60) await world.evict(TRACE);
    }
    const head = (await world.readSession(TRACE))?.resourceVersion;
    await viewer.readUntil(({ at }) => at === head);
    await viewer.disconnect();
    expect(viewer.seen.flatMap((seen) => (seen.event.type === "spans" ? worded(seen) : []))).toEqual(
      Array.from({ length: 120 }, (_, n) => `spans ${n + 1}`),
    );
  });

  test("counts as a watcher of the session while it is open", async () => {
    await world.deliver([aSpan(TRACE, 1)]);
    const watchers = async () => (await world.readSession(TRACE))?.session.watchers;
    expect(await watchers()).toBe(0);
    const streams = [await openStream(`/sessions/${TRACE}`), await openStream(`/sessions/${TRACE}`)];
    for (const stream of streams) await stream.readUntil(isBookmark);
    expect(await watchers()).toBe(2);
    await world.rest([TRACE]);
    expect((await world.listed("all")).map(({ watchers: count }) => count)).toEqual([2]);
    for (const stream of streams) await stream.close();
    await world.until(async () => (await watchers()) === 0);
    await world.rest([TRACE]);
    expect((await world.listed("all")).map(({ watchers: count }) => count)).toEqual([0]);
  });
});

describe("a page of the log", () => {
  test("is bounded by the size of its text, not of its compressed bytes", async () => {
    const text = "the same again and again ".repeat(300);
    for (let n = 0; n < 8; n++) {
      const first = n * 40 + 1;
      await world.deliver(Array.from({ length: 40 }, (_, k) => aSpan(TRACE, first + k, {}, { "input.value": text })));
    }
    const page = await world.calls(TRACE).read("session", undefined, 1_000_000);
    if (page.state !== "present") throw new Error(page.state);
    expect(page.entries.map(({ revision }) => revision)).toEqual([1, 2, 3, 4]);
    expect([page.next, page.head]).toEqual([4, 8]);
    expect((await world.readSession(TRACE))?.session.spans).toBe(320);
    expect(await streamed(`/sessions/${TRACE}`)).toHaveLength(8 + 2);
  });
});

// spec: STREAM-10
test("a document is the session at the time of the request, whatever arrives while it is read", async () => {
  const text = "x".repeat(8_000);
  await world.deliver([aSpan(TRACE, 1, { endTimeUnixNano: "0" }, { "session.id": "A", text })]);
  for (let n = 0; n < 6; n++) {
    await world.deliver(
      Array.from({ length: 40 }, (_, k) => aSpan(TRACE, n * 40 + k + 2, { parentSpanId: spanId(1) }, { text })),
    );
  }
  await world.rest([TRACE, "A"]);
  const { head } = await shownOf("A");
  const response = await world.request("/sessions/A");
  const pieces: string[] = [];
  const body = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  // The first page was sent, with the running span; the others are still in the log.
  for (let piece = 0; piece < 2; piece++) pieces.push((await body?.read())?.value ?? "");
  await world.deliver([aSpan(TRACE, 1, {}, { "session.id": "A", text }), aSpan(OTHER, 1, {}, { "session.id": "A" })]);
  await world.rest([TRACE, OTHER, "A"]);
  for (let next = await body?.read(); next?.done === false; next = await body?.read()) pieces.push(next.value);

  const document = JSON.parse(pieces.join("")) as world.Snapshot;
  const spans = world
    .spansOf(document.resourceSpans)
    .map(({ span }) => `${span.spanId} ${span.endTimeUnixNano ?? "runs"}`);
  expect(spans.filter((span) => span.startsWith(spanId(1)))).toEqual([`${spanId(1)} runs`]);
  expect(spans).toHaveLength(241);
  const { session, queries, resourceVersion } = document;
  expect([session.spans, session.traces, session.liveness.running, queries.length]).toEqual([241, 1, 1, 1]);
  expect(resourceVersion.split(".")[1]).toBe(String(head));
  expect(await streamed("/sessions/A", resourceVersion)).toEqual(["spans 1", "spans 1", "session", "bookmark"]);
});

async function shownOf(id: string) {
  const page = await world.calls(id).peek("session");
  if (page.state !== "present") throw new Error(page.state);
  return page;
}

// spec: STREAM-11
test("a document ends with an error if one of its traces moves while it is read", async () => {
  const text = "x".repeat(8_000);
  for (let n = 0; n < 6; n++) {
    const spans = Array.from({ length: 40 }, (_, k) => aSpan(OTHER, n * 40 + k + 1, {}, { text, "session.id": "A" }));
    await world.deliver(spans);
  }
  await world.deliver([aSpan(TRACE, 1, {}, { "session.id": "A" })]);
  await world.rest([TRACE, OTHER, "A"]);
  const response = await world.request("/sessions/A");
  const reader = response.body?.getReader();
  for (let piece = 0; piece < 3; piece++) expect((await reader?.read())?.done).toBe(false);
  await world.deliver([aSpan(OTHER, 1_000, {}, { "ark.session.id": "B" })]);
  await world.rest([OTHER, "A", "B"]);
  const rest = async () => {
    while ((await reader?.read())?.done === false);
  };
  await expect(rest()).rejects.toThrow("was revoked from the session while it was read");
  expect((await world.readSession("A"))?.session.spans).toBe(1);
});

describe("a session whose trace moves away", () => {
  // spec: BIND-9
  test("sends `moved` to its viewers, and redirects requests", async () => {
    await world.deliver(someSpans(TRACE, 1, 2));
    const stream = await openStream(`/sessions/${TRACE}`);
    await stream.readUntil(isBookmark);
    await world.deliver([aSpan(TRACE, 3, {}, { "session.id": "A/ü" })]);
    expect((await stream.readUntil(() => false)).map(worded)).toEqual(["moved to A/ü"]);
    expect(stream.ended).toBe(true);

    for (const suffix of ["", "/otlp"]) {
      const response = await world.request(`/sessions/${TRACE}${suffix}?watch=true`);
      expect([response.status, response.headers.get("location"), response.headers.get("cache-control")]).toEqual([
        307,
        `/sessions/A%2F%C3%BC${suffix}?watch=true`,
        "no-store",
      ]);
    }
    await world.rest([TRACE, "A/ü"]);
    expect(await streamed("/sessions/A%2F%C3%BC")).toEqual(["spans 1 2", "spans 3", "session", "bookmark"]);
    expect((await world.listed("all")).map(({ id }) => id)).toEqual(["A/ü"]);
  });

  // spec: BIND-8
  test("continues with the traces that stay", async () => {
    await world.deliver(someSpans(TRACE, 1, 1, { "session.id": "A" }));
    await world.deliver(someSpans(OTHER, 2, 1, { "session.id": "A" }));
    await world.rest([TRACE, OTHER, "A"]);
    const viewer = new Viewer("A");
    await viewer.connect();
    await viewer.readUntil(isBookmark);
    await world.deliver([aSpan(TRACE, 3, {}, { "ark.session.id": "B" })]);
    await world.rest([TRACE, OTHER, "A", "B"]);
    await viewer.readUntil(({ event }) => event.type === "gone");
    await viewer.disconnect();
    expect(viewer.seen.map(worded).at(-1)).toBe("gone to B");
    expect(Array.from(viewer.view.spans(), ({ traceId }) => traceId)).toEqual([OTHER]);
    expect((await world.readSession("A"))?.session).toMatchObject({ traces: 1, spans: 1 });
    // A viewer that was disconnected meanwhile gets it too.
    const first = viewer.seen.find(({ at }) => at !== undefined)?.at;
    expect(await streamed("/sessions/A", first)).toContain("gone to B");
  });

  test("continues likewise if the trace of its own name moves", async () => {
    await world.deliver(someSpans(TRACE, 1, 2));
    await world.deliver(someSpans(OTHER, 3, 1, { "session.id": TRACE }));
    await world.rest([TRACE, OTHER]);
    const viewer = new Viewer(TRACE);
    await viewer.connect();
    await viewer.readUntil(isBookmark);
    const first = viewer.seen.find(({ at }) => at !== undefined)?.at;
    await world.deliver([aSpan(TRACE, 4, {}, { "session.id": "B" })]);
    await world.rest([TRACE, OTHER, "B"]);
    await viewer.readUntil(({ event }) => event.type === "gone");
    await viewer.disconnect();
    expect(viewer.seen.map(worded).at(-1)).toBe("gone to B");
    expect(Array.from(viewer.view.spans(), ({ traceId }) => traceId)).toEqual([OTHER]);
    await world.evict(TRACE);
    expect(await streamed(`/sessions/${TRACE}`, first)).toContain("gone to B");
  });

  // spec: BIND-10
  test("and whose other traces moved elsewhere names all their sessions", async () => {
    await world.deliver(someSpans(TRACE, 1, 1, { "session.id": "A" }));
    await world.deliver(someSpans(OTHER, 1, 1, { "session.id": "A" }));
    await world.rest([TRACE, OTHER, "A"]);
    const stream = await openStream("/sessions/A");
    await stream.readUntil(isBookmark);
    await world.deliver([aSpan(TRACE, 2, {}, { "ark.session.id": "B" })]);
    await world.deliver([aSpan(OTHER, 2, {}, { "ark.session.id": "C" })]);
    await world.rest([TRACE, OTHER, "A", "B", "C"]);
    const sent = (await stream.readUntil(() => false)).map(worded);
    expect(sent.filter((word) => word !== "session" && word !== "bookmark")).toEqual(["gone to B", "gone to C"]);
    const response = await world.request("/sessions/A");
    expect([response.status, await response.json()]).toEqual([
      404,
      {
        type: "about:blank",
        status: 404,
        title: "Not Found",
        detail: "The traces of A moved to several sessions.",
        movedTo: ["B", "C"],
      },
    ]);
    expect((await world.listed("all")).map(({ id }) => id).toSorted()).toEqual(["B", "C"]);
  });
});

describe("a trace", () => {
  // spec: BIND-11
  test("is read and streamed by its own URL, whatever session it is bound to", async () => {
    await world.deliver(someSpans(TRACE, 1, 2));
    const stream = await openStream(`/traces/${TRACE}`);
    await stream.readUntil(isBookmark);
    await world.deliver([aSpan(TRACE, 3, {}, { "session.id": "A" })]);
    await world.rest([TRACE, "A"]);
    await world.deliver([aSpan(TRACE, 4)]);
    const seen = await stream.readUntil((event) => worded(event) === "spans 4");
    expect(seen.map(worded).filter((word) => word.startsWith("spans"))).toEqual(["spans 3", "spans 4"]);
    await stream.close();

    const response = await world.request(`/traces/${TRACE.toUpperCase()}`);
    const { resourceSpans, ...rest } = await response.json<world.Snapshot>();
    expect(rest).toEqual({ traceId: TRACE, session: "A", resourceVersion: seen.at(-1)?.at, resourceLogs: [] });
    const names = ["span 1", "span 2", "span 3", "span 4"];
    expect(world.spansOf(resourceSpans).map(({ span }) => span.name)).toEqual(names);
    const { spans } = await (await world.request(`/ark/traces/${TRACE}`)).json<{ spans: { name: string }[] }>();
    expect(spans.map(({ name }) => name)).toEqual(names);
    expect((await streamed(`/traces/${TRACE}`)).slice(0, 3)).toEqual(["spans 1 2", "spans 3", "spans 4"]);
    expect((await world.request(`/traces/${OTHER}`)).status).toBe(404);
  });
});

describe("the deletion of a session", () => {
  // spec: STREAM-9
  test("ends the streams of the session and of its traces, and leaves nothing", async () => {
    await world.deliver(someSpans(TRACE, 1, 2, { "session.id": "A" }));
    await world.deliver(someSpans(OTHER, 1, 2, { "session.id": "A" }));
    await world.rest([TRACE, OTHER, "A"]);
    const streams = [await openStream("/sessions/A"), await openStream(`/traces/${TRACE}`)];
    for (const stream of streams) await stream.readUntil(isBookmark);

    expect((await world.request("/sessions/A", { method: "DELETE" })).status).toBe(204);
    for (const stream of streams) {
      expect((await stream.readUntil(({ event }) => event.type === "deleted")).map(worded)).toEqual(["deleted"]);
      expect(await stream.readUntil(() => false)).toEqual([]);
    }
    expect(await world.listed("all")).toEqual([]);
    for (const path of ["/sessions/A", `/sessions/${TRACE}`, `/traces/${TRACE}`, `/traces/${OTHER}`])
      expect((await world.request(path)).status, path).toBe(404);
    for (const id of [TRACE, OTHER, "A"]) {
      expect(await world.tables(id), id).toEqual([]);
      expect(await world.isArmed(id), id).toBe(false);
    }
    expect((await world.request("/sessions/A", { method: "DELETE" })).status).toBe(404);
  });

  test("leaves the trace of its own name if another session shows it", async () => {
    await world.deliver(someSpans(OTHER, 1, 2, { "session.id": TRACE }));
    await world.deliver(someSpans(TRACE, 1, 2, { "session.id": "A" }));
    await world.rest([TRACE, OTHER, "A"]);
    expect((await world.request(`/sessions/${TRACE}`, { method: "DELETE" })).status).toBe(204);
    await world.rest([TRACE, OTHER, "A"]);
    expect(Object.keys(await world.readoutsOf([TRACE, OTHER, "A"]))).toEqual(["A"]);
    expect((await world.readTrace(TRACE))?.session).toBe("A");
    await world.deliver([aSpan(TRACE, 3)]);
    await world.rest([TRACE, "A"]);
    expect((await world.readSession("A"))?.session.spans).toBe(3);
  });
});

test("a request for an unknown session writes nothing", async () => {
  const ids = ["unknown", TRACE];
  for (const id of ids) {
    for (const path of [`/sessions/${id}`, `/sessions/${id}?watch=true`, `/sessions/${id}/otlp`, `/traces/${TRACE}`]) {
      const response = await world.request(path);
      expect([response.status, response.headers.get("content-type")], path).toEqual([404, "application/problem+json"]);
    }
    expect((await world.request(`/sessions/${id}/values/${"0".repeat(64)}`)).status).toBe(404);
    expect((await world.request(`/sessions/${id}`, { method: "DELETE" })).status).toBe(404);
    expect(await world.tables(id)).toEqual([]);
    expect(await world.isArmed(id)).toBe(false);
  }
});

// spec: RET-12
test("a deletion fence stays for a day, and then nothing is left on disk", async () => {
  await world.deliver(someSpans(TRACE, 1, 1));
  await world.rest([TRACE]);
  await world.request(`/sessions/${TRACE}`, { method: "DELETE" });
  expect(await world.readSession(TRACE)).toBeUndefined();
  const stored = async () =>
    await runInDurableObject(world.objectOf(TRACE), (_, { storage }) =>
      storage.sql.exec("SELECT log, deleted_trace > 0 AS fenced FROM log WHERE id = ?", TRACE).toArray(),
    );
  expect(await stored()).toEqual([{ log: 0, fenced: 1 }]);
  expect(await world.alarmOf(TRACE)).toBe(Date.now() + 86_400_000);
  world.pass(86_400_000);
  await world.fireAlarm(TRACE);
  expect(await stored()).toEqual([]);
  expect(await world.alarmOf(TRACE)).toBeNull();
});
