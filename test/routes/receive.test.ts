import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { FACTS_VERSION } from "../../src/facts/codec/layout.ts";
import { BODIES_IN_FLIGHT } from "../../src/routes/receive/body-budget.ts";
import { aSpan, exportOf, someSpans, traceIdOf } from "../durable/spans.ts";
import * as world from "../durable/world.ts";
import { fetchFrom, refusalText } from "./deployment.ts";
import { protobufSpan } from "./protobuf-span.ts";

const TRACE = traceIdOf("trace");
const JSON_TYPE = { "content-type": "application/json" };
const PROTOBUF_TYPE = { "content-type": "application/x-protobuf" };
/** A span of `TRACE` in protobuf: resource_spans { scope_spans { spans { trace_id, span_id, name, start, end } } }. */
const PROTOBUF_SPAN = protobufSpan(TRACE, "spn");

beforeEach(async () => {
  world.stopClock();
  await world.emptyWorld();
});

afterEach(() => vi.restoreAllMocks());

/** Writing the facts of spans fails where these names are together. */
function failToEncode(...names: readonly string[]): void {
  const stringify = JSON.stringify;
  vi.spyOn(JSON, "stringify").mockImplementation((...args: Parameters<typeof stringify>) => {
    const [value] = args as [unknown];
    const texts: unknown = Array.isArray(value) && value[0] === FACTS_VERSION ? value[4] : undefined;
    if (Array.isArray(texts) && names.every((name) => texts.includes(name))) throw new TypeError("a bug");
    return stringify(...args);
  });
}

const post = (path: string, body: string | Uint8Array, headers: Record<string, string> = JSON_TYPE) =>
  world.request(path, { method: "POST", headers, body });

