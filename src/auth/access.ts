import { problem } from "../api/problem.ts";
import type { Bindings, AppEnv } from "../config.ts";
import { isOpen } from "./origin.ts";
import type { Context } from "hono";
import { createHash, timingSafeEqual } from "node:crypto";

export type Right = "read" | "write" | "administer";

export type Verdict =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly status: 401 | 403 | 503; readonly title: string; readonly detail: string };

const LOOPBACK_HOST = /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/i;

/**
 * Access is closed by default: a deployment without a token refuses all requests; an open one answers only requests addressed
 * to this machine. `host` is the header: a page of another name may forge everything else, including the URL of the runtime.
 */
export function judgeAccess(
  env: Bindings,
  host: string | undefined,
  authorization: string | undefined,
  right: Right,
): Verdict {
  if (isOpen(env)) {
    if (host !== undefined && LOOPBACK_HOST.test(host)) return { allowed: true };
    return {
      allowed: false,
      status: 403,
      title: "Forbidden",
      detail: `This program is open, so it answers only requests addressed to this machine (localhost), not to ${host ?? "an absent Host"}.`,
    };
  }
  if (!env.ADMIN_TOKEN) {
    return {
      allowed: false,
      status: 503,
      title: "Not set up",
      detail: "This deployment has no ADMIN_TOKEN yet, so it is closed. Set one: npx wrangler secret put ADMIN_TOKEN",
    };
  }
  const token = authorization === undefined ? undefined : /^Bearer +(\S+) *$/i.exec(authorization)?.[1];
  const rights = token === undefined ? undefined : rightsOf(env, token);
  if (rights === undefined) {
    return {
      allowed: false,
      status: 401,
      title: "Unauthorized",
      detail: "Send a token of this deployment: Authorization: Bearer <token>",
    };
  }
  if (rights.has(right)) return { allowed: true };
  return {
    allowed: false,
    status: 403,
    title: "Forbidden",
    detail: `This token may ${Array.from(rights).join(" and ")} only; this request needs a token that may ${right}.`,
  };
}

function rightsOf(env: Bindings, token: string): ReadonlySet<Right> | undefined {
  if (same(token, env.ADMIN_TOKEN)) return new Set<Right>(["read", "write", "administer"]);
  if (same(token, env.INGEST_TOKEN)) return new Set<Right>(["write"]);
  if (same(token, env.VIEW_TOKEN)) return new Set<Right>(["read"]);
  return undefined;
}

/** Compares digests: the time then reveals neither the length nor a common prefix. */
function same(given: string, secret: string | undefined): boolean {
  if (!secret) return false;
  return timingSafeEqual(createHash("sha256").update(given).digest(), createHash("sha256").update(secret).digest());
}

/** The headers of a refusal that name the authentication scheme (RFC 9110 §11.6.1). */
export function challenge(status: number): Record<string, string> {
  return status === 401 ? { "www-authenticate": 'Bearer realm="spanfold"' } : {};
}

/** The refusal of a request without the right; `undefined` for a request with it. */
export function permit(c: Context<AppEnv>, right: Right): Response | undefined {
  const verdict = judgeAccess(c.env, c.req.header("host"), c.req.header("authorization"), right);
  if (verdict.allowed) return undefined;
  const { status, title, detail } = verdict;
  return problem(c, { status, title, detail }, challenge(status));
}
