import { Hono } from "hono";
import { isExport } from "./routes/method-not-allowed.ts";
import type { AppEnv } from "./config.ts";
import { guard, needs, refuse } from "./auth/guard.ts";
import { securityHeaders } from "./auth/headers.ts";
import { pathOf } from "./auth/self.ts";
import { arkErrors } from "./ark/error.ts";
import { arkManifest } from "./ark/manifest.ts";
import { mount as mountArk } from "./ark/mount.ts";
import { mount as mountMcp } from "./mcp/mount.ts";
import { servePage, servePageFile } from "./routes/page.ts";
import { notFound } from "./api/problem.ts";
import { diskProblem, diskProblemBehind } from "./routes/disk.ts";
import { answer, exportErrors } from "./routes/receive/answer.ts";
import { RememberingRouter } from "./routes/remembering-router.ts";
import { receiver } from "./routes/receive/receive.ts";
import { imports } from "./routes/receive/import.ts";
import { alerts } from "./routes/alerts.ts";
import { metrics } from "./routes/metrics.ts";
import { overview } from "./routes/overview.ts";
import { push } from "./routes/push.ts";
import { query } from "./routes/query.ts";
import { rebuild } from "./routes/rebuild.ts";
import { session } from "./routes/session.ts";
import { sessions } from "./routes/sessions.ts";
import { search } from "./routes/search.ts";
import { span } from "./routes/span.ts";
import { tenantExport } from "./routes/tenant-export.ts";
import { trace } from "./routes/trace.ts";
import { healthText } from "./routes/health.ts";
import { upstreams } from "./routes/upstreams.ts";
import { consume } from "./queue.ts";
import { traceRequests } from "./self/trace-requests.ts";
import { standalone } from "./standalone.ts";
import { log } from "./lib/log.ts";

export { AlertsObject } from "./durable/alerts/object.ts";
export { ArkFeedObject } from "./ark/feed/feed-object.ts";
export { DirectoryObject } from "./durable/directory/object.ts";
export { SessionObject } from "./durable/session/object.ts";
export { UpstreamsObject } from "./durable/upstreams/object.ts";
export { Courier } from "./sinks/courier.ts";

/** The only tenant so far. */
const TENANT = "default";

/** Exported for the tests that walk its routes. */
export const app = new Hono<AppEnv>({ getPath: pathOf, router: new RememberingRouter() });

/** By path; elsewhere errors are problems (RFC 9457). */
const errorForms = [exportErrors, arkErrors];

// Before every route and method: each request is a trace, and a route that states no right is refused.
app.use(traceRequests);
app.use(securityHeaders);
app.use(guard(TENANT, errorForms));

app.route("/", receiver);
app.get("/healthz", needs("public"), async (c) => {
  const problem = await diskProblem(c.env);
  return c.text(await healthText(c, problem), problem === undefined ? 200 : 503);
});
// Brokers and probes have these names.
app.on("GET", ["/health", "/readyz"], needs("public"), (c) => c.text("OK"));
app.route("/", overview);
app.on("GET", ["/build/*", "/favicon.svg", "/push-worker.js", "/openapi.json"], needs("public"), servePageFile);
app.route("/import", imports);
app.route("/export", tenantExport);
app.route("/sessions", sessions);
app.route("/sessions", query(arkManifest));
app.route("/sessions", span);
app.route("/sessions", search);
app.route("/sessions", session);
app.route("/traces", trace);
app.route("/", metrics);
app.route("/admin/upstreams", upstreams);
app.route("/admin/rebuild", rebuild);
app.route("/admin/alerts", alerts);
app.route("/push", push);
mountArk(app);
mountMcp(app);

app.notFound(async (c) => {
  if (isExport(c)) return answer(c, "traces", { outcome: "wrong-path" });
  if (c.req.method === "GET" && (c.req.header("accept") ?? "").includes("text/html")) {
    const page = await servePage(c);
    return new Response(page.body, { status: 404, headers: page.headers });
  }
  return notFound(c, c.req.path);
});

app.onError(async (error, c) => {
  const reference = crypto.randomUUID();
  log("request-failed", { level: "error", reference, path: c.req.path, error, stack: error.stack });
  // Objects move, restart and are deployed again: their errors are temporary. A client may retry.
  const advice = (await diskProblemBehind(c.env)) ?? "Try again.";
  const detail = `The server could not answer this request. ${advice} Reference ${reference}.`;
  return refuse(c, errorForms, {
    reason: "failed",
    status: 503,
    title: "Service Unavailable",
    detail,
    headers: { "retry-after": "1" },
    reference,
  });
});

export default { fetch: app.fetch, queue: consume };

/** The entrypoint of `npm start`. */
export const Standalone = standalone(app.fetch);
