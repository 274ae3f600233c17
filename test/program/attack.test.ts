import { randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { freePort } from "./free-port.ts";
import { startProgram, temporaryDirectory } from "./program.ts";
import type { Program } from "./program.ts";
import { eventually, getJson, spansOf } from "./read-back.ts";
import type { Export } from "./read-back.ts";
import { descriptorsOf, everything, megabytesOf, openSocket, runtimeOf } from "./sockets.ts";

/** Connections of one attack: a share of the ten thousand that a network could open. */
const CONNECTIONS = 500;
const MIB = 1_024 * 1_024;
const isLinux = process.platform === "linux";

const started = async () => await startProgram({ DATA_DIR: await temporaryDirectory() });
const hex = (value: number, digits: number) => value.toString(16).padStart(digits, "0");

function exportOf(trace: number, span = 1, note = ""): string {
  const one = {
    traceId: hex(trace, 32),
    spanId: hex(span, 16),
    name: "step",
    startTimeUnixNano: "1790000000000000000",
    endTimeUnixNano: "1790000001000000000",
    ...(note === "" ? {} : { attributes: [{ key: "note", value: { stringValue: note } }] }),
  };
  return JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [one] }] }] });
}

type Sent = { readonly path?: string; readonly headers?: Record<string, string> };

async function post(
  { url }: Program,
  body: string | Uint8Array<ArrayBuffer>,
  { path = "/v1/traces", headers = {} }: Sent = {},
) {
  const response = await fetch(url + path, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body,
  });
  return { status: response.status, text: await response.text() };
}

const head = ({ port }: Program, lines: readonly string[]) =>
  ["POST /v1/traces HTTP/1.1", `Host: 127.0.0.1:${port}`, ...lines, "", ""].join("\r\n");

/** A program under attack serves others. */
async function expectServed(program: Program, trace: number): Promise<void> {
  expect(await post(program, exportOf(trace))).toEqual({ status: 200, text: "{}" });
  expect(spansOf(await getJson<Export>(program.url, `/sessions/${hex(trace, 32)}/otlp`))).toHaveLength(1);
}

describe("connections", () => {
  test("that send a part of a head, a part of a body, or nothing leave others served, and no descriptors when they end", async () => {
    const program = await started();
    await expectServed(program, 1);
    const parts = [
      "",
      "POST /v1/traces HTTP/1.1\r\nHost: 127",
      head(program, ["Content-Type: application/json", "Content-Length: 1000"]) + '{"resourceSpans":[',
      head(program, ["Content-Type: application/json", "Transfer-Encoding: chunked"]) + '5\r\n{"res',
    ];
    const before = isLinux ? await descriptorsOf(await runtimeOf(program)) : 0;
    const sockets = await Promise.all(Array.from({ length: CONNECTIONS }, async () => await openSocket(program)));
    sockets.forEach((socket, n) => socket.write(parts[n % parts.length] ?? ""));
    await expectServed(program, 2);
    for (const socket of sockets) socket.destroy();
    await expectServed(program, 3);
    if (!isLinux) return;
    const runtime = await runtimeOf(program);
    await eventually(async () => expect(await descriptorsOf(runtime)).toBeLessThan(before + 20));
  });

  test("whose sender closes its side first get their answer", async () => {
    const program = await started();
    const body = exportOf(1);
    const whole = head(program, [
      "Content-Type: application/json",
      `Content-Length: ${body.length}`,
      "Connection: close",
    ]);
    const socket = await openSocket(program);
    socket.end(whole + body);
    expect(await everything(socket)).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*\{\}$/);
    expect(spansOf(await getJson<Export>(program.url, `/sessions/${hex(1, 32)}/otlp`))).toHaveLength(1);
  });

  test("whose sender closes its side within a body store nothing", async () => {
    const program = await started();
    const body = exportOf(1);
    for (const framing of [`Content-Length: ${body.length + 1}`, "Transfer-Encoding: chunked"]) {
      const socket = await openSocket(program);
      const sent = framing.startsWith("Content") ? body : `${body.length.toString(16)}\r\n${body}\r\n`;
      socket.end(head(program, ["Content-Type: application/json", framing, "Connection: close"]) + sent);
      expect(await everything(socket)).not.toMatch(/^HTTP\/1\.1 2/);
    }
    expect((await fetch(`${program.url}/sessions/${hex(1, 32)}`)).status).toBe(404);
    await expectServed(program, 2);
  });

  test("with huge heads, and pipelined requests, leave others served", async () => {
    const program = await started();
    const heads = [
      `X-Large: ${"a".repeat(2 * MIB)}`,
      Array.from({ length: 20_000 }, (_, n) => `X-${n}: ${n}`).join("\r\n"),
      `Cookie: ${"a=b; ".repeat(100_000)}`,
    ];
    for (const lines of heads) {
      const socket = await openSocket(program);
      socket.end(head(program, [lines, "Content-Length: 0", "Connection: close"]));
      expect(await everything(socket)).not.toMatch(/^HTTP\/1\.1 2/);
    }
    const path = await openSocket(program);
    path.end(
      `GET /sessions/${"x".repeat(MIB)} HTTP/1.1\r\nHost: 127.0.0.1:${program.port}\r\nConnection: close\r\n\r\n`,
    );
    expect(await everything(path)).not.toMatch(/^HTTP\/1\.1 2/);
    const pipelined = await openSocket(program);
    const get = `GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:${program.port}\r\n`;
    pipelined.end(`${`${get}\r\n`.repeat(99)}${get}Connection: close\r\n\r\n`);
    expect((await everything(pipelined)).match(/HTTP\/1\.1 200 OK/g)).toHaveLength(100);
    await expectServed(program, 1);
  });

  test("of a burst, each with one export, are all answered", async () => {
    const program = await started();
    const statuses = await Promise.all(
      Array.from({ length: CONNECTIONS }, async (_, n) => {
        const body = exportOf(n + 1);
        const socket = await openSocket(program);
        const answer = everything(socket);
        socket.write(
          head(program, ["Content-Type: application/json", `Content-Length: ${body.length}`, "Connection: close"]) +
            body,
        );
        return (await answer).slice(9, 12);
      }),
    );
    expect(statuses).toEqual(statuses.map(() => "200"));
    for (const n of [1, CONNECTIONS / 2, CONNECTIONS])
      expect(spansOf(await getJson<Export>(program.url, `/sessions/${hex(n, 32)}/otlp`))).toHaveLength(1);
  });
});

