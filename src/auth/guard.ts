import type { Context, Handler, MiddlewareHandler } from "hono";
import { matchedRoutes } from "hono/route";
import { findTargetHandler } from "hono/utils/handler";
import { problem } from "../api/problem.ts";
import type { AppEnv } from "../config.ts";
import { refusalFor } from "./principal.ts";
import type { Refusal, Right } from "./principal.ts";
import { isForSelf, readerOfSelf, stayWithSelf } from "./self.ts";
import { judgeSender } from "./sender.ts";
import { principalOf } from "./tokens.ts";

/** What a route asks of its caller. `public`: nothing. */
export type RouteRight = Right | "public";

const statedRights = new WeakMap<object, RouteRight>();

/** The right that a route needs, stated before its one handler: `.get("/sessions", needs("read"), …)`. */
export function needs(right: RouteRight): MiddlewareHandler<AppEnv> {
  const judge: MiddlewareHandler<AppEnv> = async (c, next) => {
    const refusal = right === "public" ? undefined : refusalFor(c.var.principal, right);
    if (refusal !== undefined) return c.var.refuse(refusal);
    return await next();
  };
  statedRights.set(judge, right);
  return judge;
}

/** The right that this handler of a route states. Hono wraps the handlers of an app that has an error handler of its own. */
export function statedRight(handler: Handler): RouteRight | undefined {
  return statedRights.get(findTargetHandler(handler));
}

/**
 * Stands before every route: refuses senders that no route may see, finds the principal, and refuses routes that state no right.
 * `errorForms`: the forms of errors, by path. Under `/self` the program's own traces are read.
 */
export function guard(tenant: string, errorForms: readonly ErrorForm[]): MiddlewareHandler<AppEnv> {
  return async function guardRoutes(c, next) {
    const caller = principalOf(c.env, tenant, c.req.header("host"), c.req.header("authorization"));
    const isSelf = isForSelf(c.req.raw);
    c.set("refuse", (refusal) => refuse(c, errorForms, refusal));
    c.set("principal", isSelf ? readerOfSelf(caller) : caller);
    const refusal = judgeSender(c.env, c.req.raw, c.req.path) ?? (statesRights(c, guardRoutes) ? undefined : UNSTATED);
    if (refusal !== undefined) return c.var.refuse(refusal);
    await next();
    if (isSelf) stayWithSelf(c.res);
  };
}

/**
 * Whether each handler after the guard that matches the request has a right of its own: stated by its route directly before it.
 * Else a handler that is added to a path later would have the right of the one before.
 */
function statesRights(c: Context<AppEnv>, guardRoutes: object): boolean {
  let isBehind = false;
  let covered: string | undefined;
  for (const { method, path, handler } of matchedRoutes(c)) {
    if (handler === guardRoutes) isBehind = true;
    else if (!isBehind) continue;
    else if (statedRight(handler) !== undefined) covered = `${method} ${path}`;
    else if (covered !== `${method} ${path}`) return false;
    else covered = undefined;
  }
  return true;
}

const UNSTATED: Refusal = {
  reason: "no-stated-right",
  status: 500,
  title: "Internal Server Error",
  detail: "This route states no right, so it is closed.",
};

/** The form of the errors that clients of some paths read. The first form whose path matches applies; else a problem (RFC 9457). */
export type ErrorForm = {
  readonly matches: (path: string) => boolean;
  readonly write: (c: Context<AppEnv>, refusal: Refusal) => Response;
};

export function refuse(c: Context<AppEnv>, forms: readonly ErrorForm[], refusal: Refusal): Response {
  const form = forms.find(({ matches }) => matches(c.req.path));
  if (form !== undefined) return form.write(c, refusal);
  const { status, title, detail, headers = {} } = refusal;
  return problem(c, { status, title, detail }, headers);
}
