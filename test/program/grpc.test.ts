import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import type { Server as HttpServer, ServerResponse } from "node:http";
import { connect as connectHttp2, constants } from "node:http2";
import type { ClientHttp2Stream, IncomingHttpHeaders } from "node:http2";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import { Client, credentials, Metadata, status } from "@grpc/grpc-js";
import type { CallOptions, ServiceError } from "@grpc/grpc-js";
import { expect, onTestFinished, test } from "vitest";
import { BYTES_IN_FLIGHT, BYTES_OF_A_READER, CALLS_WAITING } from "../../src/cli/start/calls-in-flight.ts";
import { openGrpc } from "../../src/cli/start/grpc.ts";
import { encodeAnswer, encodeMessage, GRPC_WEB_TYPE } from "../../src/otlp/grpc-web.ts";
import { MAX_PROTOBUF_BODY } from "../../src/otlp/limits.ts";
import { libraryEncode } from "../otlp/oracle.ts";
import { startProgram, temporaryDirectory } from "./program.ts";
import { eventually, getJson, recordsOf } from "./read-back.ts";
import type { Export, SessionAnswer } from "./read-back.ts";

const TRACES = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
const LOGS = "/opentelemetry.proto.collector.logs.v1.LogsService/Export";
const METRICS = "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export";
const OK = { code: status.OK, message: "" };
const TRACE = "0af7651916cd43dd8448eb211c80319c";

const exportOf = (span: object) =>
  Buffer.from(
    libraryEncode({
      resourceSpans: [
        {
          scopeSpans: [
            { spans: [{ traceId: TRACE, name: "a", startTimeUnixNano: "1", endTimeUnixNano: "2", ...span }] },
          ],
        },
      ],
    }),
  );
const ONE_SPAN = exportOf({ spanId: "b7ad6b7169203331" });

type Call = { readonly metadata?: Record<string, string>; readonly options?: CallOptions };

/** Calls by gRPC's own client. Answers the code, the message or the reason, and what stands beside the code. */
function clientOf(port: string | undefined, channel: object = {}) {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), channel);
  onTestFinished(() => client.close());
  return (path: string, message: Buffer, { metadata = {}, options = {} }: Call = {}) =>
    new Promise<{ code: number; text: string; details: string }>((resolve) => {
      const identity = (bytes: Buffer) => bytes;
      const sent = new Metadata();
      for (const [name, value] of Object.entries(metadata)) sent.set(name, value);
      const answered = (error: ServiceError | null, answer?: Buffer) =>
        resolve({
          code: error?.code ?? status.OK,
          text: error?.details ?? String(answer),
          details: String(error?.metadata.get("grpc-status-details-bin") ?? ""),
        });
      client.makeUnaryRequest(path, identity, identity, message, sent, options, answered);
    });
}

test("traces, log records and metrics arrive over gRPC as over HTTP", async () => {
  const { url, grpcPort } = await startProgram({ DATA_DIR: await temporaryDirectory(), GRPC_PORT: "0" });
  const call = clientOf(grpcPort);
  expect(await call(TRACES, ONE_SPAN)).toEqual({ code: status.OK, text: "", details: "" });
  expect((await getJson<SessionAnswer>(url, `/sessions/${TRACE}`)).session.spans).toBe(1);

  // ExportLogsServiceRequest { resource_logs { scope_logs { log_records { trace_id, span_id, body { string_value } } } } }
  const field = (number: number, content: Buffer) =>
    Buffer.concat([Buffer.of((number << 3) | 2, content.length), content]);
  const record = Buffer.concat([
    field(9, Buffer.from(TRACE, "hex")),
    field(10, Buffer.from("b7ad6b7169203331", "hex")),
    field(5, field(1, Buffer.from("a line"))),
  ]);
  expect(await call(LOGS, field(1, field(2, field(2, record))))).toMatchObject({ code: status.OK, text: "" });
  const exported = await eventually(() => getJson<Export>(url, `/sessions/${TRACE}/otlp`));
  expect(recordsOf(exported)).toMatchObject([{ traceId: TRACE, body: { stringValue: "a line" } }]);

  expect((await call(METRICS, Buffer.alloc(0))).text).toContain("metrics are accepted but not stored");
  expect((await call(TRACES, exportOf({ spanId: "00" }))).text).toContain("spanId");
});

