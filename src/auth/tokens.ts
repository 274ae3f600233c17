import { createHash, timingSafeEqual } from "node:crypto";
import type { Bindings } from "../config.ts";
import type { Principal, Refusal, Role } from "./principal.ts";
import { isLoopback, isOpen } from "./sender.ts";

/** Access is closed by default: a deployment without a token knows no caller, and an open one only callers on this machine. */
export function principalOf(
  env: Bindings,
  tenant: string,
  host: string | undefined,
  authorization: string | undefined,
): Principal {
  if (isOpen(env)) return isLoopback(host) ? { tenant, role: "admin" } : anonymous(tenant, elsewhere(host));
  if (!env.ADMIN_TOKEN) return anonymous(tenant, NOT_SET_UP);
  const token = authorization === undefined ? undefined : /^Bearer +(\S+) *$/i.exec(authorization)?.[1];
  const role = token === undefined ? undefined : roleOf(env, token);
  return role === undefined ? anonymous(tenant, NO_TOKEN) : { tenant, role };
}

function anonymous(tenant: string, refusal: Refusal): Principal {
  return { tenant, role: "anonymous", refusal };
}

function elsewhere(host: string | undefined): Refusal {
  return {
    reason: "no-right",
    status: 403,
    title: "Forbidden",
    detail: `This program is open, so it answers only requests addressed to this machine (localhost), not to ${host ?? "an absent Host"}.`,
  };
}

const NOT_SET_UP: Refusal = {
  reason: "not-set-up",
  status: 503,
  title: "Not set up",
  detail: "This deployment has no ADMIN_TOKEN yet, so it is closed. Set one: npx wrangler secret put ADMIN_TOKEN",
};

/** The header names the authentication scheme (RFC 9110 §11.6.1). */
const NO_TOKEN: Refusal = {
  reason: "no-right",
  status: 401,
  title: "Unauthorized",
  detail: "Send a token of this deployment: Authorization: Bearer <token>",
  headers: { "www-authenticate": 'Bearer realm="spanfold"' },
};

function roleOf(env: Bindings, token: string): Role | undefined {
  if (same(token, env.ADMIN_TOKEN)) return "admin";
  if (same(token, env.INGEST_TOKEN)) return "ingest";
  return same(token, env.VIEW_TOKEN) ? "view" : undefined;
}

/** Compares digests: the time then reveals neither the length nor a common prefix. */
function same(given: string, secret: string | undefined): boolean {
  if (!secret) return false;
  return timingSafeEqual(createHash("sha256").update(given).digest(), createHash("sha256").update(secret).digest());
}
