import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test } from "vitest";
import type { Bindings } from "../../src/config.ts";
import worker from "../../src/index.ts";
import { aSpan, traceIdOf } from "../durable/spans.ts";
import * as world from "../durable/world.ts";
import type { Settings } from "../routes/deployment.ts";

const TRACE = traceIdOf("trace");
/** In the answers of all reading routes with spans, and in no refusal. */
const SECRET = "a secret name";
const TOKENS: Settings = { ADMIN_TOKEN: "admin" };
const OPEN: Settings = { OPEN_ACCESS: "loopback" };

beforeEach(world.freshWorld);

async function deliver(): Promise<void> {
  await world.deliver([aSpan(TRACE, 1, { name: SECRET }, { "query.name": "q", "session.id": "a" })]);
  await world.rest([TRACE, "a"]);
}

type Sent = { readonly method?: string; readonly host?: string; readonly headers?: Readonly<Record<string, string>> };

/** The status of a request with any Host, and its whole body. */
async function send(setting: Settings, path: string, sent: Sent = {}): Promise<{ status: number; text: string }> {
  const { method = "GET", host = "localhost:8787", headers = {} } = sent;
  const body = method === "POST" ? { body: "{}" } : {};
  const request = new Request(`http://localhost:8787${path}`, { method, headers, redirect: "manual", ...body });
  request.headers.set("host", host);
  const { OPEN_ACCESS: _, ...bindings } = env as Bindings;
  const response = await worker.fetch(request, { ...bindings, ...setting }, createExecutionContext());
  return { status: response.status, text: await response.text() };
}

const encoded = (text: string) => Array.from(text, (unit) => `%${unit.charCodeAt(0).toString(16)}`).join("");

/** Other spellings of a path: the router may read some of them as the same route. */
function spellings(path: string): string[] {
  const [first = "", ...rest] = path.slice(1).split("/");
  const last = rest.at(-1) ?? first;
  const tail = rest.map((part) => `/${part}`).join("");
  return [
    path,
    `${path}/`,
    `${path}//`,
    `/${path}`,
    `//localhost${path}`,
    path.replaceAll("/", "//"),
    `/${encoded(first.slice(0, 1))}${first.slice(1)}${tail}`,
    `/${encoded(first)}${tail}`,
    `${path.slice(0, path.length - last.length)}${encoded(last)}`,
    `/${first}%2f${rest.join("%2F")}`,
    `/./${path.slice(1)}`,
    `/x/..${path}`,
    `/%2e${path}`,
    `/x/%2e%2e${path}`,
    `/x%2f..${path}`,
    `/${first.toUpperCase()}${tail}`,
    `${path};x=1`,
    `${path}%20`,
    `${path}%00`,
    `${path}?`,
    `${path}?accept=text/html`,
    `${path}%3f`,
    `${path}.json`,
    `${path}\\`,
  ];
}

/** By method: routes with a right, at paths with data. */
const CLOSED: readonly (readonly [method: string, path: string])[] = [
  ["GET", "/sessions"],
  ["GET", "/sessions/a"],
  ["GET", "/sessions/a/otlp"],
  ["GET", "/sessions/a/queries/q"],
  ["GET", `/traces/${TRACE}`],
  ["GET", "/ark/traces"],
  ["GET", `/ark/traces/${TRACE}`],
  ["GET", "/ark/events"],
  ["GET", "/ark/events/q"],
  ["GET", "/ark/broker/sessions"],
  ["GET", "/ark/broker/sessions/a"],
  ["POST", "/v1/traces"],
  ["POST", "/v1/logs"],
  ["POST", "/import"],
  ["POST", "/ark/events"],
  ["DELETE", "/sessions/a"],
  ["DELETE", "/ark/traces"],
  ["DELETE", "/ark/events"],
  ["DELETE", "/ark/events/q"],
];