test("a call that fails has the status that tells an exporter what to do", async () => {
  const { grpcPort } = await startProgram({ DATA_DIR: await temporaryDirectory(), GRPC_PORT: "0" });
  const call = clientOf(grpcPort, { "grpc.max_send_message_length": -1 });
  const malformed = await call(TRACES, ONE_SPAN.subarray(0, 20));
  expect(malformed).toMatchObject({ code: status.INVALID_ARGUMENT, text: expect.stringContaining("at byte") });
  expect(malformed.details).toContain("google.rpc.BadRequest");
  const large = Buffer.alloc(MAX_PROTOBUF_BODY + 1);
  expect(await call(TRACES, large)).toMatchObject({ code: status.RESOURCE_EXHAUSTED, details: "" });
  const gzip = { "grpc.default_compression_algorithm": 2, "grpc.max_send_message_length": -1 };
  expect((await clientOf(grpcPort, gzip)(TRACES, large)).code).toBe(status.RESOURCE_EXHAUSTED);
  expect((await call("/opentelemetry.proto.collector.x.v1.X/Export", ONE_SPAN)).code).toBe(status.UNIMPLEMENTED);
  expect((await call(TRACES, ONE_SPAN)).code).toBe(status.OK);
});

test("the guard is that of HTTP: the token decides, and without tokens the address", async () => {
  const open = await startProgram({ DATA_DIR: await temporaryDirectory(), GRPC_PORT: "0" });
  const elsewhere = clientOf(open.grpcPort, { "grpc.default_authority": "otel-collector:4317" });
  expect(await elsewhere(TRACES, ONE_SPAN)).toMatchObject({
    code: status.PERMISSION_DENIED,
    text: expect.stringContaining("not to otel-collector:4317"),
  });
  const named = clientOf(open.grpcPort, { "grpc.default_authority": `localhost:${open.grpcPort}` });
  expect((await named(TRACES, ONE_SPAN)).code).toBe(status.OK);
  await open.stop();

  const closed = await startProgram({
    DATA_DIR: await temporaryDirectory(),
    GRPC_PORT: "0",
    HOST: "0.0.0.0",
    ADMIN_TOKEN: "admin-secret",
    INGEST_TOKEN: "ingest-secret",
    VIEW_TOKEN: "view-secret",
  });
  const call = clientOf(closed.grpcPort);
  const codeWith = async (token: string) =>
    (await call(TRACES, ONE_SPAN, { metadata: { authorization: `Bearer ${token}` } })).code;
  expect((await call(TRACES, ONE_SPAN)).code).toBe(status.UNAUTHENTICATED);
  expect(await codeWith("wrong")).toBe(status.UNAUTHENTICATED);
  expect(await codeWith("view-secret")).toBe(status.PERMISSION_DENIED);
  expect(await codeWith("ingest-secret")).toBe(status.OK);
  expect(await codeWith("admin-secret")).toBe(status.OK);

  // Before a byte of its message: an anonymous sender can't fill the memory.
  const { stream, trailers } = await openCall(closed.grpcPort, {});
  expect((await trailers)["grpc-status"]).toBe(String(status.UNAUTHENTICATED));
  stream.destroy();
});

test("calls that follow refused ones arrive", async () => {
  const { grpcPort } = await startProgram({
    DATA_DIR: await temporaryDirectory(),
    GRPC_PORT: "0",
    ADMIN_TOKEN: "admin-secret",
    INGEST_TOKEN: "ingest-secret",
    VIEW_TOKEN: "view-secret",
  });
  const call = clientOf(grpcPort);
  const codes = new Set<number>();
  for (let n = 0; n < 100; n++) {
    const token = n % 2 === 0 ? "wrong" : "ingest-secret";
    codes.add((await call(TRACES, ONE_SPAN, { metadata: { authorization: `Bearer ${token}` } })).code);
  }
  expect([...codes].toSorted((a, b) => a - b)).toEqual([status.OK, status.UNAUTHENTICATED]);
});

