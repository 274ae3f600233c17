import type { Context, Next } from "hono";
import { foreignPage } from "../auth/origin.ts";
import { encodingOf } from "../otlp/body/media-type.ts";
import type { AppEnv } from "./app-env.ts";
import { arkError, isArkPath } from "./ark/ark-error.ts";
import { problem } from "./problem.ts";
import { refuse, signalOf } from "./receive/receive.ts";

/** An open program takes changes from pages of this machine only, and from programs that are no browser. */
export async function refuseForeignPages(c: Context<AppEnv>, next: Next): Promise<Response | undefined> {
  const page = foreignPage(c.env, c.req.raw);
  if (page !== undefined)
    return refuseEarly(c, {
      status: 403,
      title: "Forbidden",
      detail: `This program is open, and therefore takes no changes from pages of other sites, such as ${page}. Send from a page on localhost, or set ADMIN_TOKEN.`,
    });
  await next();
}

type EarlyRefusal = { readonly status: 400 | 403; readonly title: string; readonly detail: string };

/**
 * A refusal that comes before the routes, in the form that callers of the path read. It is not noted among the recent
 * exports: a foreign page would write there.
 */
function refuseEarly(c: Context<AppEnv>, refusal: EarlyRefusal): Response {
  const { path } = c.req;
  if (signalOf(path) !== undefined)
    return refuse(c, encodingOf(c.req.header("content-type") ?? null), refusal.status, refusal.detail);
  return isArkPath(path) ? arkError(c, refusal) : problem(c, refusal);
}
