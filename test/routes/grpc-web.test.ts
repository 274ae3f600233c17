import { gzipSync } from "node:zlib";
import { beforeEach, expect, test } from "vitest";
import { decodeAnswer, encodeMessage } from "../../src/otlp/grpc-web.ts";
import { MAX_PROTOBUF_BODY } from "../../src/otlp/limits.ts";
import { BODIES_IN_FLIGHT } from "../../src/routes/receive/body-budget.ts";
import { traceIdOf } from "../durable/spans.ts";
import * as world from "../durable/world.ts";
import { fetchFrom } from "./deployment.ts";
import type { Settings } from "./deployment.ts";
import { protobufSpan } from "./protobuf-span.ts";

const TRACE = traceIdOf("trace");
const TYPE = "application/grpc-web+proto";
const SERVICES = {
  traces: "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
  logs: "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
  metrics: "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
} as const;

beforeEach(async () => {
  world.stopClock();
  await world.emptyWorld();
});

const post = (path: string, body: BodyInit, headers: Record<string, string> = {}) =>
  world.request(path, { method: "POST", headers: { "content-type": TYPE, ...headers }, body });

/** The answer to a call: its status, and its message as text. */
async function outcomeOf(response: Response): Promise<string> {
  expect([response.status, response.headers.get("content-type")]).toEqual([200, TYPE]);
  const answer = decodeAnswer(new Uint8Array(await response.arrayBuffer()));
  const message = answer?.message === undefined ? "" : `, ${JSON.stringify(new TextDecoder().decode(answer.message))}`;
  return `${answer?.status.code} ${answer?.status.message}${message}`.trim();
}

// spec: OTLP-20
test.each([
  ["plain", (message: Uint8Array) => encodeMessage(message), {}],
  ["compressed", (message: Uint8Array) => compressed(message), { "grpc-encoding": "gzip" }],
  ["by the shorter type", (message: Uint8Array) => encodeMessage(message), { "content-type": "application/grpc-web" }],
])("a call stores its spans, and its trailers stand in the body: %s", async (_, bodyOf, headers) => {
  const response = await post(SERVICES.traces, bodyOf(protobufSpan(TRACE, "spn")), headers);
  expect(await outcomeOf(response)).toBe('0 , ""');
  expect((await world.readSession(TRACE))?.session.spans).toBe(1);
});

test("a call with a bad span is a partial success", async () => {
  const response = await post(SERVICES.traces, encodeMessage(protobufSpan("00", "spn")));
  expect(await outcomeOf(response)).toMatch(/^0 , ".*traceId/);
});

test("log records and metrics have their services", async () => {
  expect(await outcomeOf(await post(SERVICES.logs, encodeMessage(new Uint8Array())))).toBe('0 , ""');
  expect(await outcomeOf(await post(SERVICES.metrics, encodeMessage(new Uint8Array())))).toContain(
    "metrics are accepted but not stored",
  );
});

// spec: OTLP-21
test.each<[string, Uint8Array<ArrayBuffer>, Record<string, string>, string]>([
  ["a cut message", encodeMessage(protobufSpan(TRACE, "spn").subarray(0, 20)), {}, "3 malformed protobuf at byte"],
  ["no message", new Uint8Array(), {}, "3 the body is not one gRPC message: it has no message"],
  ["corrupt gzip", compressed(new Uint8Array(9)).fill(7, 9), { "grpc-encoding": "gzip" }, "3 the compressed body is"],
  ["another compression", compressed(new Uint8Array(9)), { "grpc-encoding": "br" }, '12 Content-Encoding "br" is not'],
  ["a compression without a name", compressed(new Uint8Array(9)), {}, '12 Content-Encoding "identity" is not'],
  ["a bomb", compressed(new Uint8Array(MAX_PROTOBUF_BODY + 1)), { "grpc-encoding": "gzip" }, "8 too large: more than"],
])("%s is refused with a status of gRPC", async (_, body, headers, status) => {
  expect(await outcomeOf(await post(SERVICES.traces, body, headers))).toContain(status);
  expect(await world.listed("all")).toEqual([]);
});

// spec: OTLP-21
test("too many bodies in flight: RESOURCE_EXHAUSTED with RetryInfo, which exporters need to try again", async () => {
  const arriving = new TransformStream<Uint8Array, Uint8Array>();
  const writer = arriving.writable.getWriter();
  const slow = post(SERVICES.traces, arriving.readable);
  for (let sent = 0; sent < BODIES_IN_FLIGHT; sent += 1 << 20) await writer.write(new Uint8Array(1 << 20));
  await world.until(async () => {
    const response = await post(SERVICES.traces, encodeMessage(new Uint8Array()));
    const status = decodeAnswer(new Uint8Array(await response.arrayBuffer()))?.status;
    if (status?.code !== 8) return false;
    expect(status.message).toBe("too many bodies in flight; try again");
    expect(new TextDecoder().decode(status.details)).toContain("type.googleapis.com/google.rpc.RetryInfo");
    return true;
  });
  await writer.close();
  expect(await outcomeOf(await slow)).toMatch(/^3 /);
});

test.each<[string, Settings, Record<string, string>, string]>([
  ["no token", { ADMIN_TOKEN: "admin" }, {}, "16 Send a token"],
  ["a wrong token", { ADMIN_TOKEN: "admin" }, { authorization: "Bearer wrong" }, "16 Send a token"],
  [
    "a token that may only read",
    { ADMIN_TOKEN: "admin", VIEW_TOKEN: "view" },
    { authorization: "Bearer view" },
    "7 This token may read only",
  ],
  ["an address of an open program that is not this machine's", { OPEN_ACCESS: "loopback" }, {}, "7 This program is"],
  ["no token set up", {}, {}, "14 This deployment has no ADMIN_TOKEN"],
])("the guard is that of HTTP: %s", async (_, settings, headers, status) => {
  const response = await fetchFrom(settings, `https://spanfold.example${SERVICES.traces}`, {
    method: "POST",
    headers: { "content-type": TYPE, ...headers },
    body: encodeMessage(protobufSpan(TRACE, "spn")),
  });
  expect(await outcomeOf(response)).toContain(status);
});

test("a token that may write is enough", async () => {
  const response = await fetchFrom(
    { ADMIN_TOKEN: "admin", INGEST_TOKEN: "ingest" },
    `https://spanfold.example${SERVICES.traces}`,
    {
      method: "POST",
      headers: { "content-type": TYPE, authorization: "Bearer ingest" },
      body: encodeMessage(new Uint8Array()),
    },
  );
  expect(await outcomeOf(response)).toBe('0 , ""');
});

test("another service is not implemented", async () => {
  const path = "/opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export";
  expect(await outcomeOf(await post(path, encodeMessage(new Uint8Array())))).toMatch(/^12 There is no receiver at/);
});

test("what is no call of gRPC-Web is answered as HTTP, for 200 would look like a success", async () => {
  for (const type of ["application/json", "application/grpc", "application/grpc-web-text"]) {
    const response = await post(SERVICES.traces, "{}", { "content-type": type });
    expect([response.status, await response.json()]).toMatchObject([415, { message: expect.stringContaining(TYPE) }]);
  }
  expect((await world.request(SERVICES.traces)).status).toBe(404);
});

function compressed(message: Uint8Array): Uint8Array<ArrayBuffer> {
  const body = encodeMessage(new Uint8Array(gzipSync(message)));
  body[0] = 1;
  return body;
}
