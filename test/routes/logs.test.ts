import { gzipSync } from "node:zlib";
import { beforeEach, describe, expect, test } from "vitest";
import { SESSION_SPANS } from "../../src/durable/session/limits.ts";
import { traceIdForSession } from "../../src/otlp/logs/group-records.ts";
import type { LogRecord } from "../../src/otel/log-record.ts";
import { aRecord, logsExportOf, recordsOf } from "../durable/log-records.ts";
import { aSpan, spanId, traceIdOf } from "../durable/spans.ts";
import { Viewer } from "../durable/viewer.ts";
import * as world from "../durable/world.ts";

const TRACE = traceIdOf("trace");
const JSON_TYPE = { "content-type": "application/json" };
const PROTOBUF_TYPE = { "content-type": "application/x-protobuf" };
const IN_TRACE: Partial<LogRecord> = { traceId: TRACE, spanId: spanId(1) };
const SESSION = { "session.id": "S" };

beforeEach(async () => {
  world.stopClock();
  await world.emptyWorld();
});

const post = (path: string, body: string | Uint8Array, headers: Record<string, string> = JSON_TYPE) =>
  world.request(path, { method: "POST", headers, body });

/** The bodies of a session's log records, in the log's order. */
async function bodiesOf(id: string): Promise<(string | undefined)[]> {
  const { resourceLogs = [] } = (await world.readSession(id)) ?? {};
  return recordsOf(resourceLogs).map(({ record }) => record.body?.stringValue);
}

