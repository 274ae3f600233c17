import { Hono } from "hono";
import type { Context } from "hono";
import { callerOf, directoryOf } from "../place.ts";
import type { AppEnv } from "../config.ts";
import { noSuch } from "./error.ts";
import { needs } from "../auth/guard.ts";
import { can } from "../auth/principal.ts";
import { readRequest } from "./params.ts";
import type { ArkParams } from "./params.ts";
import { listEvents, queryEvents } from "./events/event-pages.ts";
import { findQuery } from "./events/find-query.ts";
import { postEvent } from "./events/post-event.ts";
import { QueryItems } from "./events/query-items.ts";
import { eventFilter, eventItems } from "./events/session-events.ts";
import { feedOf } from "./feed/feed-of.ts";
import { followDirectory, respondStream } from "./follow/item-source.ts";
import { watchAll } from "./follow/watch.ts";
import { data } from "../api/negotiate.ts";
import { methodNotAllowed } from "../routes/method-not-allowed.ts";

/** Ark's events: posted, and derived from spans when they are read. */
export const events = new Hono<AppEnv>({ strict: false });

const ONE_QUERY = "/:query{.+}";

events.post("/", needs("write"), postEvent);

events.get("/", needs("read"), async (c) => {
  const read = readRequest(c);
  if (read instanceof Response) return read;
  const { params, isStream } = read;
  if (isStream) return await watchAll(c, params, eventItems(c.env, callerOf(c), await eventFilter(c.env, callerOf(c))));
  return data(c, await listEvents(c.env, callerOf(c), params));
});

events.get(ONE_QUERY, needs("read"), async (c) => {
  const read = readRequest(c);
  if (read instanceof Response) return read;
  const query = c.req.param("query");
  if (read.isStream) return await watchQuery(c, query, read.params);
  const found = await findQuery(c.env, callerOf(c), query);
  const page =
    found === undefined
      ? { items: [], total: 0, hasMore: false }
      : await queryEvents(c.env, callerOf(c), found, read.params);
  return data(c, page);
});

events.delete("/", needs("administer"), async (c) => {
  await feedOf(c.env, callerOf(c)).purgeEvents("");
  return c.json({ status: "success", message: "Event data purged" });
});

// The finalizer of Ark's controller sends the ingest token and a UID. It keeps a deleted Query until the answer is 2xx, 404 or 405.
events.delete(ONE_QUERY, needs("write"), async (c) => {
  const query = c.req.param("query");
  const feed = feedOf(c.env, callerOf(c));
  if (!(await feed.purgeRun(query))) {
    // A name or a trace may mean the query of another producer: only an administrator may delete by these.
    const mayName = can(c.var.principal, "administer");
    const found = mayName ? await findQuery(c.env, callerOf(c), query) : undefined;
    if (found === undefined) return noSuch(c, `Query ${query}`);
    await feed.purgeEvents(found.key);
  }
  return c.json({ status: "success", message: `Query ${query} events deleted` });
});

events.all("/", needs("public"), methodNotAllowed("GET", "POST", "DELETE"));
events.all(ONE_QUERY, needs("public"), methodNotAllowed("GET", "DELETE"));

async function watchQuery(c: Context<AppEnv>, query: string, params: ArkParams): Promise<Response> {
  const { env } = c;
  const caller = callerOf(c);
  const options = { env, caller, query, cursor: params.cursor };
  const items = await QueryItems.open(options, params.fromBeginning ? "beginning" : "now");
  return respondStream(followDirectory(directoryOf(env, caller), items), c.req.raw.signal, items);
}
