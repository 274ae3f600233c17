import { Hono } from "hono";
import { isExport } from "./routes/method-not-allowed.ts";
import type { AppEnv } from "./config.ts";
import { isArkPath } from "./ark/error.ts";
import { brokerSessions } from "./ark/broker-sessions.ts";
import { events } from "./ark/events.ts";
import { refuseBadHost, refuseBadTarget, refuseForeignPages } from "./early-refusals.ts";
import { openapi } from "./api/openapi/openapi.ts";
import { servePage, servePageFile } from "./routes/page.ts";
import { notFound, problem } from "./api/problem.ts";
import { receive, refusePath, signalOf } from "./routes/receive/receive.ts";
import { imports } from "./routes/receive/import.ts";
import { query } from "./routes/query.ts";
import { session } from "./routes/session.ts";
import { sessions } from "./routes/sessions.ts";
import { traces } from "./ark/traces.ts";
import { consume } from "./queue.ts";
import { standalone } from "./standalone.ts";
import { log } from "./lib/log.ts";

export { DirectoryObject } from "./durable/directory/object.ts";
export { SessionObject } from "./durable/session/object.ts";

/** The only tenant so far. */
const TENANT = "default";

/** Exported for the tests that walk its routes. */
export const app = new Hono<AppEnv>({ strict: false });

// Responses contain untrusted text: browsers must not guess a content type. public/_headers does the same for files.
app.use(async (c, next) => {
  await next();
  c.res.headers.set("x-content-type-options", "nosniff");
});

// Before every route and method: a new route is covered by default.
app.use(refuseBadHost);
app.use(refuseBadTarget);
app.use(refuseForeignPages);

app.use(async (c, next) => {
  c.set("tenant", TENANT);
  const signal = signalOf(c.req.path);
  if (signal !== undefined) return await receive(c, signal);
  await next();
});

app.get("/healthz", (c) => c.text("ok\n"));
// Ark checks its broker by these two. Without them its dashboard reports the broker as down.
app.on("GET", ["/health", "/readyz"], (c) => c.text("OK"));
app.get("/openapi.json", (c) => c.json(openapi));
app.get("/", (c) => c.redirect("/sessions", 302));
app.get("/otel", (c) => c.redirect("/sessions", 302));
app.on("GET", ["/build/*", "/icons/*", "/favicon.svg"], servePageFile);
app.route("/import", imports);
app.route("/sessions", sessions);
app.route("/sessions", query);
app.route("/sessions", session);
app.route("/traces", traces);
app.route("/events", events);
app.route("/broker/sessions", brokerSessions);

app.notFound(async (c) => {
  if (isExport(c)) return refusePath(c);
  if (c.req.method === "GET" && (c.req.header("accept") ?? "").includes("text/html")) {
    const page = await servePage(c);
    return new Response(page.body, { status: 404, headers: page.headers });
  }
  return notFound(c, c.req.path);
});

app.onError((error, c) => {
  const reference = crypto.randomUUID();
  log("request-failed", { level: "error", reference, path: c.req.path, error, stack: error.stack });
  // Objects move, restart and are deployed again: their errors are temporary. A client may retry.
  const detail = `The server could not answer this request. Try again. Reference ${reference}.`;
  const asArk = { error: { code: "UNAVAILABLE", message: detail, requestId: reference } };
  const about = { status: 503, title: "Service Unavailable", detail } as const;
  return problem(c, isArkPath(c.req.path) ? { ...about, ...asArk } : about, { "retry-after": "1" });
});

export default { fetch: app.fetch, queue: consume };

/** The entrypoint of `npm start`. */
export const Standalone = standalone(app.fetch);
