import type { Context, Next } from "hono";
import { foreignPage } from "./auth/origin.ts";
import { encodingOf } from "./otlp/media-type.ts";
import type { AppEnv } from "./config.ts";
import { arkError, isArkPath } from "./ark/error.ts";
import { problem } from "./api/problem.ts";
import { refuse, signalOf } from "./routes/receive/receive.ts";

/**
 * A client may send any `Host` (RFC 9110 §7.2), and the URL of the request contains it: a slash moves the path, and a comma
 * joins several headers. Real hosts consist of letters, digits and `-._`.
 */
export async function refuseBadHost(c: Context<AppEnv>, next: Next): Promise<Response | undefined> {
  const host = c.req.header("host");
  if (host !== undefined && (!/^[\w.:[\]-]+$/.test(host) || !URL.canParse(`http://${host}`)))
    return refuseEarly(c, {
      status: 400,
      title: "Bad Request",
      detail: `The Host header is "${host}": it must be a name or an address, with or without a port.`,
    });
  await next();
}

/** A target such as `*` (RFC 9112 §3.2.4) names no resource: its URL has no path. */
export async function refuseBadTarget(c: Context<AppEnv>, next: Next): Promise<Response | undefined> {
  if (!c.req.path.startsWith("/"))
    return refuseEarly(c, {
      status: 400,
      title: "Bad Request",
      detail: "The target of the request must be a path that begins with a slash.",
    });
  await next();
}

/** An open program accepts changes only from pages of this machine and from programs other than browsers. */
export async function refuseForeignPages(c: Context<AppEnv>, next: Next): Promise<Response | undefined> {
  const page = foreignPage(c.env, c.req.raw);
  if (page !== undefined)
    return refuseEarly(c, {
      status: 403,
      title: "Forbidden",
      detail: `This program is open, so it refuses changes from pages of other sites, such as ${page}. Send from a page on localhost, or set ADMIN_TOKEN.`,
    });
  await next();
}

type Refusal = { readonly status: 400 | 403; readonly title: string; readonly detail: string };

/**
 * A refusal before the routes, in the form that clients of the path read. It is not recorded among the recent exports:
 * otherwise a foreign page could write there.
 */
function refuseEarly(c: Context<AppEnv>, refusal: Refusal): Response {
  const { path } = c.req;
  if (signalOf(path) !== undefined)
    return refuse(c, encodingOf(c.req.header("content-type") ?? null), refusal.status, refusal.detail);
  return isArkPath(path) ? arkError(c, refusal) : problem(c, refusal);
}