describe("bodies", () => {
  const nested = (depth: number) =>
    `{"resourceSpans":[{"scopeSpans":[{"spans":${"[".repeat(depth)}${"]".repeat(depth)}}]}]}`;
  const deepValue = (depth: number) =>
    exportOf(1).replace(
      '"name"',
      `"attributes":[{"key":"k","value":${'{"arrayValue":{"values":['.repeat(depth)}${"]}}".repeat(depth)}}],"name"`,
    );
  const bytes = (...values: number[]) => Uint8Array.from(values);

  type Bad = {
    readonly what: string;
    readonly body: string | Uint8Array<ArrayBuffer>;
    readonly headers?: Record<string, string>;
    readonly status: number;
    /** For logs, to which the fields of traces are unknown, if it differs. */
    readonly logs?: number;
  };
  const protobuf = { "content-type": "application/x-protobuf" };
  const gzip = { "content-encoding": "gzip" };
  const BAD: readonly Bad[] = [
    { what: "JSON that is nested 100,000 deep", body: nested(100_000), status: 400, logs: 200 },
    { what: "an attribute that is nested 50,000 deep", body: deepValue(50_000), status: 200 },
    { what: "a megabyte of opening brackets", body: "[".repeat(MIB), status: 413 },
    { what: "text that is no UTF-8", body: bytes(0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d), status: 400 },
    { what: "half a surrogate pair in UTF-8", body: bytes(0x22, 0xed, 0xa0, 0x80, 0x22), status: 400 },
    { what: "no JSON", body: "resourceSpans", status: 400 },
    { what: "nothing", body: "", status: 400 },
    {
      what: "random bytes as protobuf",
      body: new Uint8Array(randomBytes(4_096)).fill(0xff, 0, 8),
      headers: protobuf,
      status: 400,
    },
    {
      what: "a length of 2^63 in protobuf",
      body: bytes(0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f),
      headers: protobuf,
      status: 400,
    },
    { what: "a form", body: "a=b", headers: { "content-type": "application/x-www-form-urlencoded" }, status: 415 },
    { what: "XML", body: "<spans/>", headers: { "content-type": "text/xml" }, status: 415 },
    {
      what: "a content type of 10,000 characters",
      body: "{}",
      headers: { "content-type": `a/${"b".repeat(10_000)}` },
      status: 415,
    },
    { what: "an unknown content encoding", body: "{}", headers: { "content-encoding": "zstd" }, status: 415 },
    { what: "gzip that is none", body: "{}", headers: gzip, status: 400 },
    { what: "gzip in gzip", body: new Uint8Array(gzipSync(gzipSync("{}"))), headers: gzip, status: 400 },
  ];

  test("of every bad sort get their status and a short reason, and store nothing", async () => {
    const program = await started();
    const answered: [string, number, number][] = [];
    for (const { what, body, headers = {} } of BAD) {
      const traces = await post(program, body, { headers });
      const logs = await post(program, body, { headers, path: "/v1/logs" });
      answered.push([what, traces.status, logs.status]);
      expect(traces.text.length + logs.text.length).toBeLessThan(5_000);
      await expectServed(program, 1);
    }
    expect(answered).toEqual(BAD.map(({ what, status, logs = status }) => [what, status, logs]));
    expect((await getJson<{ sessions: unknown[] }>(program.url, "/sessions?kind=all")).sessions).toHaveLength(1);
    expect(program.printed()).not.toMatch(/\n +at |Uncaught/);
  });

  test.runIf(isLinux)("that inflate to 100 MiB are refused, many at once, in bounded memory", async () => {
    const program = await started();
    const bomb = new Uint8Array(gzipSync(Buffer.alloc(100 * MIB, " ")));
    const headers = { "content-encoding": "gzip" };
    await post(program, bomb, { headers });
    const runtime = await runtimeOf(program);
    const before = await megabytesOf(runtime);
    for (let round = 0; round < 5; round++) {
      const answers = await Promise.all(Array.from({ length: 20 }, async () => await post(program, bomb, { headers })));
      // 503 while the room for bodies is taken.
      for (const { status } of answers) expect([413, 503]).toContain(status);
    }
    // Ten thousand MiB would have been inflated; the room for bodies is 16.
    expect((await megabytesOf(runtime)) - before).toBeLessThan(200);
    await expectServed(program, 1);
  });

  test("beyond the room for them get 503, and all are stored once when they are sent again", async () => {
    const program = await started();
    const note = randomBytes(MIB).toString("hex");
    let refused = 0;
    await Promise.all(
      Array.from({ length: 40 }, async (_, n) => {
        for (;;) {
          const { status } = await post(program, exportOf(n + 1, 1, note));
          if (status === 200) return;
          expect(status).toBe(503);
          refused++;
        }
      }),
    );
    expect(refused).toBeGreaterThan(0);
    for (let n = 1; n <= 40; n++)
      expect(spansOf(await getJson<Export>(program.url, `/sessions/${hex(n, 32)}/otlp`))).toHaveLength(1);
  });
});

