import { Hono } from "hono";
import type { Context } from "hono";
import { directoryOf } from "../place.ts";
import type { AppEnv } from "../config.ts";
import { noSuch, permitArk } from "./error.ts";
import type { ArkQuery } from "./query.ts";
import { findQuery } from "./events/find-query.ts";
import { followDirectory, respondStream } from "./follow/item-source.ts";
import { listEvents } from "./events/list-events.ts";
import { postEvent } from "./events/post-event.ts";
import { queryEvents, QueryItems } from "./events/query-events.ts";
import { readAsked } from "./query.ts";
import { eventFilter, tellEvents } from "./events/session-events.ts";
import { watchAll } from "./follow/watch-all.ts";
import { DATA_HEADERS } from "../api/negotiate.ts";
import { methodNotAllowed } from "../routes/method-not-allowed.ts";

/** Ark's events: posted, and made of spans for whoever asks. */
export const events = new Hono<AppEnv>({ strict: false });

const ONE_QUERY = "/:query{.+}";

events.post("/", async (c) => permitArk(c, "write") ?? (await postEvent(c)));

events.get("/", async (c) => {
  const asked = readAsked(c);
  if (asked instanceof Response) return asked;
  const { query, isStream } = asked;
  if (isStream)
    return await watchAll(c, query, tellEvents(c.env, c.var.tenant, await eventFilter(c.env, c.var.tenant)));
  return c.body(JSON.stringify(await listEvents(c.env, c.var.tenant, query)), 200, DATA_HEADERS);
});

events.get(ONE_QUERY, async (c) => {
  const asked = readAsked(c);
  if (asked instanceof Response) return asked;
  const named = c.req.param("query");
  if (asked.isStream) return await watchQuery(c, named, asked.query);
  const found = await findQuery(c.env, c.var.tenant, named);
  const page =
    found === undefined
      ? { items: [], total: 0, hasMore: false }
      : await queryEvents(c.env, c.var.tenant, found, asked.query);
  return c.body(JSON.stringify(page), 200, DATA_HEADERS);
});

events.delete("/", async (c) => {
  const refused = permitArk(c, "administer");
  if (refused !== undefined) return refused;
  await directoryOf(c.env, c.var.tenant).purgeEvents("");
  return c.json({ status: "success", message: "Event data purged" });
});

// The finalizer of Ark's controller sends the ingest token and a UID. It keeps a deleted Query until the answer is 2xx, 404 or 405.
events.delete(ONE_QUERY, async (c) => {
  const refused = permitArk(c, "write");
  if (refused !== undefined) return refused;
  const named = c.req.param("query");
  const directory = directoryOf(c.env, c.var.tenant);
  if (!(await directory.purgeRun(named))) {
    // A name or a trace may mean the query of another producer.
    const mayName = permitArk(c, "administer") === undefined;
    const found = mayName ? await findQuery(c.env, c.var.tenant, named) : undefined;
    if (found === undefined) return noSuch(c, `Query ${named}`);
    await directory.purgeEvents(found.key);
  }
  return c.json({ status: "success", message: `Query ${named} events deleted` });
});

events.all("/", methodNotAllowed("GET", "POST", "DELETE"));
events.all(ONE_QUERY, methodNotAllowed("GET", "DELETE"));

async function watchQuery(c: Context<AppEnv>, named: string, query: ArkQuery): Promise<Response> {
  const { env } = c;
  const { tenant } = c.var;
  const asked = { env, tenant, query: named, cursor: query.cursor };
  const items = await QueryItems.open(asked, query.fromBeginning ? "beginning" : "now");
  return respondStream(followDirectory(directoryOf(env, tenant), items), c.req.raw.signal, items);
}
