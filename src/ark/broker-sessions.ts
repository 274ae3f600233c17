import { Hono } from "hono";
import type { Context } from "hono";
import { callerOf, directoryOf, sessionAt, sessionIdIn } from "../place.ts";
import type { LogPage } from "../session/contract/log-page.ts";
import type { AppEnv } from "../config.ts";
import { noSuch } from "./error.ts";
import { readBrokerList, readRequest } from "./params.ts";
import type { ArkParams } from "./params.ts";
import { brokerList } from "./spans/broker-list.ts";
import { brokerSession, sessionSpanItems } from "./spans/broker-session.ts";
import { textStream } from "./spans/bare-spans.ts";
import { feedOf } from "./feed/feed-of.ts";
import { feedCursor, FeedReader } from "./follow/feed-reader.ts";
import { followDirectory, followObject, respondStream } from "./follow/item-source.ts";
import { endOf, LogItems } from "./follow/log-items.ts";
import { DATA_HEADERS, data } from "../api/negotiate.ts";
import { needs } from "../auth/guard.ts";
import { methodNotAllowed } from "../routes/method-not-allowed.ts";

/** Sessions in the shape of Ark's first broker, which built them from spans. */
export const brokerSessions = new Hono<AppEnv>({ strict: false });

brokerSessions.get("/", needs("read"), async (c) => {
  const read = readRequest(c);
  if (read instanceof Response) return read;
  const { params, isStream } = read;
  if (isStream) return await watchSessions(c, params);
  const page = readBrokerList(c);
  if (page instanceof Response) return page;
  const { before = params.cursor, active } = page;
  const list = await brokerList(c.env, callerOf(c), { limit: params.limit, before, active });
  return data(c, list);
});

brokerSessions.get("/:id", needs("read"), async (c) => {
  const read = readRequest(c);
  if (read instanceof Response) return read;
  const id = sessionIdIn(c.req.param("id"));
  if (read.isStream) return await watchSession(c, id, read.params);
  const page: LogPage = await sessionAt(c.env, callerOf(c), id).peek("session", "queries");
  if (page.state !== "present" || page.summary === undefined) return noSuch(c, `Session ${id}`);
  return new Response(textStream(brokerSession(c.env, callerOf(c), page, page.summary)), {
    headers: DATA_HEADERS,
  });
});

brokerSessions.all("/", needs("public"), methodNotAllowed("GET"));
brokerSessions.all("/:id", needs("public"), methodNotAllowed("GET"));

async function watchSessions(c: Context<AppEnv>, params: ArkParams): Promise<Response> {
  const { env } = c;
  const caller = callerOf(c);
  const directory = directoryOf(env, caller);
  const cursor = await feedCursor(feedOf(env, caller), params);
  const items = new FeedReader({ env, caller, readItems: sessionSpanItems, cursor });
  return respondStream(followDirectory(directory, items, "span"), c.req.raw.signal, { cursor, event: "connected" });
}

async function watchSession(c: Context<AppEnv>, id: string, params: ArkParams): Promise<Response> {
  const stub = sessionAt(c.env, callerOf(c), id);
  const end = endOf(await stub.peek("session"));
  const cursor = params.cursor ?? (params.fromBeginning ? undefined : end);
  const items = new LogItems({ stub, view: "session", id, readItems: sessionSpanItems, cursor });
  return respondStream(followObject(stub, "session", items, "span"), c.req.raw.signal, { cursor, event: "connected" });
}
