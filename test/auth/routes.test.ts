import { Hono } from "hono";
import type { Handler } from "hono";
import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { guard, needs, statedRight } from "../../src/auth/guard.ts";
import type { RouteRight } from "../../src/auth/guard.ts";
import type { AppEnv, Bindings } from "../../src/config.ts";
import { app } from "../../src/index.ts";
import { emptyWorld } from "../durable/world.ts";
import { fetchFrom } from "../routes/deployment.ts";
import type { Settings } from "../routes/deployment.ts";

beforeEach(emptyWorld);

/** Every registered route and the rights that it states, in the order of its handlers. "public read": the page is public, the data is not. */
const ROUTES = [
  "ALL /:path{(?:.*/)?v1/logs}: public public",
  "ALL /:path{(?:.*/)?v1/metrics}: public public",
  "ALL /:path{(?:.*/)?v1/traces}: public public",
  "ALL /admin/alerts/:name/test: public",
  "ALL /admin/alerts/:name: public",
  "ALL /admin/alerts: public",
  "ALL /admin/rebuild: public",
  "ALL /admin/upstreams/:name/parked: public",
  "ALL /admin/upstreams/:name/replay: public",
  "ALL /admin/upstreams/:name/test: public",
  "ALL /admin/upstreams/:name: public",
  "ALL /admin/upstreams: public",
  "ALL /ark/*: public",
  "ALL /ark/broker/sessions/:id: public",
  "ALL /ark/broker/sessions: public",
  "ALL /ark/events/:query{.+}: public",
  "ALL /ark/events: public",
  "ALL /ark/traces/:traceId{[0-9a-fA-F]{32}}: public",
  "ALL /ark/traces: public",
  "ALL /broker/sessions/*: public",
  "ALL /broker/sessions: public",
  "ALL /events/*: public",
  "ALL /events: public",
  "ALL /export: public",
  "ALL /import: public",
  "ALL /:service{opentelemetry\\.proto\\.collector\\..+}: public",
  "ALL /opentelemetry.proto.collector.logs.v1.LogsService/Export: public",
  "ALL /opentelemetry.proto.collector.metrics.v1.MetricsService/Export: public",
  "ALL /opentelemetry.proto.collector.trace.v1.TraceService/Export: public",
  "POST /opentelemetry.proto.collector.logs.v1.LogsService/Export: write",
  "POST /opentelemetry.proto.collector.metrics.v1.MetricsService/Export: write",
  "POST /opentelemetry.proto.collector.trace.v1.TraceService/Export: write",
  "ALL /: public",
  "ALL /otel: public",
  "ALL /mcp: public",
  "ALL /metrics.json: public",
  "ALL /metrics: public",
  "ALL /push/subscriptions/:id: public",
  "ALL /push/subscriptions: public",
  "ALL /push: public",
  "ALL /sessions/:id/otlp: public",
  "ALL /sessions/:id/queries/:query: public",
  "ALL /sessions/:id/search: public",
  "ALL /sessions/:id/spans/:traceId/:spanId: public",
  "ALL /sessions/:id/values/:hash: public",
  "ALL /sessions/:id: public",
  "ALL /sessions: public",
  "ALL /traces/:traceId{[0-9a-fA-F]{32}}: public",
  "ALL /traces: public",
  "DELETE /admin/alerts/:name: administer",
  "DELETE /admin/upstreams/:name: administer",
  "DELETE /ark/events/:query{.+}: write",
  "DELETE /ark/events: administer",
  "DELETE /ark/traces: administer",
  "DELETE /push/subscriptions/:id: read",
  "DELETE /sessions/:id: administer",
  "GET /: public read",
  "GET /admin/alerts/:name: administer",
  "GET /admin/alerts: administer",
  "GET /admin/upstreams/:name/parked: administer",
  "GET /admin/upstreams/:name: administer",
  "GET /admin/upstreams: public administer",
  "GET /ark/broker/sessions/:id: read",
  "GET /ark/broker/sessions: read",
  "GET /ark/events/:query{.+}: read",
  "GET /ark/events: read",
  "GET /ark/health: public",
  "GET /ark/readyz: public",
  "GET /ark/traces/:traceId: read",
  "GET /ark/traces/:traceId{[0-9a-fA-F]{32}}: read",
  "GET /ark/traces: read",
  "GET /build/*: public",
  "GET /export: read",
  "GET /favicon.svg: public",
  "GET /health: public",
  "GET /healthz: public",
  "GET /metrics.json: read",
  "GET /metrics: read",
  "GET /openapi.json: public",
  "GET /otel: public read",
  "GET /push-worker.js: public",
  "GET /push: read",
  "GET /readyz: public",
  "GET /sessions/:id/otlp: read",
  "GET /sessions/:id/queries/:query: read",
  "GET /sessions/:id/search: read",
  "GET /sessions/:id/spans/:traceId/:spanId: read",
  "GET /sessions/:id/values/:hash: read",
  "GET /sessions/:id: public read read read",
  "GET /sessions: public read",
  "GET /traces/:traceId{[0-9a-fA-F]{32}}: public read",
  "GET /traces: public",
  "POST /:path{(?:.*/)?v1/logs}: write",
  "POST /:path{(?:.*/)?v1/metrics}: write",
  "POST /:path{(?:.*/)?v1/traces}: write",
  "POST /admin/alerts/:name/test: administer",
  "POST /admin/rebuild: administer",
  "POST /admin/upstreams/:name/replay: administer",
  "POST /admin/upstreams/:name/test: administer",
  "POST /admin/upstreams: administer",
  "POST /ark/events: write",
  "POST /import: write",
  "POST /mcp: read",
  "PUT /admin/alerts/:name: administer",
  "PUT /admin/upstreams/:name: administer",
  "PUT /push/subscriptions: read",
  "PUT /admin/upstreams: administer",
];