test("a deadline ends a call whose message does not arrive", async () => {
  const { grpcPort } = await startProgram({ DATA_DIR: await temporaryDirectory(), GRPC_PORT: "0" });
  const { stream, trailers } = await openCall(grpcPort, { "grpc-timeout": "300m" });
  stream.write(encodeMessage(ONE_SPAN).subarray(0, 30));
  expect((await trailers)["grpc-status"]).toBe(String(status.DEADLINE_EXCEEDED));
  stream.destroy();
  expect((await clientOf(grpcPort)(TRACES, ONE_SPAN, { options: { deadline: Date.now() + 30_000 } })).code).toBe(0);
});

test("a call has one message", async () => {
  const { grpcPort } = await startProgram({ DATA_DIR: await temporaryDirectory(), GRPC_PORT: "0" });
  for (const messages of [[], [ONE_SPAN, ONE_SPAN]]) {
    const { stream, trailers } = await openCall(grpcPort, {});
    for (const message of messages) stream.write(encodeMessage(message));
    stream.end();
    expect((await trailers)["grpc-status"], String(messages.length)).toBe(String(status.INVALID_ARGUMENT));
  }
});

test("a second message ends a call before a third is read", async () => {
  const worker = createHttpServer(() => {});
  const port = await openBefore(worker);
  const { stream, trailers } = await openCall(port, {});
  stream.write(encodeMessage(ONE_SPAN));
  stream.write(encodeMessage(ONE_SPAN));
  expect(await trailers).toMatchObject({
    "grpc-status": String(status.INVALID_ARGUMENT),
    "grpc-message": encodeURI("a unary call has one message"),
  });
});

test("calls beyond what fits into memory wait unread, and are answered to come again once too many wait", async () => {
  // The Worker's part: it acknowledges a message that has arrived whole.
  let forwarded = 0;
  const worker = createHttpServer((request, response) => {
    forwarded++;
    request.resume().on("end", () => response.end(encodeAnswer({ message: Buffer.alloc(0), status: OK })));
  });
  const port = await openBefore(worker);
  const call = clientOf(port);
  expect((await call(TRACES, ONE_SPAN)).code).toBe(status.OK);

  const readers = await Promise.all(
    Array.from({ length: BYTES_IN_FLIGHT / BYTES_OF_A_READER }, () => openCall(port, {})),
  );
  for (const { stream } of readers) stream.write(encodeMessage(ONE_SPAN).subarray(0, 30));
  const entered = (calls: number) => eventually(async () => expect(forwarded).toBe(calls));
  await entered(1 + readers.length);
  const waiting: Promise<{ code: number }>[] = [];
  while (waiting.length < CALLS_WAITING) {
    // A connection has a hundred calls at a time.
    const onAnother = clientOf(port, { "grpc.use_local_subchannel_pool": 1 });
    for (let at = 0; at < 64; at++) waiting.push(onAnother(TRACES, ONE_SPAN));
  }
  await entered(1 + readers.length + CALLS_WAITING);
  const refused = await call(TRACES, ONE_SPAN);
  expect(refused.code).toBe(status.RESOURCE_EXHAUSTED);
  expect(refused.details).toContain("google.rpc.RetryInfo");

  readers[0]?.stream.destroy();
  expect(new Set((await Promise.all(waiting)).map(({ code }) => code))).toEqual(new Set([status.OK]));
  expect((await call(TRACES, ONE_SPAN)).code).toBe(status.OK);
});

/** Listens for gRPC in front of an HTTP server that takes the Worker's place; answers the port. */
async function openBefore(worker: HttpServer): Promise<string> {
  worker.listen(0, "127.0.0.1");
  onTestFinished(() => worker.close().closeAllConnections());
  await once(worker, "listening");
  const outcome = await openGrpc("127.0.0.1", 0, new URL(`http://127.0.0.1:${(worker.address() as AddressInfo).port}`));
  return "listening" in outcome ? String(outcome.listening) : outcome.unavailable;
}

