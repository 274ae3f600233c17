import { gunzipSync } from "node:zlib";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import claudeCode from "../fixtures/metrics/claude-code-json-003.json";
import { decodeAnswer, encodeMessage } from "../../src/otlp/grpc-web.ts";
import { aRecord, logsExportOf } from "../durable/log-records.ts";
import { get, PATIENCE, put, TRACE } from "../durable/receivers.ts";
import * as world from "../durable/world.ts";

const JSON_TYPE = { "content-type": "application/json" };

type Got = { readonly url: string; readonly type: string | null; readonly via: string | null; readonly text: string };

/** What upstreams got, at `<name>.example.com`. */
let got: Got[] = [];
let answers: (host: string) => Response = () => new Response();

beforeEach(async () => {
  await world.freshWorld();
  got = [];
  answers = () => new Response();
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const headers = new Headers(init?.headers);
    const sent = init?.body as Uint8Array;
    const text = new TextDecoder().decode(headers.get("content-encoding") === "gzip" ? gunzipSync(sent) : sent);
    const url = input as string;
    got.push({ url, type: headers.get("content-type"), via: headers.get("spanfold-via"), text });
    return answers(new URL(url).host);
  });
});
afterEach(() => vi.restoreAllMocks());

async function postTo(path: string, body: string): Promise<Response> {
  return await world.request(path, { method: "POST", headers: JSON_TYPE, body });
}

function resource(service: string, points: number): object {
  const dataPoints = Array.from({ length: points }, () => ({ timeUnixNano: "1795262400000000001", asInt: "3" }));
  return {
    resource: { attributes: [{ key: "service.name", value: { stringValue: service } }] },
    scopeMetrics: [{ metrics: [{ name: "tokens", gauge: { dataPoints } }] }],
  };
}
const metricsOf = (...resourceMetrics: object[]): string => JSON.stringify({ resourceMetrics });

describe("metrics", () => {
  // spec: SINK-14
  test("are passed on as they came where they are wanted, before they are acknowledged", async () => {
    await put("a", { metrics: "sent" });
    await put("b", { metrics: "sent", protocol: "http/protobuf", compression: "none" });
    await put("c", { logs: "sent" });
    const body = JSON.stringify(claudeCode);
    expect(await (await postTo("/v1/metrics", body)).text()).toBe("{}");
    const one = { type: "application/json", via: expect.stringMatching(/^[\w-]{36}$/), text: body };
    expect(got.toSorted((a, b) => (a.url < b.url ? -1 : 1))).toEqual([
      { ...one, url: "https://a.example.com/v1/metrics" },
      { ...one, url: "https://b.example.com/v1/metrics" },
    ]);
    await vi.waitFor(async () => {
      const { deliveredMetrics } = (await get("/a")) as { deliveredMetrics: number };
      expect(deliveredMetrics).toBeGreaterThan(0);
    }, PATIENCE);
    expect(await get("/c")).toMatchObject({ metrics: "omitted", deliveredMetrics: 0 });
  });

  // spec: SINK-14
  test("that an upstream can't take now stay with their exporter, whose repeat goes to that one only", async () => {
    await put("a", { metrics: "sent" });
    await put("b", { metrics: "sent" });
    answers = (host) =>
      host.startsWith("b") ? new Response("", { status: 503, headers: { "retry-after": "7" } }) : new Response();
    const body = metricsOf(resource("s", 2));
    const refused = await postTo("/v1/metrics", body);
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "7"]);
    expect(await refused.json()).toMatchObject({
      message:
        "metrics are passed on while you wait, and could not be now: the upstream b: the receiver answers 503; send them again",
    });
    expect(got.splice(0)).toHaveLength(2);
    answers = () => new Response();
    expect(await (await postTo("/v1/metrics", body)).text()).toBe("{}");
    expect(got.map(({ url }) => url)).toEqual(["https://b.example.com/v1/metrics"]);
  });

  // spec: SINK-14
  test("that an upstream refuses for good are counted as rejected, with its reason", async () => {
    await put("a", { metrics: "sent" });
    answers = () => new Response("", { status: 404 });
    const answer = await (await postTo("/v1/metrics", metricsOf(resource("s", 2), resource("t", 1)))).json();
    expect(answer).toEqual({
      partialSuccess: { rejectedDataPoints: "3", errorMessage: "the upstream a: the receiver answers 404" },
    });
    await vi.waitFor(
      async () =>
        expect(await get("/a")).toMatchObject({ state: "failing", reason: "metrics: the receiver answers 404" }),
      PATIENCE,
    );
  });

  // spec: SINK-14
  test("that one upstream refused for good, while another could not take them, are rejected when they are repeated", async () => {
    await put("a", { metrics: "sent" });
    await put("b", { metrics: "sent" });
    answers = (host) => new Response("", { status: host.startsWith("a") ? 404 : 503 });
    const body = metricsOf(resource("u", 2));
    expect((await postTo("/v1/metrics", body)).status).toBe(503);
    answers = () => new Response();
    expect(await (await postTo("/v1/metrics", body)).json()).toEqual({
      partialSuccess: { rejectedDataPoints: "2", errorMessage: "the upstream a: the receiver answers 404" },
    });
  });

  test("that an upstream rejects in part are counted with its message", async () => {
    await put("a", { metrics: "sent" });
    answers = () => Response.json({ partialSuccess: { rejectedDataPoints: "1", errorMessage: "too old" } });
    expect(await (await postTo("/v1/metrics", metricsOf(resource("s", 2)))).json()).toEqual({
      partialSuccess: { rejectedDataPoints: "1", errorMessage: "the upstream a: too old" },
    });
    await vi.waitFor(
      async () => expect(await get("/a")).toMatchObject({ state: "on", deliveredMetrics: 1, rejected: 1 }),
      PATIENCE,
    );
  });

  // spec: SINK-14
  test("of a resource go where its attributes say, and nowhere else", async () => {
    await put("a", { metrics: "sent", match: { service: "shop" } });
    expect(await (await postTo("/v1/metrics", metricsOf(resource("shop", 2), resource("other", 1)))).json()).toEqual({
      partialSuccess: {
        rejectedDataPoints: "0",
        errorMessage: "data points that no upstream wants, and that are not stored: 1",
      },
    });
    expect(got.map(({ text }) => text)).toEqual([metricsOf(resource("shop", 2))]);
    expect(await (await postTo("/v1/metrics", metricsOf(resource("other", 1)))).json()).toMatchObject({
      partialSuccess: { rejectedDataPoints: "0", errorMessage: "metrics are accepted but not stored" },
    });
  });

  test("that can't be read are refused where they are wanted", async () => {
    await put("a", { metrics: "sent" });
    expect((await postTo("/v1/metrics", '{"resourceMetrics":[')).status).toBe(400);
    expect(got).toEqual([]);
  });

  // spec: SINK-14
  test("of a call of gRPC are refused as unavailable, with the time to wait, until the upstream takes them", async () => {
    await put("a", { metrics: "sent" });
    answers = () => new Response("", { status: 503, headers: { "retry-after": "7" } });
    const call = async () => {
      const path = "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export";
      const headers = { "content-type": "application/grpc-web+proto" };
      // One ResourceMetrics, which is empty.
      const body = encodeMessage(new Uint8Array([0x0a, 0]));
      const response = await world.request(path, { method: "POST", headers, body });
      return decodeAnswer(new Uint8Array(await response.arrayBuffer()))?.status;
    };
    const refused = await call();
    expect(refused).toMatchObject({
      code: 14,
      message: expect.stringContaining("the upstream a: the receiver answers 503"),
    });
    expect(new TextDecoder().decode(refused?.details)).toContain("google.rpc.RetryInfo");
    answers = () => new Response();
    expect(await call()).toMatchObject({ code: 0 });
  });

  // spec: SINK-14
  test("wait for an upstream that is off as for one that is away", async () => {
    await put("a", { metrics: "sent", headers: { "x-key": "secret" } });
    const bindings = env as { UPSTREAM_KEY?: string };
    const key = bindings.UPSTREAM_KEY;
    bindings.UPSTREAM_KEY = "another secret of length";
    try {
      world.pass(20_000);
      const refused = await postTo("/v1/metrics", metricsOf(resource("s", 1)));
      expect(refused.status).toBe(503);
      expect(await refused.text()).toContain("UPSTREAM_KEY has no key that decrypts its headers");
      expect(got).toEqual([]);
    } finally {
      bindings.UPSTREAM_KEY = key ?? "";
      world.pass(20_000);
    }
  });

  // spec: SINK-10
  test("that this instance sent itself are refused", async () => {
    await put("a", { metrics: "sent" });
    await postTo("/v1/metrics", metricsOf(resource("s", 1)));
    const headers = { ...JSON_TYPE, "spanfold-via": got[0]?.via ?? "" };
    const again = await world.request("/v1/metrics", { method: "POST", headers, body: metricsOf(resource("s", 1)) });
    expect(again.status).toBe(508);
  });
});

