import type { Context } from "hono";
import { directoryOf, sessionAt, sessionIdIn } from "../../place.ts";
import type { View } from "../../session/contract/log-page.ts";
import type { AppEnv } from "../../config.ts";
import type { ArkQuery } from "../query.ts";
import { feedCursor } from "./feed-cursor.ts";
import { FeedReader } from "./feed-reader.ts";
import { followDirectory, followObject, respondStream } from "./item-source.ts";
import type { Tell } from "./items.ts";
import { endOf, LogItems } from "./log-items.ts";

/** A stream of what all sessions tell, or, where the query names one, of what that one does. */
export async function watchAll(c: Context<AppEnv>, query: ArkQuery, tell: Tell): Promise<Response> {
  if (query.session !== undefined) return await watchLog(c, sessionIdIn(query.session), "session", query, tell);
  const { env } = c;
  const { tenant } = c.var;
  const directory = directoryOf(env, tenant);
  const cursor = await feedCursor(directory, query);
  const items = new FeedReader({ env, tenant, tell, cursor });
  return respondStream(followDirectory(directory, items), c.req.raw.signal, { cursor });
}

/** A stream of what one session or trace tells: what comes from now on, unless a cursor or the beginning is asked for. */
export async function watchLog(
  c: Context<AppEnv>,
  id: string,
  view: View,
  { cursor, fromBeginning }: ArkQuery,
  tell: Tell,
): Promise<Response> {
  const stub = sessionAt(c.env, c.var.tenant, id);
  const from = cursor ?? (fromBeginning ? undefined : endOf(await stub.peek(view)));
  const items = new LogItems({ stub, view, id, tell, cursor: from });
  return respondStream(followObject(stub, view, items), c.req.raw.signal, { cursor: from });
}