const METHODS: Readonly<Record<string, readonly string[]>> = {
  GET: ["GET", "HEAD"],
  POST: ["POST"],
  DELETE: ["DELETE"],
};
/** Answers that a caller without a token may get too: there is no such route, or not for this method. */
const WITHOUT_DATA = new Set([401, 404, 405]);

describe("other spellings of a path", () => {
  test.each(CLOSED)("%s %s need a token as the path itself does", async (method, path) => {
    await deliver();
    const answered: string[] = [];
    for (const spelling of spellings(path))
      for (const sent of METHODS[method] ?? []) {
        const headers = { "content-type": "application/json" };
        const { status, text } = await send(TOKENS, spelling, { method: sent, headers });
        if (!WITHOUT_DATA.has(status) || text.includes(SECRET)) answered.push(`${sent} ${spelling}: ${status}`);
      }
    expect(answered).toEqual([]);
    expect((await send(TOKENS, path, { method })).status).toBe(401);
    const authorization = "Bearer admin";
    const known = await send(TOKENS, `${path}/`, { method, headers: { authorization } });
    expect([401, 403, 404], "with a last slash and a token").not.toContain(known.status);
  });
});

describe("an open program", () => {
  test.each(["localhost", "LOCALHOST:8787", "LocalHost", "127.0.0.1", "127.0.0.1:1", "[::1]", "[::1]:65535"])(
    "answers the Host %s",
    async (host) => {
      expect((await send(OPEN, "/sessions", { host })).status).toBe(200);
    },
  );

  test.each([
    // Other names of this machine: a browser sends each as it stands in the address.
    "localhost.",
    "localhost.:8787",
    "127.0.0.1.",
    "127.0.0.2",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0.0.0.0",
    "[::]",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]",
    "a.localhost",
    // Names that begin or end like it.
    "localhost.example.com",
    "localhost-example.com",
    "example-localhost",
    "127.0.0.1.nip.io",
    "example.com.",
    "EXAMPLE.COM",
  ])("refuses the Host %s, whatever the other headers name", async (host) => {
    for (const headers of [
      {},
      { "x-forwarded-host": "localhost" },
      { "x-original-host": "localhost", "x-host": "localhost" },
      { forwarded: 'for=127.0.0.1;host="localhost"' },
      { "x-forwarded-for": "127.0.0.1", "x-real-ip": "127.0.0.1" },
      { origin: "http://localhost:8787", referer: "http://localhost:8787/" },
    ] as Readonly<Record<string, string>>[]) {
      for (const [method, path] of CLOSED) {
        const { status } = await send(OPEN, path, { method, host, headers });
        expect([method, path, headers, status]).toEqual([method, path, headers, 403]);
      }
    }
  });

  test("is not moved by a forwarded host, and takes no method from a header", async () => {
    await deliver();
    for (const headers of [
      { "x-forwarded-host": "example.com" },
      { forwarded: "host=example.com" },
      { "x-http-method-override": "DELETE", "x-method-override": "DELETE", "x-original-url": "/nowhere" },
    ] as Readonly<Record<string, string>>[])
      expect((await send(OPEN, "/sessions/a", { headers })).status).toBe(200);
    expect((await send(OPEN, "/sessions/a?_method=DELETE", {})).status).toBe(200);
  });

  test.each(CLOSED.filter(([method]) => method !== "GET"))(
    "refuses %s %s in any spelling from a page of another site, as text too",
    async (method, path) => {
      await deliver();
      const taken: string[] = [];
      for (const spelling of spellings(path))
        for (const origin of ["null", "https://example.com", "http://localhost.:8787", "HTTP://LOCALHOST.EXAMPLE"]) {
          const headers = { origin, "content-type": "text/plain" };
          const { status } = await send(OPEN, spelling, { method, headers });
          if (status !== 403) taken.push(`${origin} ${spelling}: ${status}`);
        }
      expect(taken).toEqual([]);
    },
  );
});
