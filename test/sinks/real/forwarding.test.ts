import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { libraryEncode } from "../../otlp/oracle.ts";
import { startProgram, temporaryDirectory } from "../../program/program.ts";
import { exportOf, otlpReceiver, post } from "./otlp-receiver.ts";

const trace = (): string => randomBytes(16).toString("hex");

/** Configurations that installations of Ark have: the path and the headers that have to arrive. */
const CONFIGURATIONS = [
  {
    namespace: "langfuse",
    endpoint: "/api/public/otel",
    headers: "Authorization=Basic cGs6c2s=",
    path: "/api/public/otel/v1/traces",
    expected: { authorization: "Basic cGs6c2s=" },
  },
  {
    namespace: "phoenix",
    endpoint: "/v1/traces",
    headers: "api_key=secret",
    path: "/v1/traces",
    expected: { api_key: "secret" },
  },
  {
    namespace: "opik",
    endpoint: "/opik/api/v1/private/otel",
    headers: "Authorization=key,Comet-Workspace=default,projectName=agents",
    path: "/opik/api/v1/private/otel/v1/traces",
    expected: { authorization: "key", "comet-workspace": "default", projectname: "agents" },
  },
  {
    namespace: "honeycomb",
    endpoint: "",
    headers: "x-honeycomb-team=hcaik_1",
    path: "/v1/traces",
    expected: { "x-honeycomb-team": "hcaik_1" },
  },
  { namespace: "jaeger", endpoint: "/v1/traces", headers: "", path: "/v1/traces", expected: {} },
];

test("each namespace's Secret is where its traces go, and nowhere else", async () => {
  const program = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const receivers = await Promise.all(
    CONFIGURATIONS.map(async (configuration) => ({ ...configuration, receiver: await otlpReceiver() })),
  );
  for (const { namespace, endpoint, headers, receiver } of receivers) {
    const stringData = {
      OTEL_EXPORTER_OTLP_ENDPOINT: `${receiver.url}${endpoint}`,
      ...(headers === "" ? {} : { OTEL_EXPORTER_OTLP_HEADERS: headers }),
    };
    const metadata = { name: "otel-environment-variables", namespace };
    await post(program.url, "/admin/upstreams", JSON.stringify({ kind: "Secret", metadata, stringData }));
  }
  const traces = new Map(CONFIGURATIONS.map(({ namespace }) => [namespace, trace()]));
  for (const [namespace, traceId] of traces) {
    await post(program.url, "/v1/traces", exportOf(traceId, "agent"));
    await post(program.url, "/v1/traces", exportOf(traceId, "query", { "query.namespace": namespace }));
  }
  for (const { namespace, path, expected, receiver } of receivers) {
    await expect
      .poll(() => receiver.received.flatMap(({ spans }) => spans.map(({ name }) => name)).toSorted())
      .toEqual(["agent", "query"]);
    expect(new Set(receiver.received.flatMap(({ spans }) => spans.map(({ traceId }) => traceId)))).toEqual(
      new Set([traces.get(namespace)]),
    );
    expect(receiver.received[0]).toMatchObject({
      path,
      headers: {
        ...expected,
        "content-type": "application/x-protobuf",
        "spanfold-via": expect.stringMatching(/^[\w-]{36}$/),
      },
    });
  }
});

test("what was acknowledged arrives after an outage and a kill, with headers that only the data directory's key opens", async () => {
  const receiver = await otlpReceiver();
  const DATA_DIR = await temporaryDirectory();
  const first = await startProgram({ DATA_DIR });
  const upstream = { endpoint: receiver.url, headers: { "x-key": "secret" } };
  await post(first.url, "/admin/upstreams/one", JSON.stringify(upstream), "PUT");
  receiver.answerWith(503);
  const traces = Array.from({ length: 20 }, trace);
  for (const traceId of traces) await post(first.url, "/v1/traces", exportOf(traceId, "a"));
  await first.kill();
  receiver.answerWith(200);
  const second = await startProgram({ DATA_DIR });
  for (const traceId of traces) await post(second.url, "/v1/traces", exportOf(traceId, "b"));
  await expect
    .poll(
      () => new Set(receiver.received.flatMap(({ spans }) => spans.map((span) => `${span.traceId} ${span.name}`))),
      {
        timeout: 120_000,
      },
    )
    .toEqual(new Set(traces.flatMap((traceId) => [`${traceId} a`, `${traceId} b`])));
  expect(receiver.received[0]?.headers["x-key"]).toBe("secret");
});

