import type { MiddlewareHandler } from "hono";
import { secureHeaders } from "hono/secure-headers";
import type { AppEnv } from "../config.ts";
import { mayPageSend } from "./sender.ts";

/**
 * Responses contain untrusted text: browsers guess no content type, only the page's own files run, and no site may frame or
 * embed a response. Cloudflare serves the page's files with the headers of public/_headers.
 */
export const securityHeaders: MiddlewareHandler<AppEnv> = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'", "'unsafe-inline'"],
    imgSrc: ["'self'", "data:"],
    connectSrc: ["'self'"],
    baseUri: ["'none'"],
    formAction: ["'none'"],
    frameAncestors: ["'none'"],
  },
  // The operator decides about the other names under the domain.
  strictTransportSecurity: false,
  // Browsers ignore it on plain HTTP, and complain.
  crossOriginOpenerPolicy: false,
  originAgentCluster: false,
  xDnsPrefetchControl: false,
  // Of old browsers and plugins. `frame-ancestors` takes the place of the second.
  xDownloadOptions: false,
  xFrameOptions: false,
  xPermittedCrossDomainPolicies: false,
  xXssProtection: false,
  removePoweredBy: false,
});

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
