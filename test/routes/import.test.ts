import { beforeEach, describe, expect, test } from "vitest";
import { gzipSync } from "node:zlib";
import { aSpan, exportOf, someSpans, spanId, traceIdOf } from "../durable/spans.ts";
import * as world from "../durable/world.ts";

const TRACE = traceIdOf("trace");
const OTHER = traceIdOf("other");

beforeEach(async () => {
  world.stopClock();
  await world.emptyWorld();
});

type Answer = {
  readonly spans: number;
  readonly logRecords: number;
  readonly traces: number;
  readonly sessions: readonly string[];
  readonly rejected?: { readonly spans: number; readonly logRecords: number; readonly reason: string };
};

async function send(body: string | Uint8Array, headers: Record<string, string> = {}): Promise<Response> {
  world.pass(1);
  return await world.request("/import", { method: "POST", headers, body });
}

async function imported(body: string | Uint8Array, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await send(body, headers);
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
  return await response.json();
}

async function exported(id: string): Promise<Uint8Array> {
  const response = await world.request(`/sessions/${encodeURIComponent(id)}/otlp`);
  if (response.status !== 200) throw new Error(`${id}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

async function deleteSession(id: string): Promise<void> {
  const { status } = await world.request(`/sessions/${id}`, { method: "DELETE" });
  expect(status).toBe(204);
}

/** Spans and log records of an export, each as text, sorted. */
function contentOf(bytes: Uint8Array): { readonly spans: readonly string[]; readonly records: readonly string[] } {
  const document = JSON.parse(new TextDecoder().decode(bytes)) as {
    resourceSpans?: world.Snapshot["resourceSpans"];
    resourceLogs?: readonly { scopeLogs?: readonly { logRecords?: readonly object[] }[] }[];
  };
  const records = (document.resourceLogs ?? []).flatMap(({ scopeLogs }) =>
    (scopeLogs ?? []).flatMap(({ logRecords }) => (logRecords ?? []).map((record) => JSON.stringify(record))),
  );
  return {
    spans: world
      .spansOf(document.resourceSpans ?? [])
      .map(world.textOf)
      .toSorted(),
    records: records.toSorted(),
  };
}

describe("an export that is imported again", () => {
  test("is the same session, with large values and log records, and the answer names it", async () => {
    const long = "The harbour at dawn. ".repeat(2_000);
    await world.deliver(someSpans(TRACE, 1, 3, { "session.id": "A", "input.value": long }));
    await world.deliver(someSpans(OTHER, 1, 2, { "session.id": "A" }));
    const record = {
      timeUnixNano: "1790000000000000000",
      body: { stringValue: "half way" },
      traceId: TRACE,
      spanId: spanId(1),
    };
    const logs = await world.request("/v1/logs", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: [record] }] }] }),
    });
    expect(await logs.json()).toEqual({});
    await world.rest([TRACE, OTHER, "A"]);
    const before = await exported("A");
    const summary = await world.readoutOf("A");
    await deleteSession("A");
    await world.rest([TRACE, OTHER, "A"]);
    expect(await imported(before)).toEqual({ spans: 5, logRecords: 1, traces: 2, sessions: ["A"] });
    await world.rest([TRACE, OTHER, "A"]);
    expect(contentOf(await exported("A"))).toEqual(contentOf(before));
    expect(contentOf(before).records).toHaveLength(1);
    expect(await world.readoutOf("A")).toEqual(summary);
    // Importing it once more changes nothing.
    const version = (await world.readSession("A"))?.resourceVersion;
    await imported(gzipSync(before), { "content-encoding": "gzip" });
    await world.rest([TRACE, OTHER, "A"]);
    expect((await world.readSession("A"))?.resourceVersion).toBe(version);
  });

  test("is complete, even if it is larger than one request may be", { timeout: 60_000 }, async () => {
    const text = "What was said on the way. ".repeat(12);
    for (let part = 0; part < 3; part++) {
      const spans = Array.from({ length: 8_000 }, (_, n) =>
        aSpan(TRACE, 1 + part * 8_000 + n, {}, { "session.id": "A", note: `${n} ${text}` }),
      );
      await world.deliver(spans);
    }
    await world.rest([TRACE, "A"]);
    const before = await exported("A");
    expect(before.length).toBeGreaterThan(12_000_000);
    await deleteSession("A");
    await world.rest([TRACE, "A"]);
    expect(await imported(before)).toEqual({ spans: 24_000, logRecords: 0, traces: 1, sessions: ["A"] });
    await world.rest([TRACE, "A"]);
    expect((await world.readSession("A"))?.session.spans).toBe(24_000);
    const after = contentOf(await exported("A")).spans;
    const expected = contentOf(before).spans;
    expect(after.length).toBe(expected.length);
    expect(after.every((span, n) => span === expected[n])).toBe(true);
  });
});

describe("a file", () => {
  test("may be lines of OTLP/JSON, as a Collector writes them, and gzip without a header", async () => {
    const lines = [1, 2, 3].map((n) => exportOf([aSpan(TRACE, n)])).join("\n");
    expect(await imported(gzipSync(`${lines}\n`))).toEqual({ spans: 3, logRecords: 0, traces: 1, sessions: [TRACE] });
    expect((await world.readSession(TRACE))?.session.spans).toBe(3);
  });

  test("may be several gzip files appended to each other", async () => {
    const parts = [1, 2, 3].map((n) => gzipSync(`${exportOf([aSpan(TRACE, n)])}\n`));
    expect(await imported(Buffer.concat(parts))).toEqual({ spans: 3, logRecords: 0, traces: 1, sessions: [TRACE] });
    const headers = { "content-encoding": "gzip" };
    expect(await imported(Buffer.concat(parts), headers)).toMatchObject({ spans: 3 });
  });

  test("may be Jaeger's JSON", async () => {
    const span = {
      traceID: "ab12",
      spanID: "1",
      operationName: "invoke_agent planner",
      startTime: 1_790_000_000_000_000,
      duration: 2_000_000,
      tags: [{ key: "session.id", type: "string", value: "from Jaeger" }],
      processID: "p1",
    };
    const file = {
      data: [{ traceID: "ab12", spans: [span], processes: { p1: { serviceName: "planner" } } }],
      total: 0,
    };
    const answer = await imported(JSON.stringify(file), { "content-type": "application/json" });
    expect(answer).toEqual({ spans: 1, logRecords: 0, traces: 1, sessions: ["from Jaeger"] });
    await world.rest(["from Jaeger", "ab12".padStart(32, "0")]);
    const session = await world.readSession("from Jaeger");
    expect(session?.session).toMatchObject({ spans: 1, services: ["planner"], end: "1790000002000000000" });
  });

  test("with a bad span is imported without it, and the answer has the reason", async () => {
    const answer = await imported(exportOf([aSpan(TRACE, 1), { ...aSpan(TRACE, 2), traceId: "short" }]));
    expect(answer).toMatchObject({ spans: 1, rejected: { spans: 1, logRecords: 0 } });
    expect(answer.rejected?.reason).toMatch(/traceId/);
  });

  test("with a fault is imported up to it, and the answer has its position", async () => {
    const response = await send(
      `${exportOf([aSpan(TRACE, 1)])}\n${exportOf([aSpan(OTHER, 1)])}\n{"resourceSpans":[{]}`,
    );
    expect([response.status, response.headers.get("content-type")]).toEqual([400, "application/problem+json"]);
    expect(await response.json()).toMatchObject({
      detail: expect.stringMatching(/^unexpected "\]", at line 3, byte \d+\. Imported before it: 2 spans/),
      line: 3,
      imported: { spans: 2, traces: 2, sessions: [TRACE, OTHER].toSorted() },
    });
    expect((await world.readSession(OTHER))?.session.spans).toBe(1);
  });

  test("that is cut off, or is invalid gzip, is refused after its readable part", async () => {
    const file = gzipSync(Array.from({ length: 2_000 }, (_, n) => exportOf([aSpan(TRACE, n + 1)])).join("\n"));
    const cut = await send(file.subarray(0, file.length - 100));
    expect([cut.status, (await cut.json<{ detail: string }>()).detail]).toEqual([
      400,
      expect.stringMatching(/^The file could not be read to its end/),
    ]);
    const other = await send("no gzip at all", { "content-encoding": "gzip" });
    expect(other.status).toBe(400);
    expect((await send("{}", { "content-encoding": "br" })).status).toBe(415);
  });

  test.each(["", "hello", "{}", "[]"])("without OTLP or Jaeger JSON is refused: %j", async (text) => {
    const response = await send(text);
    expect([response.status, response.headers.get("content-type")]).toEqual([400, "application/problem+json"]);
  });

  test("is accepted from this program's pages only, if no token is required", async () => {
    expect((await send(exportOf([aSpan(TRACE, 1)]), { origin: "https://example.com" })).status).toBe(403);
    expect((await send(exportOf([aSpan(TRACE, 1)]), { origin: "http://localhost:8787" })).status).toBe(200);
    expect((await world.request("/import")).status).toBe(405);
  });
});