test("log records go on, and metrics and records of no session are acknowledged when they have arrived", async () => {
  const receiver = await otlpReceiver();
  const program = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const upstream = { endpoint: `${receiver.url}/otel`, logs: "sent", metrics: "sent" };
  await post(program.url, "/admin/upstreams/one", JSON.stringify(upstream), "PUT");
  const traceId = trace();
  const resource = { attributes: [{ key: "service.name", value: { stringValue: "sinks-test" } }] };
  const logsOf = (...logRecords: object[]) =>
    JSON.stringify({ resourceLogs: [{ resource, scopeLogs: [{ logRecords }] }] });
  const bodyOf = (stringValue: string) => ({ timeUnixNano: `${Date.now()}000000`, body: { stringValue } });
  await post(program.url, "/v1/logs", logsOf({ ...bodyOf("in a trace"), traceId }, bodyOf("nowhere")));
  const requestsAt = (path: string) => receiver.received.filter((one) => one.path === path).map((one) => one.request);
  expect(JSON.stringify(requestsAt("/otel/v1/logs"))).toContain("nowhere");
  await expect.poll(() => JSON.stringify(requestsAt("/otel/v1/logs"))).toContain("in a trace");
  const dataPoints = [{ timeUnixNano: `${Date.now()}000000`, asInt: "9007199254740993" }];
  const metric = { name: "tokens", sum: { dataPoints, aggregationTemporality: 2, isMonotonic: true } };
  const metrics = { resourceMetrics: [{ resource, scopeMetrics: [{ metrics: [metric] }] }] };
  const sent = { method: "POST", headers: { "content-type": "application/x-protobuf" } };
  const body = new Uint8Array(libraryEncode(metrics, "ExportMetricsServiceRequest"));
  expect((await fetch(`${program.url}/v1/metrics`, { ...sent, body })).status).toBe(200);
  expect(requestsAt("/otel/v1/metrics")).toEqual([metrics]);
  receiver.answerWith(503);
  const refused = await fetch(`${program.url}/v1/metrics`, { ...sent, body });
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "1"]);
});

test("a second Spanfold shows the session, and a loop of two ends", async () => {
  const near = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const far = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const preset = "spanfold";
  await post(near.url, "/admin/upstreams/far", JSON.stringify({ preset, endpoint: far.url }), "PUT");
  await post(far.url, "/admin/upstreams/near", JSON.stringify({ preset, endpoint: near.url }), "PUT");
  const traceId = trace();
  const large = "large ".repeat(20_000);
  await post(near.url, "/v1/traces", exportOf(traceId, "agent", { "session.id": "s 1", "input.value": large }));
  const read = async (url: string) => {
    const response = await fetch(`${url}/sessions/s%201/otlp`);
    return response.ok ? JSON.stringify(((await response.json()) as { resourceSpans: unknown }).resourceSpans) : "";
  };
  await expect.poll(async () => (await read(far.url)).includes(large)).toBe(true);
  await expect
    .poll(async () => await (await fetch(`${far.url}/admin/upstreams/near`)).json())
    .toMatchObject({
      state: "on",
      delivered: 0,
      rejected: 1,
      rejection: { reason: "a loop: the spans come from this receiver" },
    });
  await expect
    .poll(async () => await (await fetch(`${near.url}/admin/upstreams/far`)).json())
    .toMatchObject({ delivered: 1, rejected: 0 });
});