test.runIf(isLinux)("the runtime's death during exports loses nothing that was acknowledged", async () => {
  const PORT = String(await freePort());
  const program = await startProgram({ DATA_DIR: await temporaryDirectory(), PORT });
  const acknowledged = new Set<string>();
  const KILLS = 3;
  const EXPORTS_A_LIFE = 40;
  let span = 0;
  for (let kill = 0; kill <= KILLS; kill++) {
    let left = EXPORTS_A_LIFE;
    const writers = Array.from({ length: 4 }, async () => {
      while (left-- > 0) {
        const own = ++span;
        const answer = await post(program, exportOf(1 + (own % 7), own)).catch(() => undefined);
        if (answer?.status === 200) acknowledged.add(hex(own, 16));
        else if (answer === undefined) return;
      }
    });
    if (kill < KILLS) {
      let isOver = false;
      void Promise.all(writers).then(() => (isOver = true));
      const goesOn = () => !isOver && left > EXPORTS_A_LIFE / 2;
      while (goesOn()) await new Promise((resolve) => setTimeout(resolve, 1));
      process.kill(await runtimeOf(program), "SIGKILL");
    }
    await Promise.all(writers);
    await eventually(async () => expect((await fetch(`${program.url}/healthz`)).status).toBe(200), 60);
  }
  expect(acknowledged.size).toBeGreaterThan(EXPORTS_A_LIFE);
  const stored = new Set<string>();
  for (let trace = 1; trace <= 7; trace++)
    for (const { spanId } of spansOf(await getJson<Export>(program.url, `/sessions/${hex(trace, 32)}/otlp`)))
      stored.add(spanId);
  expect([...acknowledged].filter((id) => !stored.has(id))).toEqual([]);
});