test("the trace of a call is that of the request to the Worker", async () => {
  const seen: IncomingHttpHeaders[] = [];
  const worker = createHttpServer((request, response) => {
    seen.push(request.headers);
    request.resume();
    response.end(encodeAnswer({ status: { code: 0, message: "" } }));
  });
  const call = clientOf(await openBefore(worker));
  const metadata = { traceparent: `00-${TRACE}-b7ad6b7169203331-01`, tracestate: "vendor=1" };
  expect(await call(TRACES, ONE_SPAN, { metadata })).toMatchObject({ code: status.OK });
  expect(seen[0]).toMatchObject(metadata);
});

test("a runtime that does not answer is UNAVAILABLE: exporters send again", async () => {
  const outcome = await openGrpc("127.0.0.1", 0, new URL("http://127.0.0.1:9"));
  const port = "listening" in outcome ? String(outcome.listening) : outcome.unavailable;
  expect(await clientOf(port)(TRACES, ONE_SPAN)).toEqual({
    code: status.UNAVAILABLE,
    text: "the program could not be reached; send it again",
    details: "",
  });
});

test.each<readonly [string, (response: ServerResponse) => void]>([
  ["answers nothing", () => {}],
  ["does not end its answer", (response) => response.writeHead(200, { "content-type": GRPC_WEB_TYPE }).flushHeaders()],
])("a runtime that closes a call and then %s is UNAVAILABLE, and holds no connection", async (_, answer) => {
  let asked = 0;
  const worker = createHttpServer((request, response) => {
    if (request.headers["content-length"] !== "0") return request.socket.destroy();
    asked++;
    answer(response);
  });
  const { stream, trailers } = await openCall(await openBefore(worker), {});
  stream.write(encodeMessage(ONE_SPAN).subarray(0, 30));
  expect((await trailers)["grpc-status"]).toBe(String(status.UNAVAILABLE));
  expect(asked).toBe(1);
  await eventually(async () => expect(await connectionsOf(worker)).toBe(0));
});

test("a refused caller whose message never ends keeps no stream", async () => {
  const worker = createHttpServer((_, response) =>
    response.end(encodeAnswer({ status: { code: status.UNAUTHENTICATED, message: "no token" } })),
  );
  const { stream, trailers } = await openCall(await openBefore(worker), {});
  stream.write(encodeMessage(ONE_SPAN).subarray(0, 30));
  expect((await trailers)["grpc-status"]).toBe(String(status.UNAUTHENTICATED));
  await eventually(async () => expect([stream.closed, stream.rstCode]).toEqual([true, constants.NGHTTP2_NO_ERROR]));
  await eventually(async () => expect(await connectionsOf(worker)).toBe(0));
});

function connectionsOf(server: HttpServer): Promise<number> {
  return promisify(server.getConnections.bind(server))();
}

test("a taken port of gRPC is said, and the program runs without it", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  onTestFinished(() => void other.close());
  await once(other, "listening");
  const { port } = other.address() as AddressInfo;
  const { url, printed } = await startProgram({ DATA_DIR: await temporaryDirectory(), GRPC_PORT: String(port) });
  expect(printed()).toContain(`gRPC      off: port ${port} is taken; GRPC_PORT chooses another`);
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
});

test("GRPC_PORT=off listens at no port for gRPC", async () => {
  const { printed } = await startProgram({ DATA_DIR: await temporaryDirectory(), GRPC_PORT: "off" });
  expect(printed()).toContain("gRPC      off\n");
});

/** A call whose message the test writes by itself. */
async function openCall(
  port: string | undefined,
  headers: IncomingHttpHeaders,
): Promise<{ stream: ClientHttp2Stream; trailers: Promise<IncomingHttpHeaders> }> {
  const session = connectHttp2(`http://127.0.0.1:${port}`);
  onTestFinished(() => session.destroy());
  const stream = session.request({
    ":method": "POST",
    ":path": TRACES,
    "content-type": "application/grpc",
    te: "trailers",
    ...headers,
  });
  stream.on("error", () => {}).resume();
  const trailers = new Promise<IncomingHttpHeaders>((resolve) => {
    // An answer without a message has its status in its headers.
    stream.on("response", (answer) => void ("grpc-status" in answer && resolve(answer)));
    stream.on("trailers", resolve);
  });
  return { stream, trailers };
}
