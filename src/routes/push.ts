import { createHash } from "node:crypto";
import { Hono } from "hono";
import type { Context } from "hono";
import { data } from "../api/negotiate.ts";
import { badRequest, notFound } from "../api/problem.ts";
import type { PushAnswer, PushSubscriptionAnswer } from "../api/push-schema.ts";
import { needs } from "../auth/guard.ts";
import { can } from "../auth/principal.ts";
import type { AppEnv } from "../config.ts";
import { alertsOf, callerOf, sessionIdIn } from "../place.ts";
import type { AlertState } from "../session/contract/alerts.ts";
import { isPoint } from "../sinks/alerts/push/encrypt.ts";
import { readSubscription } from "../sinks/alerts/push/read-subscription.ts";
import type { GivenSubscription } from "../sinks/alerts/push/read-subscription.ts";
import { vapidOf } from "../sinks/alerts/push/vapid.ts";
import { boundTo } from "../sinks/alerts/send-alert.ts";
import { keysIn, noKeyFor, seal } from "../sinks/cipher.ts";
import { privateHostsOf } from "../sinks/http/judge-url.ts";
import { methodNotAllowed } from "./method-not-allowed.ts";
import { readJson } from "./read-json.ts";

/** Browsers of one tenant. Each change of a session is judged for each. */
const MOST_SUBSCRIPTIONS = 200;

/** Web Push: a reader's browsers are notified while no page is open. */
export const push = new Hono<AppEnv>({ strict: false })
  .get("/", needs("read"), async (c) => {
    const vapid = await vapidOf(c.env, { tenant: callerOf(c).tenant });
    return data(c, (vapid === undefined ? {} : { publicKey: vapid.publicKey }) satisfies PushAnswer);
  })
  .put("/subscriptions", needs("read"), async (c) => {
    const body = await readJson(c);
    if (!body.ok) return badRequest(c, body.detail);
    // Push services of browsers are public: a reader must not make this program call hosts of its own network.
    const hosts = can(c.var.principal, "administer") ? privateHostsOf(c.env) : "refused";
    const read = readSubscription(body.value, hosts);
    if (!read.ok) return badRequest(c, `${read.error}.`);
    return (await isPoint(read.given.p256dh)) ? await subscribe(c, read.given) : badRequest(c, NO_POINT);
  })
  .delete("/subscriptions/:id", needs("read"), async (c) => {
    const id = c.req.param("id");
    const isRemoved = await alertsOf(c.env, callerOf(c)).remove(nameOf(id));
    return isRemoved ? c.body(null, 204) : notFound(c, `The subscription ${id}`);
  })
  .all("/", needs("public"), methodNotAllowed("GET"))
  .all("/subscriptions", needs("public"), methodNotAllowed("PUT"))
  .all("/subscriptions/:id", needs("public"), methodNotAllowed("DELETE"));

const NO_POINT = "keys.p256dh must be a point of P-256.";

/** The alert of a subscription. Names of other alerts have no colon. */
const nameOf = (id: string): string => `push:${id}`;

/** One browser has one subscription: its endpoint names it. */
async function subscribe(c: Context<AppEnv>, given: GivenSubscription): Promise<Response> {
  const { rule, sessions, endpoint, p256dh, auth } = given;
  const caller = callerOf(c);
  const [key] = keysIn(c.env.UPSTREAM_KEY);
  if (key === undefined) return badRequest(c, noKeyFor("subscriptions"));
  const id = createHash("sha256").update(endpoint).digest("hex").slice(0, 32);
  const name = nameOf(id);
  const all: AlertState[] = await alertsOf(c.env, caller).list();
  const others = all.filter(({ stored }) => stored.target.kind === "push" && stored.name !== name);
  if (others.length >= MOST_SUBSCRIPTIONS)
    return badRequest(c, `There are ${MOST_SUBSCRIPTIONS} subscriptions already: an administrator can remove some.`);
  await alertsOf(c.env, caller).put({
    name,
    rule: sessions === undefined ? rule : { ...rule, ids: sessions.map(sessionIdIn) },
    target: { kind: "push", host: new URL(endpoint).host },
    sealed: await seal(key, { url: endpoint, p256dh, auth }, boundTo(caller.tenant, name)),
    page: new URL(c.req.url).origin,
  });
  return data(c, { id } satisfies PushSubscriptionAnswer);
}
