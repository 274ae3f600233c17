import type { Context, MiddlewareHandler } from "hono";
import { matchedRoutes } from "hono/route";
import { isForSelf } from "../auth/self.ts";
import { telemetryOf } from "../config.ts";
import type { AppEnv } from "../config.ts";
import { sendLater } from "./own-traces.ts";
import { RequestTrace } from "./request-trace.ts";

/** Stands before every route: each request is a trace, stored after the answer. What is done for the program's own traces is none. */
export const traceRequests: MiddlewareHandler<AppEnv> = async (c, next) => {
  const { isEnabled, serviceName, samplingRate } = telemetryOf(c.env);
  if (!isEnabled || isForSelf(c.req.raw) || c.req.path.startsWith(PAGE_FILES)) return await next();
  const trace = new RequestTrace(c.req.raw.headers, samplingRate);
  c.set("trace", trace);
  await next();
  // Anybody can ask for a trace to be recorded: a caller without a right decides nothing.
  if (trace.isCallersChoice && c.var.principal.role === "anonymous") trace.discard();
  c.res.headers.set("traceresponse", trace.traceresponse);
  if (!trace.isRecording) return;
  const spans = trace.end({ method: c.req.method, route: routeOf(c), status: c.res.status, error: c.error });
  c.executionCtx.waitUntil(sendLater(c.env, serviceName, spans));
};

/** On Cloudflare they never reach the Worker. A page loads dozens of them, also that of the program's own traces. */
const PAGE_FILES = "/build/";

/** The pattern of the route that answered; of the first one that would have, if the guard refused; else `undefined`. */
function routeOf(c: Context<AppEnv>): string | undefined {
  const routes = matchedRoutes(c);
  const ran = routes[c.req.routeIndex];
  const route = ran?.path === EVERY_PATH ? routes.find(({ path }) => path !== EVERY_PATH) : ran;
  return route && patternText(route.path);
}

const EVERY_PATH = "/*";

/** Without what the router checks of parts. A receiver takes any path before its own. */
function patternText(pattern: string): string {
  return pattern.replace(/:\w+\{\(\?:\.\*\/\)\?(.*)\}$/, "$1").replace(/(:\w+)\{[^/]*\}/g, "$1");
}
