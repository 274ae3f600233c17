import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { SessionObject } from "../../src/durable/session/object.ts";
import { SESSION_NAME_BYTES } from "../../src/place.ts";
import { aSpan, someSpans, traceIdOf } from "../durable/spans.ts";
import { openStream } from "../durable/viewer.ts";
import * as world from "../durable/world.ts";

const TRACE = traceIdOf("trace");

beforeEach(async () => {
  world.stopClock();
  await world.emptyWorld();
});

afterEach(() => vi.restoreAllMocks());

describe("a session's name", () => {
  const names = [
    "__proto__",
    "constructor",
    "toString",
    "a/b",
    "/",
    "../../etc",
    "a b",
    " padded ",
    "100%",
    "%2F",
    "?watch=true#top",
    "ünï/cødé 🎭",
    "<script>alert(1)</script>",
    "line\nbreak",
    "\u202Egnp.exe",
    "otlp",
    "v1/traces",
    "directory",
    "constructor",
    "n".repeat(SESSION_NAME_BYTES),
  ];

  // spec: BIND-13
  test.each(names)("is its own id: %j", async (name) => {
    await world.deliver([aSpan(TRACE, 1, {}, { "session.id": name })]);
    await world.rest([TRACE, name]);
    expect((await world.listed("session")).map(({ id }) => id)).toEqual([name]);
    const session = await world.readSession(name);
    expect([session?.session.id, session?.session.spans]).toEqual([name, 1]);
    const stream = await openStream(`/sessions/${encodeURIComponent(name)}`);
    const seen = await stream.readUntil(({ event }) => event.type === "bookmark");
    await stream.close();
    expect(seen.map(({ event }) => event.type)).toEqual(["spans", "session", "bookmark"]);
    const whole = await world.request(`/sessions/${encodeURIComponent(name)}/otlp`);
    expect(whole.status).toBe(200);
    await whole.text();
    expect((await world.request(`/sessions/${encodeURIComponent(name)}`, { method: "DELETE" })).status).toBe(204);
    expect(await world.listed("all")).toEqual([]);
  });

  // spec: BIND-13
  test.each([
    ".",
    "..",
    "n".repeat(SESSION_NAME_BYTES + 1),
    "ü".repeat(SESSION_NAME_BYTES / 2 + 1),
    "~1",
    "x".repeat(5_000),
  ])("has a hash as id: %j", async (name) => {
    await world.deliver([aSpan(TRACE, 1, {}, { "session.id": name })]);
    const [id] = await world.moved(TRACE);
    expect(id).toMatch(/^~[0-9a-f]{64}$/);
    await world.rest([TRACE, id ?? ""]);
    const session = await world.readSession(id ?? "");
    expect([session?.session.id, session?.session.also]).toEqual([id, [name]]);
  });
});

describe("one URL", () => {
  const headers = async (path: string, accept: string) => {
    const response = await world.request(path, { headers: { accept } });
    await response.body?.cancel();
    const get = (name: string) => response.headers.get(name);
    return [response.status, get("content-type"), get("cache-control"), get("vary")];
  };

  test.each(["/sessions", `/sessions/${TRACE}`, `/traces/${TRACE}`])(
    "serves data and streams to programs: %s",
    async (path) => {
      await world.deliver(someSpans(TRACE, 1, 2));
      await world.rest([TRACE]);
      const json = [200, "application/json; charset=utf-8", "no-store", "Accept"];
      expect(await headers(path, "application/json")).toEqual(json);
      expect(await headers(path, "*/*")).toEqual(json);
      const stream = [200, "text/event-stream; charset=utf-8", "no-store, no-transform", "Accept"];
      expect(await headers(path, "text/event-stream")).toEqual(stream);
      expect(await headers(`${path}?watch=true`, "*/*")).toEqual(stream);
    },
  );

  test.each(["/sessions", `/sessions/${TRACE}`, "/sessions/nobody"])(
    "serves the page to a browser: %s",
    async (path) => {
      const html = "text/html,application/xhtml+xml,*/*;q=0.8";
      expect(await headers(path, html)).toEqual([200, "text/html; charset=utf-8", "no-cache", "Accept"]);
      const page = await world.request(path, { headers: { accept: html } });
      expect(page.headers.get("content-security-policy")).toContain("default-src 'none'; script-src 'self'");
      expect(page.headers.get("x-content-type-options")).toBe("nosniff");
      expect(await page.text()).toContain("<html");
    },
  );

  test.each(["", "/otlp"])("is whole although its object fails twice while it is read (%s)", async (as) => {
    await world.deliver(someSpans(TRACE, 1, 3, { "input.value": "x".repeat(20_000) }));
    const path = `/sessions/${TRACE}${as}`;
    const whole = await (await world.request(path)).text();
    // As the writes of others fail on a full disk, the answers to readers of their object do.
    const full = () => Promise.reject(new Error("database or disk is full: SQLITE_FULL"));
    for (const method of ["read", "values"] as const)
      vi.spyOn(SessionObject.prototype, method).mockImplementationOnce(full).mockImplementationOnce(full);
    expect(await (await world.request(path)).text()).toBe(whole);
    expect(whole).toContain("span 3");
  });

  test("asks an overloaded object for a page once", async () => {
    await world.deliver(someSpans(TRACE, 1, 3));
    const overloaded = Object.assign(new Error("the object is overloaded"), { overloaded: true });
    const read = vi.spyOn(SessionObject.prototype, "read").mockRejectedValue(overloaded);
    await expect(async () => await (await world.request(`/sessions/${TRACE}/otlp`)).text()).rejects.toThrow(
      "overloaded",
    );
    expect(read).toHaveBeenCalledTimes(1);
  });

  test("redirects a browser from a trace to its session", async () => {
    const html = { headers: { accept: "text/html" } };
    const trace = await world.request(`/traces/${TRACE}`, html);
    expect([trace.status, trace.headers.get("location")]).toEqual([307, `/sessions/${TRACE}`]);
  });

  test.each(["/nowhere", "/traces/short", "/sessions/a/b/c", `/sessions/${TRACE}/values`])(
    "that does not exist is 404: %s",
    async (path) => {
      expect(await headers(path, "application/json")).toEqual([404, "application/problem+json", "no-store", null]);
      expect((await headers(path, "text/html")).slice(0, 2)).toEqual([404, "text/html; charset=utf-8"]);
    },
  );

  test("is in openapi.json", async () => {
    const response = await world.request("/openapi.json");
    type Operations = Record<string, { responses?: Record<string, unknown> }>;
    const { paths } = await response.json<{ paths: Record<string, Operations> }>();
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining(["/v1/traces", "/sessions", "/sessions/{id}", "/sessions/{id}/otlp", "/traces/{traceId}"]),
    );
    for (const [path, method] of [
      ["/v1/traces", "post"],
      ["/v1/logs", "post"],
      ["/sessions/{id}", "get"],
      ["/traces/{traceId}", "get"],
    ] as const) {
      const described = Object.keys(paths[path]?.[method]?.responses ?? {});
      expect([path, described]).toEqual([path, expect.arrayContaining(["200", "400", "401", "403", "503"])]);
    }
    expect(await (await world.request("/healthz")).text()).toBe("ok\n");
  });
});
