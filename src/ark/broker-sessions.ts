import { Hono } from "hono";
import type { Context } from "hono";
import { directoryOf, sessionAt, sessionIdIn } from "../place.ts";
import type { LogPage } from "../session/contract/log-page.ts";
import type { AppEnv } from "../config.ts";
import { invalid, noSuch, wrongPage } from "./error.ts";
import { readInteger, readAsked } from "./query.ts";
import type { ArkQuery } from "./query.ts";
import { brokerList } from "./spans/broker-list.ts";
import { brokerSession, tellSessionSpans } from "./spans/broker-session.ts";
import { feedCursor } from "./follow/feed-cursor.ts";
import { FeedReader } from "./follow/feed-reader.ts";
import { followDirectory, followObject, respondStream } from "./follow/item-source.ts";
import { endOf, LogItems } from "./follow/log-items.ts";
import { textStream } from "./spans/span-text.ts";
import { DATA_HEADERS } from "../api/negotiate.ts";
import { methodNotAllowed } from "../routes/method-not-allowed.ts";

/** Sessions as Ark's first broker told them, from spans. */
export const brokerSessions = new Hono<AppEnv>({ strict: false });

brokerSessions.get("/", async (c) => {
  const asked = readAsked(c);
  if (asked instanceof Response) return asked;
  const { query, isStream } = asked;
  if (isStream) return await watchSessions(c, query);
  const before = c.req.query("before");
  const from = before === undefined ? query.cursor : readInteger(before);
  if (before !== undefined && from === undefined) return wrongPage(c, "before must be a non-negative integer");
  const active = c.req.query("active") ?? "false";
  if (active !== "true" && active !== "false") return invalid(c, "active must be true or false");
  const { limit } = query;
  const list = await brokerList(c.env, c.var.tenant, { limit, before: from, active: active === "true" });
  return c.body(JSON.stringify(list), 200, DATA_HEADERS);
});

brokerSessions.get("/:id", async (c) => {
  const asked = readAsked(c);
  if (asked instanceof Response) return asked;
  const id = sessionIdIn(c.req.param("id"));
  if (asked.isStream) return await watchSession(c, id, asked.query);
  const page: LogPage = await sessionAt(c.env, c.var.tenant, id).peek("session", "queries");
  if (page.state !== "present" || page.summary === undefined) return noSuch(c, `Session ${id}`);
  return new Response(textStream(brokerSession(c.env, c.var.tenant, page, page.summary)), { headers: DATA_HEADERS });
});

brokerSessions.all("/", methodNotAllowed("GET"));
brokerSessions.all("/:id", methodNotAllowed("GET"));

async function watchSessions(c: Context<AppEnv>, query: ArkQuery): Promise<Response> {
  const { env } = c;
  const { tenant } = c.var;
  const directory = directoryOf(env, tenant);
  const cursor = await feedCursor(directory, query);
  const items = new FeedReader({ env, tenant, tell: tellSessionSpans, cursor });
  return respondStream(followDirectory(directory, items, "span"), c.req.raw.signal, { cursor, event: "connected" });
}

async function watchSession(c: Context<AppEnv>, id: string, query: ArkQuery): Promise<Response> {
  const stub = sessionAt(c.env, c.var.tenant, id);
  const end = endOf(await stub.peek("session"));
  const cursor = query.cursor ?? (query.fromBeginning ? undefined : end);
  const items = new LogItems({ stub, view: "session", id, tell: tellSessionSpans, cursor });
  return respondStream(followObject(stub, "session", items, "span"), c.req.raw.signal, { cursor, event: "connected" });
}
