import type { Context } from "hono";
import { callerOf, directoryOf, sessionAt, sessionIdIn } from "../../place.ts";
import type { View } from "../../session/contract/log-page.ts";
import type { AppEnv } from "../../config.ts";
import type { ArkParams } from "../params.ts";
import { feedOf } from "../feed/feed-of.ts";
import { feedCursor, FeedReader } from "./feed-reader.ts";
import { followDirectory, followObject, respondStream } from "./item-source.ts";
import type { ReadItems } from "./items.ts";
import { endOf, LogItems } from "./log-items.ts";

/** A stream of the items of all sessions, or of the one that the parameters name. */
export async function watchAll(c: Context<AppEnv>, params: ArkParams, readItems: ReadItems): Promise<Response> {
  if (params.session !== undefined) return await watchLog(c, sessionIdIn(params.session), "session", params, readItems);
  const { env } = c;
  const caller = callerOf(c);
  const directory = directoryOf(env, caller);
  const cursor = await feedCursor(feedOf(env, caller), params);
  const items = new FeedReader({ env, caller, readItems, cursor });
  return respondStream(followDirectory(directory, items), c.req.raw.signal, { cursor });
}

/** A stream of the items of one session or trace: behind the cursor, else from now on, or from the beginning if `fromBeginning`. */
export async function watchLog(
  c: Context<AppEnv>,
  id: string,
  view: View,
  { cursor, fromBeginning }: ArkParams,
  readItems: ReadItems,
): Promise<Response> {
  const stub = sessionAt(c.env, callerOf(c), id);
  const from = cursor ?? (fromBeginning ? undefined : endOf(await stub.peek(view)));
  const items = new LogItems({ stub, view, id, readItems, cursor: from });
  return respondStream(followObject(stub, view, items), c.req.raw.signal, { cursor: from });
}