type Route = { readonly method: string; readonly path: string; readonly rights: readonly RouteRight[] };

/** The routes behind the guard, each once. */
function registeredRoutes(): readonly Route[] {
  const rights = new Map<string, RouteRight[]>();
  const isBehind = app.routes.findIndex(({ handler }) => handler.name === "guardRoutes") + 1;
  for (const { method, path, handler } of app.routes.slice(isBehind)) {
    const right = statedRight(handler);
    const stated = rights.get(`${method} ${path}`) ?? [];
    rights.set(`${method} ${path}`, right === undefined ? stated : [...stated, right]);
  }
  return Array.from(rights, ([key, stated]) => {
    const [method = "", path = ""] = key.split(/ (.*)/);
    return { method, path, rights: stated };
  });
}

const TOKENS = { ADMIN_TOKEN: "admin-secret", INGEST_TOKEN: "ingest-secret", VIEW_TOKEN: "view-secret" };

/** Rights by the Authorization header. */
const CREDENTIALS: readonly (readonly [string | undefined, readonly RouteRight[]])[] = [
  [undefined, []],
  ["Bearer wrong", []],
  ["Basic admin-secret", []],
  ["Bearer view-secret", ["read"]],
  ["Bearer ingest-secret", ["write"]],
  ["Bearer admin-secret", ["read", "write", "administer"]],
];

const ORIGINS: readonly (readonly [Readonly<Record<string, string>>, "ours" | "foreign"])[] = [
  [{}, "ours"],
  [{ origin: "http://localhost:3000", "sec-fetch-site": "same-site" }, "ours"],
  [{ origin: "https://example.com", "sec-fetch-site": "cross-site" }, "foreign"],
  [{ origin: "null" }, "foreign"],
  [{ "sec-fetch-site": "cross-site" }, "foreign"],
];

const METHODS = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"];
const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);

/** The right that decides about a request for data: the last of the first route of its method. */
function rightFor(path: string, method: string): RouteRight {
  const asked = method === "HEAD" ? "GET" : method;
  const route = registeredRoutes().find((route) => route.path === path && route.method === asked);
  return route?.rights.at(-1) ?? "public";
}

/** A path that matches a pattern of the router. */
function pathOf(pattern: string): string {
  return pattern
    .replace(/:path\{\(\?:\.\*\/\)\?(.*)\}/, "$1")
    .replace(/:traceId\{.*\}/, "0af7651916cd43dd8448eb211c80319c")
    .replace(/:\w+(\{.*?\})?/g, "a")
    .replace("*", "a");
}

async function statusOf(
  settings: Settings,
  url: string,
  method: string,
  headers: Readonly<Record<string, string>>,
): Promise<number> {
  const response = await fetchFrom(settings, url, {
    method,
    headers,
    ...(SAFE.has(method) ? {} : { body: "{}" }),
  });
  await response.body?.cancel();
  return response.status;
}

const PATHS = Array.from(new Set(registeredRoutes().map(({ path }) => path))).toSorted();

test("every answer forbids what an untrusted text in it could do", async () => {
  for (const path of ["/sessions", "/nowhere", "/v1/traces"]) {
    const { headers } = await fetchFrom({ OPEN_ACCESS: "loopback" }, `http://localhost${path}`);
    const names = [
      "content-security-policy",
      "cross-origin-resource-policy",
      "referrer-policy",
      "x-content-type-options",
    ];
    expect(
      names.map((name) => headers.get(name)),
      path,
    ).toEqual([
      "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      "same-origin",
      "no-referrer",
      "nosniff",
    ]);
  }
});

test("only the trace of the request and the headers of responses stand before the guard", () => {
  const guarded = app.routes.findIndex(({ handler }) => handler.name === "guardRoutes");
  const before = app.routes.slice(0, guarded + 1);
  expect(before.map(({ method, path, handler }) => `${method} ${path} ${handler.name}`)).toEqual([
    "ALL /* traceRequests",
    "ALL /* securityHeaders",
    "ALL /* guardRoutes",
  ]);
});

