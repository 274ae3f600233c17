import type { MiddlewareHandler } from "hono";
import type { AppEnv } from "../config.ts";
import { mayPageSend } from "./sender.ts";

const SECURITY_HEADERS = Object.entries({
  "content-security-policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; "),
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
});

/**
 * Responses contain untrusted text: browsers guess no content type, only the page's own files run, and no site may frame or
 * embed a response. Cloudflare serves the page's files with the headers of public/_headers.
 */
export const securityHeaders: MiddlewareHandler<AppEnv> = async (c, next) => {
  await next();
  for (const [name, value] of SECURITY_HEADERS) c.res.headers.set(name, value);
};

/** Exporters in browsers may post (CORS). `hono/cors` also answers origins that may not, and copies each response. */
export const exporterCors: MiddlewareHandler<AppEnv> = async (c, next) => {
  const origin = c.req.header("origin");
  const allowed = origin !== undefined && mayPageSend(c.env, origin);
  if (c.req.method === "OPTIONS") {
    const answer = allowed ? { "access-control-allow-origin": origin, vary: "Origin", ...PREFLIGHT } : {};
    return c.body(null, 204, answer);
  }
  await next();
  if (!allowed) return;
  c.res.headers.set("access-control-allow-origin", origin);
  c.res.headers.set("access-control-expose-headers", "traceresponse");
  c.res.headers.set("vary", "Origin");
};

const PREFLIGHT = {
  "access-control-allow-methods": "POST",
  "access-control-allow-headers": "*, authorization",
  "access-control-max-age": "7200",
};
