import { Hono } from "hono";
import type { Context } from "hono";
import type { AlertAnswer, AlertListAnswer, AlertTestAnswer, AlertWithDeliveriesAnswer } from "../api/alert-schema.ts";
import { readListQuery } from "../api/list-query.ts";
import { data } from "../api/negotiate.ts";
import { badRequest, notFound } from "../api/problem.ts";
import { needs } from "../auth/guard.ts";
import type { AppEnv } from "../config.ts";
import { nanoseconds } from "../lib/nanoseconds.ts";
import { alertsOf, callerOf, sessionIdIn } from "../place.ts";
import type { AlertRule, AlertState, ListedDelivery, StoredAlert, StoredVapid } from "../session/contract/alerts.ts";
import { readAlert } from "../sinks/alerts/read-alert.ts";
import type { GivenAlert } from "../sinks/alerts/read-alert.ts";
import { attemptAt, boundTo, openTarget } from "../sinks/alerts/send-alert.ts";
import type { OpenTarget } from "../sinks/alerts/send-alert.ts";
import { keysIn, noKeyFor, seal, unseal } from "../sinks/cipher.ts";
import { fetchTransport } from "../sinks/http/fetch-transport.ts";
import { privateHostsOf } from "../sinks/http/judge-url.ts";
import { lastAttemptAnswer } from "./last-attempt-answer.ts";
import { methodNotAllowed } from "./method-not-allowed.ts";
import { readJson } from "./read-json.ts";

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

type Shown = { readonly state: AlertState; readonly deliveries: readonly ListedDelivery[] };

/** The tenant's alert rules: they notify when a session changes its state. */
export const alerts = new Hono<AppEnv>({ strict: false })
  .get("/", needs("administer"), async (c) => {
    const stub = alertsOf(c.env, callerOf(c));
    const all: AlertState[] = await stub.list();
    const vapid: StoredVapid | undefined = await stub.vapid();
    const list: AlertListAnswer = {
      alerts: await Promise.all(
        all.map(async (state) => answerOf(state, (await openTarget(c.env, callerOf(c), state.stored, vapid)).off)),
      ),
    };
    return data(c, list);
  })
  .get("/:name", needs("administer"), async (c) => await show(c, c.req.param("name")))
  .put("/:name", needs("administer"), async (c) => {
    const name = c.req.param("name");
    if (!NAME.test(name))
      return badRequest(c, "The name must have 1 to 63 letters, digits, dots, hyphens or underscores.");
    const body = await readJson(c);
    if (!body.ok) return badRequest(c, body.detail);
    const read = readAlert(body.value, privateHostsOf(c.env));
    return read.ok ? await store(c, name, read.given) : badRequest(c, `${read.error}.`);
  })
  .delete("/:name", needs("administer"), async (c) => {
    const name = c.req.param("name");
    const isRemoved = await alertsOf(c.env, callerOf(c)).remove(name);
    return isRemoved ? c.body(null, 204) : notFound(c, `The alert ${name}`);
  })
  .post("/:name/test", needs("administer"), async (c) => {
    const name = c.req.param("name");
    const found: Shown | undefined = await alertsOf(c.env, callerOf(c)).show(name);
    if (found === undefined) return notFound(c, `The alert ${name}`);
    const { stored } = found.state;
    const target = await open(c, stored);
    if (target.off !== undefined) return badRequest(c, `The alert is off: ${target.off}.`);
    const { attempt } = await attemptAt(target, testMessage(stored, Date.now()), fetchTransport);
    const { at: _, ...outcome } = attempt;
    return data(c, outcome satisfies AlertTestAnswer);
  })
  .all("/", needs("public"), methodNotAllowed("GET"))
  .all("/:name", needs("public"), methodNotAllowed("GET", "PUT", "DELETE"))
  .all("/:name/test", needs("public"), methodNotAllowed("POST"));

const NO_URL = "url must be the URL of a webhook.";
const NO_SECRET =
  "secret must be whsec_ and the base64 of 24 to 64 bytes, as requests in the standard format are signed: openssl rand -base64 32";

async function show(c: Context<AppEnv>, name: string): Promise<Response> {
  const found: Shown | undefined = await alertsOf(c.env, callerOf(c)).show(name);
  if (found === undefined) return notFound(c, `The alert ${name}`);
  const answer: AlertWithDeliveriesAnswer = {
    ...answerOf(found.state, (await open(c, found.state.stored)).off),
    deliveries: found.deliveries.map(deliveryAnswer),
  };
  return data(c, answer);
}