describe("log records", () => {
  // spec: BIND-4
  test("with a trace id belong to the session of its spans", async () => {
    await world.deliver([aSpan(TRACE, 1)]);
    await world.deliverLogs([aRecord("one", 1, IN_TRACE), aRecord("two", 2, IN_TRACE)]);
    const { session, resourceLogs } = (await world.readSession(TRACE)) ?? {};
    expect([session?.spans, session?.logRecords]).toEqual([1, 2]);
    expect(recordsOf(resourceLogs ?? []).map(({ record }) => record.traceId)).toEqual([TRACE, TRACE]);
    const trace = await world.readTrace(TRACE);
    expect(trace?.resourceLogs).toEqual(resourceLogs);
  });

  test("with a trace id create its session before its first span arrives", async () => {
    await world.deliverLogs([aRecord("early", 1, IN_TRACE)]);
    const { session } = (await world.readSession(TRACE)) ?? {};
    expect(session).toMatchObject({ id: TRACE, kind: "trace", spans: 0, logRecords: 1 });
    expect(BigInt(session?.end ?? 0)).toBeGreaterThan(0n);
  });

  // spec: BIND-5
  test("with a session's name and no trace id create that session, and join its traces", async () => {
    await world.deliverLogs([aRecord("a", 1, {}, SESSION), aRecord("b", 2, {}, SESSION)]);
    await world.deliver([aSpan(TRACE, 1, {}, SESSION)]);
    await world.rest(["S", TRACE, traceIdForSession("S")]);
    const { session } = (await world.readSession("S")) ?? {};
    expect(session).toMatchObject({ id: "S", kind: "session", spans: 1, logRecords: 2, traces: 2 });
    expect(await bodiesOf("S")).toEqual(["a", "b"]);
  });

  // spec: BIND-5
  test("are accepted if only their resource names the session", async () => {
    const resource = { attributes: [{ key: "session.id", value: { stringValue: "S" } }] };
    const body = JSON.stringify({
      resourceLogs: [{ resource, scopeLogs: [{ logRecords: [{ body: { stringValue: "x" } }] }] }],
    });
    expect(await (await post("/v1/logs", body)).text()).toBe("{}");
    await world.rest(["S", traceIdForSession("S")]);
    expect(await bodiesOf("S")).toEqual(["x"]);
  });

  // spec: BIND-4
  test("with a session's name bind their trace to it, like a span", async () => {
    await world.deliver([aSpan(TRACE, 1)]);
    await world.deliverLogs([aRecord("named", 1, IN_TRACE, SESSION)]);
    await world.rest(["S", TRACE]);
    expect(await world.readSession(TRACE)).toBeUndefined();
    expect((await world.readSession("S"))?.session).toMatchObject({ spans: 1, logRecords: 1 });
  });

  // spec: BIND-6
  test.each([
    ["nothing", {}],
    ["a scrubbed name", { "session.id": "[Scrubbed due to 'session']" }],
  ])("with neither, but %s, are rejected with a reason; others are accepted", async (_, attributes) => {
    const response = await post(
      "/v1/logs",
      logsExportOf([aRecord("good", 1, IN_TRACE), aRecord("lost", 2, {}, attributes)]),
    );
    expect(await response.json()).toEqual({
      partialSuccess: {
        rejectedLogRecords: "1",
        errorMessage:
          "resourceLogs[0].scopeLogs[0].logRecords[1]: neither a traceId nor a session's name, such as session.id, on the record or its resource",
      },
    });
    expect(await bodiesOf(TRACE)).toEqual(["good"]);
  });

  // spec: ID-8
  test("change nothing when repeated; of repeated and new ones only the new are added", async () => {
    const [one, two, three] = [aRecord("1", 1, IN_TRACE), aRecord("2", 2, IN_TRACE), aRecord("3", 3, IN_TRACE)];
    await world.deliverLogs([one, two, one]);
    const before = await world.readSession(TRACE);
    await world.deliverLogs([two]);
    expect(await world.readSession(TRACE)).toEqual(before);
    await world.deliverLogs([one, three, two]);
    expect(await bodiesOf(TRACE)).toEqual(["1", "2", "3"]);
  });

  // spec: OTLP-1
  test.each(["/v1/logs", "/v1/logs/", "/otel/v1/logs", "/api/public/otel/v1/logs/"])(
    "are accepted at %s",
    async (path) => {
      expect((await post(path, logsExportOf([aRecord("x", 1, IN_TRACE)]))).status).toBe(200);
      expect(await bodiesOf(TRACE)).toEqual(["x"]);
    },
  );

  test("are accepted compressed", async () => {
    const body = new Uint8Array(gzipSync(logsExportOf([aRecord("x", 1, IN_TRACE)])));
    expect((await post("/v1/logs", body, { ...JSON_TYPE, "content-encoding": "gzip" })).status).toBe(200);
    expect(await bodiesOf(TRACE)).toEqual(["x"]);
  });

  test("are answered in the request's encoding; an empty request succeeds", async () => {
    const json = await post("/v1/logs", "{}");
    expect([json.status, json.headers.get("content-type"), await json.text()]).toEqual([200, "application/json", "{}"]);
    const protobuf = await post("/v1/logs", new Uint8Array(), PROTOBUF_TYPE);
    expect([protobuf.status, (await protobuf.arrayBuffer()).byteLength]).toEqual([200, 0]);
  });

  test("are refused if malformed: 400 as Status with the field", async () => {
    const response = await post("/v1/logs", '{"resourceLogs":[{"scopeLogs":{}}]}');
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      code: 3,
      message: "resourceLogs[0].scopeLogs: expected an array, got an object",
    });
  });

  test("are on the stream, live and from the beginning", async () => {
    await world.deliverLogs([aRecord("one", 1, IN_TRACE)]);
    const viewer = new Viewer(TRACE);
    await viewer.connect();
    await viewer.readUntil(({ event }) => event.type === "bookmark");
    await world.deliverLogs([aRecord("two", 2, IN_TRACE)]);
    await viewer.readUntil(({ event }) => event.type === "logs");
    await viewer.disconnect();
    expect(
      viewer.view
        .logs()
        .all()
        .map(({ record }) => record.body?.stringValue),
    ).toEqual(["one", "two"]);
    expect(viewer.seen.find(({ event }) => event.type === "logs")?.event).toMatchObject({
      traceId: TRACE,
      receipt: { encoding: "json", service: "tests", spans: 0, records: 1 },
    });
  });

  test("are deleted with their session", async () => {
    await world.deliverLogs([aRecord("a", 1, {}, SESSION)]);
    await world.rest(["S", traceIdForSession("S")]);
    expect((await world.request("/sessions/S", { method: "DELETE" })).status).toBe(204);
    expect(await world.readSession("S")).toBeUndefined();
    expect(await world.tables(traceIdForSession("S"))).toEqual([]);
    expect(await world.listed("all")).toEqual([]);
  });
});

