import { beforeEach, describe, expect, test } from "vitest";
import { emptyWorld, listed } from "../durable/world.ts";
import { app } from "../../src/index.ts";
import { fetchFrom, refusalText } from "./deployment.ts";

const OPEN = { OPEN_ACCESS: "loopback" };
const HERE = "http://localhost:8787";

beforeEach(emptyWorld);

/** The headers in which a browser names the sending page. */
type From = Readonly<Record<string, string>>;

const FOREIGN: readonly From[] = [
  { origin: "https://example.com" },
  { origin: "https://example.com", "sec-fetch-site": "cross-site" },
  { origin: "https://example.com", "sec-fetch-site": "same-origin" },
  { origin: "http://rebound.example:8787", "sec-fetch-site": "same-origin" },
  { origin: "http://192.168.1.7:8787" },
  { origin: "http://localhost.example.com" },
  { origin: "http://localhost@example.com" },
  { origin: "http://127.0.0.1.example.com:8787" },
  { origin: "http://localhost:8787, https://example.com" },
  { origin: "chrome-extension://abcdefghijklmnop" },
  // A sandboxed frame, a file, a redirect across sites.
  { origin: "null" },
  { origin: "null", "sec-fetch-site": "same-origin" },
  { origin: "" },
  { "sec-fetch-site": "cross-site" },
  { "sec-fetch-site": "same-origin, cross-site" },
  { "sec-fetch-site": "a word that browsers may say one day" },
];

const OURS: readonly From[] = [
  // curl, an exporter, a collector.
  {},
  { origin: HERE, "sec-fetch-site": "same-origin" },
  { origin: "http://localhost:3000", "sec-fetch-site": "same-site" },
  // A page at localhost that posts to 127.0.0.1.
  { origin: "http://localhost:3000", "sec-fetch-site": "cross-site" },
  { origin: "https://127.0.0.1" },
  { origin: "http://[::1]:9" },
  { "sec-fetch-site": "same-origin" },
  { "sec-fetch-site": "same-site" },
  { "sec-fetch-site": "none" },
];

/** A path for each registered route, and some paths without a route. */
const PATHS: readonly string[] = Array.from(
  new Set([
    ...app.routes.map(({ path }) => pathOf(path)),
    "/v1/traces",
    "/v1/logs",
    "/v1/metrics",
    "/any/path/v1/traces/",
    "/v1/trace",
    "/nowhere",
    "/sessions/a/b/c/d",
  ]),
).toSorted();

/** Safe methods change nothing (RFC 9110 §9.2.1). */
const SAFE = ["GET", "HEAD", "OPTIONS"];
const UNSAFE = ["POST", "PUT", "PATCH", "DELETE", "PROPFIND"];

/** Types that a page may send without a preflight request, then types that need one. */
const TYPES = [
  "text/plain",
  "application/x-www-form-urlencoded",
  "multipart/form-data; boundary=a",
  "application/json",
  "application/x-protobuf",
  undefined,
];

/** A path that matches a pattern of the router. */
function pathOf(pattern: string): string {
  return pattern
    .replace(/:traceId(\{[^/]*\})?/, "0af7651916cd43dd8448eb211c80319c")
    .replace(/:\w+(\{.*?\})?/g, "a")
    .replace("*", "a");
}

async function statusOf(setting: object, method: string, path: string, headers: From, type?: string): Promise<number> {
  const response = await fetchFrom(setting, HERE + path, {
    method,
    headers: { ...headers, ...(type === undefined ? {} : { "content-type": type }) },
    ...(SAFE.includes(method) ? {} : { body: "{}" }),
  });
  await response.body?.cancel();
  return response.status;
}

describe("an open program", () => {
  test("lists its routes, so that this test covers all of them", () => {
    expect(PATHS).toEqual(
      expect.arrayContaining(["/import", "/ark/events", "/ark/events/a", "/sessions/a", "/ark/traces"]),
    );
  });

  test.each(PATHS)("accepts nothing from a foreign page at %s", async (path) => {
    const taken: string[] = [];
    for (const method of UNSAFE)
      for (const from of FOREIGN)
        for (const type of TYPES) {
          const status = await statusOf(OPEN, method, path, from, type);
          if (status !== 403) taken.push(`${status} ${method} ${type} ${JSON.stringify(from)}`);
        }
    // The first few are enough to read.
    expect([taken.length, ...taken.slice(0, 5)]).toEqual([0]);
  });

  test.each(PATHS)("accepts pages of this machine and other programs at %s", async (path) => {
    const refused: string[] = [];
    for (const method of UNSAFE)
      for (const from of OURS) {
        const status = await statusOf(OPEN, method, path, from, "application/json");
        if (status === 403 || status >= 500) refused.push(`${status} ${method} ${JSON.stringify(from)}`);
      }
    expect(refused).toEqual([]);
  });

  test.each(PATHS)("answers safe methods of a foreign page, but not readably for it, at %s", async (path) => {
    for (const method of SAFE)
      for (const from of FOREIGN) {
        const response = await fetchFrom(OPEN, HERE + path, { method, headers: from });
        await response.body?.cancel();
        expect([response.status === 403, response.headers.get("access-control-allow-origin")]).toEqual([false, null]);
      }
  });

  test("refuses an event that a foreign page posts as text, with Ark's error too", async () => {
    const body = JSON.stringify({
      timestamp: "2026-11-20T10:00:00Z",
      eventType: "Normal",
      reason: "QueryExecutionStart",
      message: "forged",
      data: { queryId: "q-1", queryName: "q", queryNamespace: "ns", sessionId: "forged" },
    });
    const send = (headers: From) =>
      fetchFrom(OPEN, `${HERE}/ark/events`, {
        method: "POST",
        headers: { ...headers, "content-type": "text/plain" },
        body,
      });
    const response = await send({ origin: "https://example.com" });
    expect([response.status, await response.json()]).toEqual([
      403,
      expect.objectContaining({
        title: "Forbidden",
        error: expect.objectContaining({ code: "FORBIDDEN", message: expect.stringContaining("https://example.com") }),
      }),
    ]);
    expect(await listed("all")).toEqual([]);
    // The same event is valid without the foreign origin.
    expect((await send({})).status).toBe(201);
  });

  test("answers an exporter in a foreign page in OTLP's encoding", async () => {
    const post = async (type: string) =>
      await fetchFrom(OPEN, `${HERE}/v1/traces`, {
        method: "POST",
        headers: { origin: "https://example.com", "content-type": type },
        body: "{}",
      });
    const json = await post("application/json");
    expect(json.headers.get("access-control-allow-origin")).toBeNull();
    expect(await refusalText(json)).toBe(
      "403 This program is open, so it refuses changes from pages of other sites, such as https://example.com. Send from a page on localhost, or set ADMIN_TOKEN.",
    );
    const protobuf = await post("application/x-protobuf");
    expect([protobuf.status, protobuf.headers.get("content-type")]).toEqual([403, "application/x-protobuf"]);
  });
});

test("with a required token, a page of any site may send if it has the token", async () => {
  const setting = { ADMIN_TOKEN: "admin-secret" };
  for (const from of [...FOREIGN, ...OURS]) {
    const headers = { ...from, authorization: "Bearer admin-secret" };
    expect(await statusOf(setting, "POST", "/v1/traces", headers, "application/json"), JSON.stringify(from)).toBe(200);
    expect(await statusOf(setting, "DELETE", "/sessions/a", headers), JSON.stringify(from)).toBe(404);
    expect(await statusOf(setting, "DELETE", "/sessions/a", from), JSON.stringify(from)).toBe(401);
  }
});