describe("an export", () => {
  // spec: OTLP-1
  test.each([
    "/v1/traces",
    "/v1/traces/",
    "/api/public/otel/v1/traces",
    "/otel/v1/traces",
    "/api/v2/otlp/v1/traces/",
    "/sessions/v1/traces",
  ])("is accepted at %s, as at paths of other products", async (path) => {
    const response = await post(path, exportOf(someSpans(TRACE, 1, 2)));
    expect([response.status, await response.text()]).toEqual([200, "{}"]);
    expect((await world.readSession(TRACE))?.session.spans).toBe(2);
  });

  // spec: OTLP-2
  test("is answered in its own encoding (OTLP/HTTP Response)", async () => {
    const json = await post("/v1/traces", exportOf([aSpan(TRACE, 1)]), {
      "content-type": "Application/JSON; charset=utf-8",
    });
    expect([json.headers.get("content-type"), await json.text()]).toEqual(["application/json", "{}"]);
    const protobuf = await post("/v1/traces", PROTOBUF_SPAN, PROTOBUF_TYPE);
    expect([protobuf.headers.get("content-type"), (await protobuf.arrayBuffer()).byteLength]).toEqual([
      "application/x-protobuf",
      0,
    ]);
    expect((await world.readSession(TRACE))?.session.spans).toBe(2);
  });

  test("is accepted compressed", async () => {
    const body = new Uint8Array(gzipSync(exportOf(someSpans(TRACE, 1, 3))));
    expect((await post("/v1/traces", body, { ...JSON_TYPE, "content-encoding": "gzip" })).status).toBe(200);
    expect((await world.readSession(TRACE))?.session.spans).toBe(3);
  });

  // spec: OTLP-4
  test("with a bad span is accepted without it, and the answer has the reason", async () => {
    const body = exportOf([aSpan(TRACE, 1), { ...aSpan(TRACE, 2), spanId: "00" }]);
    const response = await post("/v1/traces", body);
    const { partialSuccess } = await response.json<{
      partialSuccess: { rejectedSpans: string; errorMessage: string };
    }>();
    expect([response.status, partialSuccess.rejectedSpans]).toEqual([200, "1"]);
    expect(partialSuccess.errorMessage).toContain("spanId");
    expect((await world.readSession(TRACE))?.session.spans).toBe(1);
  });

  // spec: OTLP-4
  test("with a span that can't be encoded, a fault of this code, is accepted without it, and is not asked for again", async () => {
    const other = traceIdOf("other");
    failToEncode("bad");
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    const bad = aSpan(TRACE, 2, { name: "bad" });
    const response = await post("/v1/traces", exportOf([aSpan(TRACE, 1), bad, aSpan(TRACE, 3), aSpan(other, 1)]));
    const { partialSuccess } = await response.json<{
      partialSuccess: { rejectedSpans: string; errorMessage: string };
    }>();
    expect([response.status, partialSuccess.rejectedSpans]).toEqual([200, "1"]);
    expect(partialSuccess.errorMessage.replace(/[\da-f-]{36}$/, "ID")).toBe(
      `trace ${TRACE}: span ${bad.spanId}: an internal error, not a fault of the spans; reference ID`,
    );
    expect((await world.readSession(TRACE))?.session.spans).toBe(2);
    expect((await world.readSession(other))?.session.spans).toBe(1);
  });

  test("of which nothing can be encoded together is rejected whole, and other traces are accepted", async () => {
    const other = traceIdOf("other");
    failToEncode("first", "second");
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    const pair = [aSpan(TRACE, 1, { name: "first" }), aSpan(TRACE, 2, { name: "second" })];
    const response = await post("/v1/traces", exportOf([...pair, aSpan(other, 1)]));
    expect(response.status).toBe(200);
    expect(await response.text()).toMatch(/"rejectedSpans":"2","errorMessage":"trace \w+: an internal error/);
    expect(await world.readSession(TRACE)).toBeUndefined();
    expect((await world.readSession(other))?.session.spans).toBe(1);
  });

  test("without spans stores nothing", async () => {
    for (const body of ["{}", '{"resourceSpans":[]}']) expect((await post("/v1/traces", body)).status).toBe(200);
    expect(await world.listed("all")).toEqual([]);
  });

  // spec: OTLP-9
  test.each(["/v1/metrics", "/otel/v1/metrics/"])(
    "of metrics is accepted but not stored, and the answer says so: %s",
    async (path) => {
      const message = "metrics are accepted but not stored";
      const json = await post(path, '{"resourceMetrics":[{"scopeMetrics":[]}]}');
      expect([json.status, json.headers.get("content-type"), await json.json()]).toEqual([
        200,
        "application/json",
        { partialSuccess: { rejectedDataPoints: "0", errorMessage: message } },
      ]);
      const protobuf = await post(path, new Uint8Array(), PROTOBUF_TYPE);
      expect(protobuf.status).toBe(200);
      expect(await protobuf.text()).toContain(message);
      expect(await world.listed("all")).toEqual([]);
    },
  );
});

describe("an invalid export", () => {
  // spec: OTLP-10
  test.each(["GET", "PUT", "DELETE", "PATCH"])("%s: 405 with Allow", async (method) => {
    const response = await world.request("/v1/traces", { method });
    expect([response.status, response.headers.get("allow")]).toEqual([405, "POST, OPTIONS"]);
    expect(await response.json()).toEqual({ code: 12, message: `${method} is not allowed here: POST an export` });
  });

  // spec: OTLP-10
  test.each([undefined, "text/plain", "application/grpc", "application/json-seq"])(
    "content type %s: 415",
    async (type) => {
      const response = await post(
        "/v1/traces",
        new TextEncoder().encode("{}"),
        type === undefined ? {} : { "content-type": type },
      );
      expect(await refusalText(response)).toMatch(
        /^415 Content-Type .* send application\/x-protobuf or application\/json$/,
      );
    },
  );

  test("content encoding br: 415", async () => {
    const response = await post("/v1/traces", "{}", { ...JSON_TYPE, "content-encoding": "br" });
    expect(await refusalText(response)).toMatch(/^415 /);
  });

  // spec: OTLP-10
  test.each(["/", "/v1/trace", "/v1", "/sessions", "/sessions/a"])(
    "posted to %s: 404 as Status with the right URL",
    async (path) => {
      const sentence = `404 There is no receiver at ${path}. Export traces to http://localhost:8787/v1/traces: set OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:8787`;
      const response = await post(path, exportOf([aSpan(TRACE, 1)]));
      expect(response.headers.get("content-type")).toBe("application/json");
      expect(await refusalText(response)).toBe(sentence);
      const protobuf = await post(path, PROTOBUF_SPAN, PROTOBUF_TYPE);
      expect([protobuf.status, protobuf.headers.get("content-type")]).toEqual([404, "application/x-protobuf"]);
      expect(new TextDecoder().decode(await protobuf.arrayBuffer())).toContain("http://localhost:8787/v1/traces");
    },
  );

  // spec: OTLP-8
  test("malformed: 400 with the position, and nothing stored", async () => {
    expect(await refusalText(await post("/v1/traces", '{"resourceSpans":['))).toMatch(/^400 malformed JSON: /);
    expect(await refusalText(await post("/v1/traces", '{"resourceSpans":{}}'))).toMatch(/^400 resourceSpans: /);
    const cut = await post("/v1/traces", PROTOBUF_SPAN.subarray(0, 20), PROTOBUF_TYPE);
    expect([cut.status, cut.headers.get("content-type")]).toEqual([400, "application/x-protobuf"]);
    expect(await world.listed("all")).toEqual([]);
  });
});

// spec: OTLP-11
test("too many bodies in flight: 503 with Retry-After until they are done", async () => {
  const arriving = new TransformStream<Uint8Array, Uint8Array>();
  const writer = arriving.writable.getWriter();
  const slow = world.request("/v1/traces", { method: "POST", headers: PROTOBUF_TYPE, body: arriving.readable });
  for (let sent = 0; sent < BODIES_IN_FLIGHT; sent += 1 << 20) await writer.write(new Uint8Array(1 << 20));
  await world.until(async () => {
    const response = await post("/v1/traces", "{}");
    if (response.status !== 503) return false;
    expect(response.headers.get("retry-after")).toBe("1");
    expect(await response.json()).toEqual({ code: 14, message: "too many bodies in flight; try again" });
    return true;
  });
  await writer.close();
  expect((await slow).status).toBe(400);
  expect((await post("/v1/traces", "{}")).status).toBe(200);
});

test("concurrent bodies beyond the budget are refused, and accepted when retried", async () => {
  // Each inflates to more than a third of the budget.
  const text = `{"resourceSpans":[]${" ".repeat(BODIES_IN_FLIGHT / 2 - 1_000)}}`;
  const body = await new Response(new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"))).bytes();
  const send = () => post("/v1/traces", body, { "content-type": "application/json", "content-encoding": "gzip" });
  const answers = await Promise.all(Array.from({ length: 12 }, send));
  for (const answer of answers) expect([200, 503]).toContain(answer.status);
  expect((await send()).status).toBe(200);
});

describe("a browser's exporter", () => {
  const preflight = (setting: Record<string, string>, host: string, origin: string) =>
    fetchFrom(setting, `${host}/v1/traces`, {
      method: "OPTIONS",
      headers: { origin, "access-control-request-method": "POST", "access-control-request-headers": "content-type" },
    });

  test.each(["http://localhost:3000", "https://127.0.0.1", "http://[::1]:9"])(
    "on a page of this machine (%s) may post to an open program",
    async (origin) => {
      const response = await preflight({ OPEN_ACCESS: "loopback" }, world.ORIGIN, origin);
      expect([
        response.status,
        response.headers.get("access-control-allow-origin"),
        response.headers.get("access-control-allow-methods"),
        response.headers.get("access-control-allow-headers"),
        response.headers.get("vary"),
      ]).toEqual([204, origin, "POST", "*, authorization", "Origin"]);
      const posted = await post("/v1/traces", "{}", { ...JSON_TYPE, origin });
      expect(posted.headers.get("access-control-allow-origin")).toBe(origin);
    },
  );

  test.each(["https://example.com", "http://localhost.example.com", "null", "http://localhost@example.com"])(
    "on any other page (%s) may not",
    async (origin) => {
      const response = await preflight({ OPEN_ACCESS: "loopback" }, world.ORIGIN, origin);
      expect(response.headers.get("access-control-allow-origin")).toBeNull();
    },
  );

  test("may post from any page if a token is required", async () => {
    const response = await preflight({ ADMIN_TOKEN: "admin" }, "https://spanfold.example", "https://example.com");
    expect([response.status, response.headers.get("access-control-allow-origin")]).toEqual([
      204,
      "https://example.com",
    ]);
  });

  test("has no other access: data has no CORS headers for foreign pages", async () => {
    for (const method of ["GET", "OPTIONS", "DELETE"]) {
      const response = await world.request("/sessions/a", { method, headers: { origin: "https://example.com" } });
      expect(response.headers.get("access-control-allow-origin"), method).toBeNull();
    }
  });
});