describe("a session's ceiling", () => {
  test("counts log records like spans: further ones are rejected with the reason, and nothing else is lost", async () => {
    const records = Array.from({ length: SESSION_SPANS - 1 }, (_, n) => ({
      traceId: TRACE,
      timeUnixNano: String(n + 1),
    }));
    for (let from = 0; from < records.length; from += 20_000)
      await world.deliverLogs(records.slice(from, from + 20_000));
    await world.deliver([aSpan(TRACE, 1)]);
    const response = await post("/v1/logs", logsExportOf([aRecord("too much", 1, IN_TRACE)]));
    expect(await response.json()).toEqual({
      partialSuccess: {
        rejectedLogRecords: "1",
        errorMessage: `trace ${TRACE}: the session would hold more than ${SESSION_SPANS} spans and log records, its ceiling`,
      },
    });
    const page = await world.calls(TRACE).peek("session");
    expect(page).toMatchObject({ summary: { spans: 1, logRecords: SESSION_SPANS - 1 } });
    await world.evict(TRACE);
    expect(await world.calls(TRACE).peek("session")).toEqual(page);
  });
});

describe("an export of a session", () => {
  test("posted again after its deletion is the same session, with large bodies", async () => {
    const large = "long ".repeat(4_000);
    await world.deliver([aSpan(TRACE, 1, {}, SESSION)]);
    await world.deliverLogs([aRecord(large, 1, IN_TRACE), aRecord("a", 2, {}, { ...SESSION, note: large })]);
    const ids = ["S", TRACE, traceIdForSession("S")];
    await world.rest(ids);
    const exported = await (await world.request("/sessions/S/otlp")).text();
    expect(exported).toContain(large);
    const before = await world.readSession("S");
    expect(before?.resourceLogs.flatMap(({ scopeLogs = [] }) => scopeLogs)).toHaveLength(2);
    expect(JSON.stringify(before)).not.toContain(large);
    await world.request("/sessions/S", { method: "DELETE" });
    await world.rest(ids);
    for (const path of ["/v1/traces", "/v1/logs"]) expect(await (await post(path, exported)).text()).toBe("{}");
    await world.rest(ids);
    expect(await (await world.request("/sessions/S/otlp")).json()).toEqual(JSON.parse(exported));
  });
});

describe("another signal", () => {
  const spans = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [aSpan(TRACE, 1)] }] }] });

  // spec: OTLP-19
  test("is rejected with the right path", async () => {
    const response = await post("/v1/logs", spans);
    expect(await response.json()).toEqual({
      partialSuccess: { rejectedLogRecords: "1", errorMessage: "these look like spans; post them to /v1/traces" },
    });
    // resource_spans { scope_spans { spans { trace_id } } }
    const id = [10, 16, ...Array.from({ length: 16 }, () => 0xab)];
    const bytes = [id, id, id].reduce<number[]>(
      (inner, __, depth) => [depth === 2 ? 10 : 18, inner.length, ...inner],
      id,
    );
    const protobuf = await post("/v1/logs", new Uint8Array(bytes), PROTOBUF_TYPE);
    expect(protobuf.status).toBe(400);
    expect(await protobuf.text()).toContain("these look like spans or metrics; post them to /v1/traces or /v1/metrics");
  });
});