test("each handler has a right of its own before it", () => {
  const guarded = app.routes.findIndex(({ handler }) => handler.name === "guardRoutes");
  const without = app.routes.slice(guarded + 1).filter(({ method, path, handler }, at, routes) => {
    const before = routes[at - 1];
    const isSame = before?.method === method && before.path === path;
    return statedRight(handler) === undefined && !(isSame && statedRight(before.handler) !== undefined);
  });
  expect(without.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
});

test("every route has a row here", () => {
  expect(
    registeredRoutes()
      .map(({ method, path, rights }) => `${method} ${path}: ${rights.join(" ")}`)
      .toSorted(),
  ).toEqual(ROUTES.toSorted());
});

describe.each(PATHS)("%s", (pattern) => {
  const path = pathOf(pattern);

  test("with tokens, the credential decides and the origin does not", async () => {
    const wrong: string[] = [];
    for (const method of METHODS)
      for (const [authorization, rights] of CREDENTIALS)
        for (const [from] of ORIGINS) {
          const right = rightFor(pattern, method);
          const headers = { ...from, ...(authorization === undefined ? {} : { authorization }) };
          const status = await statusOf(TOKENS, `https://spanfold.example${path}`, method, headers);
          const known = rights.length > 0;
          const expected = right === "public" || rights.includes(right) ? "answered" : known ? 403 : 401;
          const found = [401, 403].includes(status) ? status : status >= 500 ? "failed" : "answered";
          if (found !== expected)
            wrong.push(`${method} ${authorization} ${JSON.stringify(from)}: ${status}, not ${expected}`);
        }
    expect(wrong).toEqual([]);
  });

  test.each([
    ["http://localhost:8787", "here"],
    ["http://192.168.1.7:8787", "elsewhere"],
  ] as const)("an open program addressed as %s", async (host, where) => {
    const wrong: string[] = [];
    for (const method of METHODS)
      for (const [from, page] of ORIGINS) {
        const status = await statusOf({ OPEN_ACCESS: "loopback" }, host + path, method, from);
        const isRefused =
          (page === "foreign" && !SAFE.has(method)) ||
          (where === "elsewhere" && rightFor(pattern, method) !== "public");
        if ((status === 403) !== isRefused || status >= 500)
          wrong.push(`${method} ${JSON.stringify(from)}: ${status}, ${isRefused ? "" : "not "}refused expected`);
      }
    expect(wrong).toEqual([]);
  });

  test("a deployment that is not set up answers public routes only", async () => {
    for (const method of METHODS) {
      const status = await statusOf({ VIEW_TOKEN: "view" }, `https://spanfold.example${path}`, method, {
        authorization: "Bearer view",
      });
      expect([method, status === 503]).toEqual([method, rightFor(pattern, method) !== "public"]);
    }
  });
});

describe("a route that states no right", () => {
  async function statusAt(app: Hono<AppEnv>): Promise<number> {
    const request = new Request("http://localhost/new", { headers: { host: "localhost" } });
    request.headers.set("host", "localhost");
    const bindings = { ...(env as Bindings), OPEN_ACCESS: "loopback" };
    return (await app.fetch(request, bindings, createExecutionContext())).status;
  }

  const appWith = () => new Hono<AppEnv>().use(guard("default", []));

  test("is closed, and its handler does not run", async () => {
    const handler = vi.fn<() => Response>(() => new Response("data"));
    expect(await statusAt(appWith().get("/new", handler))).toBe(500);
    expect(await statusAt(appWith().get("/new", handler, needs("read")))).toBe(500);
    expect(await statusAt(appWith().all("/:any", needs("public"), handler).get("/new", handler))).toBe(500);
    expect(handler).not.toHaveBeenCalled();
    expect(await statusAt(appWith().get("/new", needs("read"), handler))).toBe(200);
    const mounted = new Hono<AppEnv>().onError((error) => new Response(error.message, { status: 500 }));
    expect(await statusAt(appWith().route("/", mounted.get("/new", needs("read"), handler)))).toBe(200);
  });

  const pass: Handler<AppEnv> = async (_, next) => {
    await next();
  };

  test.each<[string, (app: Hono<AppEnv>, handler: () => Promise<Response>) => object]>([
    ["by several methods", (app, handler) => app.on(["GET", "POST"], "/new", handler)],
    ["for all methods", (app, handler) => app.all("/new", handler)],
    ["by a pattern", (app, handler) => app.get("/:any{n.*}", handler)],
    ["as middleware", (app, handler) => app.use("/new", handler)],
    ["as middleware of everything", (app, handler) => app.use(handler)],
    ["as an app of its own", (app, handler) => app.route("/", new Hono<AppEnv>().get("/new", handler))],
    ["as a foreign app", (app, handler) => app.mount("/new", handler)],
    ["at a base path", (app, handler) => app.basePath("/").get("/new", handler)],
    ["after a route with a right", (app, handler) => app.get("/new", needs("public"), pass).get("/new", handler)],
    ["after another method's right", (app, handler) => app.all("/new", needs("public"), pass).get("/new", handler)],
    ["after a handler of the same right", (app, handler) => app.get("/new", needs("public"), pass, handler)],
  ])("is closed, registered %s", async (_, register) => {
    const handler = vi.fn<() => Promise<Response>>(async () => await Promise.resolve(new Response("data")));
    const app = appWith();
    register(app, handler);
    expect(await statusAt(app)).toBe(500);
    expect(handler).not.toHaveBeenCalled();
  });
});