async function store(c: Context<AppEnv>, name: string, given: GivenAlert): Promise<Response> {
  const rule = ruleOf(given);
  if (typeof rule === "string") return badRequest(c, rule);
  const [key, ...others] = keysIn(c.env.UPSTREAM_KEY);
  if (key === undefined) return badRequest(c, noKeyFor("the URLs of webhooks"));
  const caller = callerOf(c);
  const bound = boundTo(caller.tenant, name);
  const before: Shown | undefined = await alertsOf(c.env, caller).show(name);
  const opened = before && (await unseal([key, ...others], before.state.stored.sealed, bound));
  const known = opened?.state === "open" ? opened.texts : undefined;
  const url = given.url ?? known?.["url"];
  if (url === undefined) return badRequest(c, NO_URL);
  // A secret must not reach another host.
  const isSame = known !== undefined && new URL(known["url"] ?? "").origin === new URL(url).origin;
  const secret = given.secret ?? (isSame ? known["secret"] : undefined);
  const { format } = given;
  if (secret === undefined && format === "standard") return badRequest(c, `${NO_SECRET}.`);
  const sealed = await seal(key, { url, ...(secret === undefined ? {} : { secret }) }, bound);
  await alertsOf(c.env, caller).put({
    name,
    rule,
    target: { kind: "webhook", format, host: new URL(url).host, isSigned: secret !== undefined },
    sealed,
    page: new URL(c.req.url).origin,
  });
  return await show(c, name);
}

/** Statuses are what an alert is about, and moments pass. */
const NOT_IN_FILTER = ["status", "since", "until", "sort", "order", "limit", "cursor"];

/** A text says why not. */
function ruleOf({ rule, filter, sessions }: GivenAlert): AlertRule | string {
  const ids = sessions === undefined ? {} : { ids: sessions.map(sessionIdIn) };
  if (filter === undefined) return { ...rule, ...ids };
  const params = new URLSearchParams(filter);
  const unfit = NOT_IN_FILTER.find((name) => params.has(name));
  if (unfit !== undefined) return `filter may not have ${unfit}.`;
  const read = readListQuery(params, Date.now());
  if (!read.ok) return `filter: ${read.detail}`;
  return { ...rule, ...ids, filter: { text: params.toString(), filter: read.query.filter } };
}

async function open(c: Context<AppEnv>, stored: StoredAlert): Promise<OpenTarget> {
  const caller = callerOf(c);
  return await openTarget(c.env, caller, stored, await alertsOf(c.env, caller).vapid());
}

function answerOf({ stored, counts, pending }: AlertState, off: string | undefined): AlertAnswer {
  const { name, rule, target } = stored;
  return {
    name,
    on: [...rule.on],
    ...(rule.cost === undefined ? {} : { cost: rule.cost }),
    ...(rule.duration === undefined ? {} : { duration: rule.duration / 1_000 }),
    ...(rule.filter === undefined ? {} : { filter: rule.filter.text }),
    ...(rule.ids === undefined ? {} : { sessions: [...rule.ids] }),
    format: target.kind === "push" ? "push" : target.format,
    question: rule.question,
    coolDown: rule.coolDown / 1_000,
    host: target.host,
    signed: target.kind === "push" || target.isSigned,
    ...lastAttemptAnswer(off, counts),
    delivered: counts.delivered,
    refused: counts.refused,
    pending,
    dropped: counts.dropped,
  };
}

function deliveryAnswer(delivery: ListedDelivery): AlertWithDeliveriesAnswer["deliveries"][number] {
  const { id, alert, state, dueAt, attempts, tries } = delivery;
  const { event, session, title, status, at } = alert;
  return {
    id,
    event,
    session,
    title,
    status,
    at: nanoseconds(at),
    state,
    ...(dueAt === undefined ? {} : { next: nanoseconds(dueAt) }),
    attempts,
    tries: tries.map((one) => ({ ...one, at: nanoseconds(one.at) })),
  };
}

function testMessage({ name, rule, page }: StoredAlert, now: number) {
  const [event = "finished"] = rule.on;
  const alert = { event, session: "test", title: "A test of this alert", status: event, at: now, since: now } as const;
  return { id: `msg_${crypto.randomUUID()}`, rule: name, page, alert };
}