describe("log records without a trace and a session", () => {
  const lost = logsExportOf([aRecord("kept", 1, { traceId: TRACE }), aRecord("nowhere", 2)]);

  // spec: SINK-14
  test("are passed on where log records are wanted, and the others are stored", async () => {
    await put("a", { logs: "sent", protocol: "http/json" });
    expect(await (await postTo("/v1/logs", lost)).text()).toBe("{}");
    const passedOn = got.filter(({ text }) => text.includes("nowhere"));
    expect(passedOn.map(({ url }) => url)).toEqual(["https://a.example.com/v1/logs"]);
    expect(JSON.parse(passedOn[0]?.text ?? "")).toEqual(JSON.parse(logsExportOf([aRecord("nowhere", 2)])));
    expect((await world.readSession(TRACE))?.session.logRecords).toBe(1);
  });

  // spec: SINK-14
  test("stay with their exporter while an upstream can't take them, and the others are stored", async () => {
    await put("a", { logs: "sent" });
    answers = () => new Response("", { status: 502 });
    const refused = await postTo("/v1/logs", lost);
    expect(refused.status).toBe(503);
    expect(await refused.json()).toMatchObject({
      message: expect.stringContaining("the upstream a: the receiver answers 502"),
    });
    expect((await world.readSession(TRACE))?.session.logRecords).toBe(1);
    answers = () => new Response();
    expect(await (await postTo("/v1/logs", lost)).text()).toBe("{}");
    expect((await world.readSession(TRACE))?.session.logRecords).toBe(1);
  });

  test("are rejected where no upstream wants them", async () => {
    await put("a", { logs: "sent", match: { service: "another" } });
    expect(await (await postTo("/v1/logs", lost)).json()).toMatchObject({
      partialSuccess: {
        rejectedLogRecords: "1",
        errorMessage: expect.stringContaining("neither a traceId nor a session's name"),
      },
    });
    expect(got).toEqual([]);
  });
});
