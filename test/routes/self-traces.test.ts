import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { SessionObject } from "../../src/durable/session/object.ts";
import { DirectoryObject } from "../../src/durable/directory/object.ts";
import { aSpan, exportOf, someSpans, traceIdOf } from "../durable/spans.ts";
import * as world from "../durable/world.ts";
import { attributesOf, selfSessions, selfSpans, TracedProgram, treeOf } from "./self-traces.ts";

const TRACE = traceIdOf("trace");
const CALLER = "0af7651916cd43dd8448eb211c80319c";
const PARENT = "00f067aa0ba902b7";

beforeEach(async () => {
  world.stopClock();
  await world.emptyWorld();
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe("an export", () => {
  // spec: OWN-1
  test("is a trace: the decoder, the call of each object, and what that wrote", async () => {
    const program = new TracedProgram();
    const body = exportOf([aSpan(TRACE, 1), aSpan(traceIdOf("other"), 1)]);
    expect((await program.post(body)).status).toBe(200);
    const spans = await selfSpans(program);
    expect(treeOf(spans)).toBe(
      [
        "POST /v1/traces · server",
        "  decode traces · internal",
        "  session/append · client",
        "    INSERT chunk · client",
        "  session/append · client",
        "    INSERT chunk · client",
      ].join("\n"),
    );
    const [root, , write] = spans;
    expect(root && attributesOf(root)).toEqual({
      "http.request.method": "POST",
      "http.route": "/v1/traces",
      "http.response.status_code": 200,
      "http.method": "POST",
      "http.status_code": 200,
      "spanfold.clock": "coarse",
    });
    expect(write && attributesOf(write)).toEqual({
      "db.system.name": "sqlite",
      "db.operation.name": "INSERT",
      "db.collection.name": "chunk",
      "spanfold.clock": "coarse",
    });
  });

  // spec: OWN-2
  test("goes on with the caller's trace, and says so in its answer", async () => {
    const program = new TracedProgram();
    const headers = { traceparent: `00-${CALLER}-${PARENT}-01`, tracestate: "a=1, b=2,a=3" };
    const response = await program.post(exportOf([aSpan(TRACE, 1)]), headers);
    const spans = await selfSpans(program);
    const [root] = spans;
    expect(root).toMatchObject({ traceId: CALLER, parentSpanId: PARENT, traceState: "a=1,b=2", flags: 0x301 });
    expect(new Set(spans.map(({ traceId, traceState }) => `${traceId} ${traceState}`))).toEqual(
      new Set([`${CALLER} a=1,b=2`]),
    );
    expect(response.headers.get("traceresponse")).toBe(`00-${CALLER}-${root?.spanId}-01`);
  });

  test("of a browser may read the answer's trace", async () => {
    const program = new TracedProgram();
    const response = await program.post(exportOf([]), { origin: "http://localhost:3000" });
    expect(response.headers.get("access-control-expose-headers")).toBe("traceresponse");
  });

  test("two of one trace are two roots of it", async () => {
    const program = new TracedProgram();
    const headers = { traceparent: `00-${CALLER}-${PARENT}-01` };
    await program.post(exportOf([aSpan(TRACE, 1)]), headers);
    await program.post(exportOf([aSpan(TRACE, 2)]), headers);
    const roots = (await selfSpans(program)).filter(({ kind }) => kind === 2);
    expect(roots.map(({ traceId }) => traceId)).toEqual([CALLER, CALLER]);
  });

  test("of very many traces counts the calls that are not stored", async () => {
    const program = new TracedProgram();
    const many = Array.from({ length: 150 }, (_, n) => aSpan(traceIdOf(`many ${n}`), 1));
    await program.post(exportOf(many));
    const [root, ...children] = await selfSpans(program);
    // Of 150 writes, a call for each shard, and the decoder. A call that is not of this export may be among them.
    expect([99, 100]).toContain(children.length);
    expect(root && attributesOf(root)["spanfold.spans.omitted"]).toBeGreaterThan(50);
  });
});

// spec: OWN-1
test.each([
  ["POST", "/v1/traces", 415, "POST /v1/traces"],
  ["POST", "/some/base/v1/logs", 415, "POST /v1/logs"],
  ["GET", "/v1/traces", 405, "GET /v1/traces"],
  ["OPTIONS", "/v1/traces", 204, "OPTIONS /v1/traces"],
  ["POST", "/opentelemetry.proto.collector.trace.v1.TraceService/Nothing", 404, "POST /:service"],
  ["GET", "/healthz", 200, "GET /healthz"],
  ["GET", "/sessions", 200, "GET /sessions"],
  ["HEAD", "/sessions", 200, "HEAD /sessions"],
  ["GET", "/sessions/a%20secret", 404, "GET /sessions/:id"],
  ["DELETE", "/sessions/a%20secret", 404, "DELETE /sessions/:id"],
  ["PATCH", "/sessions/a%20secret", 405, "PATCH /sessions/:id"],
  ["GET", "/sessions/a%20secret/queries/q", 404, "GET /sessions/:id/queries/:query"],
  ["GET", `/traces/${CALLER}`, 404, "GET /traces/:traceId"],
  ["GET", "/ark/events/a%20secret", 200, "GET /ark/events/:query"],
  ["GET", "/ark/nothing", 404, "GET /ark/*"],
  ["POST", "/mcp", 415, "POST /mcp"],
  ["GET", "/a%20secret", 404, "GET"],
  ["PROPFIND", "/sessions/a%20secret", 405, "PROPFIND /sessions/:id"],
])("%s %s is named by the pattern of its route, never by its path", async (method, path, status, name) => {
  const program = new TracedProgram();
  const response = await program.fetch(path, { method, headers: { accept: "application/json" } });
  const spans = await selfSpans(program);
  const [root] = spans;
  expect([response.status, root?.name]).toEqual([status, name]);
  expect(JSON.stringify(spans)).not.toContain("secret");
});

test("a request that the guard refuses is a trace of the route that it asked for", async () => {
  const program = new TracedProgram();
  const headers = { origin: "https://example.com" };
  expect((await program.fetch("/import", { method: "POST", headers })).status).toBe(403);
  expect(treeOf(await selfSpans(program))).toBe("POST /import · server");
});

// spec: OWN-3
test("an error of an object is one of the call, and of the request that could not go on", async () => {
  vi.spyOn(SessionObject.prototype, "peek").mockImplementation(() => {
    throw new RangeError("the object is away");
  });
  vi.spyOn(console, "error").mockReturnValue();
  const program = new TracedProgram();
  expect((await program.fetch("/sessions/x", { headers: { accept: "application/json" } })).status).toBe(503);
  const spans = await selfSpans({ service: program.service }).catch(() => []);
  expect(spans).toEqual([]);
  vi.restoreAllMocks();
  const [root, call] = await selfSpans(program);
  for (const span of [root, call]) {
    expect(span?.status).toEqual({ code: 2, message: "the object is away" });
    expect(span && attributesOf(span)).toMatchObject({ "error.type": "RangeError" });
    const [event] = span?.events ?? [];
    expect(event?.name).toBe("exception");
    expect(event && attributesOf(event)).toMatchObject({
      "exception.type": "RangeError",
      "exception.message": "the object is away",
      "exception.stacktrace": expect.stringContaining("the object is away") as string,
    });
  }
});

// spec: OWN-4
test("the trace of a stream ends when its answer begins", async () => {
  await world.deliver(someSpans(TRACE, 1, 1));
  const program = new TracedProgram();
  const ending = new AbortController();
  const { response, ended } = await program.begin(`/sessions/${TRACE}?watch=true`, { signal: ending.signal });
  const reader = response.body?.getReader();
  await reader?.read();
  await ended();
  expect(treeOf(await selfSpans(program))).toBe("GET /sessions/:id · server\n  session/peek · client");
  // The stream goes on.
  expect((await reader?.read())?.done).toBe(false);
  await reader?.cancel();
  ending.abort();
});

describe("which traces are stored", () => {
  const SAMPLED = `00-${CALLER}-${PARENT}-01`;
  const UNSAMPLED = `00-${CALLER}-${PARENT}-00`;

  /** Whether a request with these headers is stored, and what it answers of the decision. */
  async function isStored(
    program: TracedProgram,
    traceparent: string | undefined,
  ): Promise<[boolean, string | undefined]> {
    const headers: Record<string, string> = traceparent === undefined ? {} : { traceparent };
    const response = await program.fetch("/sessions", { headers: { accept: "application/json", ...headers } });
    return [(await selfSpans(program)).length > 0, response.headers.get("traceresponse")?.slice(-2)];
  }

  // spec: OWN-5
  test.each([
    ["1", undefined, [true, "03"]],
    ["1", SAMPLED, [true, "01"]],
    ["1", UNSAMPLED, [false, "00"]],
    ["0.000001", SAMPLED, [true, "01"]],
    ["0", undefined, [false, "02"]],
    ["0", SAMPLED, [false, "00"]],
  ])("at a rate of %s, with the caller's %s", async (rate, traceparent, stored) => {
    expect(await isStored(new TracedProgram({ TELEMETRY_SAMPLING_RATE: rate }), traceparent)).toEqual(stored);
  });

  // spec: OWN-5
  test("the id of a new trace decides", async () => {
    const program = new TracedProgram({ TELEMETRY_SAMPLING_RATE: "0.75" });
    const decided = new Set<boolean>();
    for (let n = 0; n < 60; n++) {
      const response = await program.fetch("/healthz");
      const [, id = "", , flags] = response.headers.get("traceresponse")?.split("-") ?? [];
      // The first of the last seven bytes.
      const isWithin = Number.parseInt(id.slice(18, 20), 16) >= 0x40;
      expect([id, flags]).toEqual([id, isWithin ? "03" : "02"]);
      decided.add(isWithin);
    }
    expect(decided.size).toBe(2);
  });

  // spec: OWN-5
  test("a caller without a right decides nothing", async () => {
    const program = new TracedProgram({ ADMIN_TOKEN: "admin" });
    const headers = { traceparent: SAMPLED, accept: "application/json" };
    const refused = await program.fetch("/sessions", { headers });
    expect([refused.status, refused.headers.get("traceresponse")?.slice(-2)]).toEqual([401, "00"]);
    expect(await selfSpans(program)).toEqual([]);
    await program.fetch("/sessions", { headers: { ...headers, authorization: "Bearer admin" } });
    expect(await selfSpans(program)).not.toEqual([]);
  });

  test("none without TELEMETRY_ENABLED, and answers say nothing of traces", async () => {
    const [stored, answered] = await isStored(new TracedProgram({ TELEMETRY_ENABLED: "false" }), SAMPLED);
    expect([stored, answered]).toEqual([false, undefined]);
  });
});

describe("the program's own traces", () => {
  // spec: OWN-6
  test("make none themselves: not their storage, not their reading", async () => {
    const program = new TracedProgram();
    const copied = vi.spyOn(SessionObject.prototype, "storeCopy");
    const reported = vi.spyOn(DirectoryObject.prototype, "report");
    await program.post(exportOf([aSpan(TRACE, 1)]));
    const stored = (await selfSpans(program)).length;
    const [id = ""] = await selfSessions();
    for (const path of ["/self/sessions?kind=all", `/self/sessions/${encodeURIComponent(id)}`, "/build/main.js"]) {
      const response = await program.fetch(path, { headers: { accept: "application/json" } });
      expect([response.status, response.headers.get("traceresponse")]).toEqual([200, null]);
    }
    world.pass(60_000);
    expect((await selfSpans(program)).length).toBe(stored);
    const contexts = [...copied.mock.calls, ...reported.mock.calls].map(([context]) => context);
    const own = contexts.filter(({ tenant }) => tenant === "_self");
    expect(own.length).toBeGreaterThan(0);
    expect(own.filter(({ traceparent }) => traceparent !== undefined)).toEqual([]);
  });

  // spec: OWN-6
  test("are in no list but their own, and no other session is in theirs", async () => {
    const program = new TracedProgram();
    await program.post(exportOf([aSpan(TRACE, 1)]));
    await world.until(async () => (await world.listed("all")).length > 0);
    expect((await world.listed("all")).map(({ id }) => id)).toEqual([TRACE]);
    expect((await selfSessions()).every((id) => id.startsWith("service-"))).toBe(true);
    const [id = ""] = await selfSessions();
    expect((await world.request(`/sessions/${encodeURIComponent(id)}`)).status).toBe(404);
  });

  // spec: OWN-6
  test("are read by an administrator only, and can't be changed", async () => {
    const program = new TracedProgram({ ADMIN_TOKEN: "admin", VIEW_TOKEN: "view", INGEST_TOKEN: "ingest" });
    const status = async (method: string, path: string, token: string) => {
      const headers = {
        authorization: `Bearer ${token}`,
        accept: "application/json",
        "content-type": "application/json",
      };
      return (await program.fetch(path, { method, headers, ...(method === "POST" ? { body: "{}" } : {}) })).status;
    };
    expect(await status("GET", "/sessions", "admin")).toBe(200);
    const [id = ""] = await world.until(async () => (await selfSessions()).length > 0).then(selfSessions);
    const one = `/self/sessions/${encodeURIComponent(id)}`;
    for (const path of ["/self/sessions", one, `${one}/otlp`]) {
      expect(
        [await status("GET", path, "admin"), await status("GET", path, "view"), await status("GET", path, "ingest")],
        path,
      ).toEqual([200, 403, 403]);
      expect(await status("GET", path, "wrong")).toBe(401);
    }
    for (const [method, path] of [
      ["DELETE", one],
      ["POST", "/self/v1/traces"],
      ["POST", "/self/import"],
    ] as const)
      expect(await status(method, path, "admin"), path).toBe(403);
  });

  test("have the page, and redirects stay with them", async () => {
    const program = new TracedProgram();
    const location = async (path: string) => {
      const response = await program.fetch(path, { headers: { accept: "text/html" } });
      return [response.status, response.headers.get("location")];
    };
    for (const path of ["/self", "/self/"]) {
      const overview = await program.fetch(path, { headers: { accept: "text/html" } });
      expect(overview.status).toBe(200);
      expect(await overview.text()).toContain('<a class="button" href="/self/sessions">All sessions</a>');
    }
    expect(await location("/self/traces")).toEqual([307, "/self/sessions?kind=all"]);
    const page = await program.fetch("/self/sessions", { headers: { accept: "text/html" } });
    expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
    const answer = await program.fetch("/self/mcp", {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json, text/event-stream" },
      body: JSON.stringify({
        jsonrpc: "2.0",
        id: 1,
        method: "tools/call",
        params: { name: "find_sessions", arguments: { kind: "all" } },
      }),
    });
    expect((await answer.text()).match(/https?:\/\/[^/]+\/\w*/g)).toEqual(Array(2).fill(`${world.ORIGIN}/self`));
    expect((await program.fetch("/selfish", { headers: { accept: "application/json" } })).status).toBe(404);
  });

  test("have a session that can be read, whatever the service is called", async () => {
    const known: string[] = [];
    for (const TELEMETRY_SERVICE_NAME of ["~tilde", "名".repeat(90)]) {
      const program = new TracedProgram({ TELEMETRY_SERVICE_NAME });
      await program.fetch("/sessions", { headers: { accept: "application/json" } });
      const listed = async () => (await selfSessions()).filter((id) => id.startsWith("~") && !known.includes(id));
      const [id = ""] = await world.until(async () => (await listed()).length > 0).then(listed);
      const read = await program.fetch(`/self/sessions/${encodeURIComponent(id)}`, {
        headers: { accept: "text/markdown" },
      });
      expect([TELEMETRY_SERVICE_NAME, read.status, id]).toEqual([
        TELEMETRY_SERVICE_NAME,
        200,
        expect.stringMatching(/^~[0-9a-f]{64}$/),
      ]);
      known.push(id);
    }
  });

  test("of many requests share sessions of a bounded size", async () => {
    const program = new TracedProgram();
    const requests = Array.from(
      { length: 1_050 },
      async () => await program.fetch("/sessions", { headers: { accept: "application/json" } }),
    );
    await Promise.all(requests);
    await world.until(async () => (await selfSpans(program)).length === 2_100);
    expect((await selfSessions()).filter((id) => id.startsWith(`${program.service} `)).length).toBe(2);
  });
});

describe("a span's time", () => {
  // spec: OWN-4
  test("never goes back with the machine's clock", async () => {
    const began = Date.now();
    vi.spyOn(SessionObject.prototype, "peek").mockImplementation(() => {
      world.pass(-3_600_000);
      return { state: "absent" };
    });
    const program = new TracedProgram();
    await program.fetch("/sessions/x", { headers: { accept: "application/json" } });
    vi.restoreAllMocks();
    const spans = await selfSpans(program);
    expect(spans.map(({ startTimeUnixNano, endTimeUnixNano }) => [startTimeUnixNano, endTimeUnixNano])).toEqual(
      spans.map(() => [`${began}000000`, `${began}000000`]),
    );
  });

  // spec: OWN-4
  test("is coarse where the clock stood still, and only there", async () => {
    vi.spyOn(SessionObject.prototype, "peek").mockImplementation(() => {
      world.pass(7);
      return { state: "absent" };
    });
    const program = new TracedProgram();
    await program.fetch("/sessions/x", { headers: { accept: "application/json" } });
    await program.fetch("/healthz");
    vi.restoreAllMocks();
    const spans = await selfSpans(program);
    const clocks = spans.map((span) => [span.name, attributesOf(span)["spanfold.clock"]]);
    expect(clocks).toEqual([
      ["GET /sessions/:id", undefined],
      ["session/peek", undefined],
      // The list knows sessions whose storage was damaged.
      ["directory/isDamaged", "coarse"],
      ["GET /healthz", "coarse"],
      // It says which alerts are off.
      ["alerts/list", "coarse"],
    ]);
  });
});
