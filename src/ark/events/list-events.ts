import type { Bindings } from "../../config.ts";
import { directoryOf, sessionIdIn } from "../../place.ts";
import type { ArkEvent } from "../../logs/ark-events/ark-event.ts";
import type { RecentPage } from "../../session/contract/directory.ts";
import type { ArkQuery } from "../query.ts";
import { FeedReader } from "../follow/feed-reader.ts";
import { queryEvents, pageOf } from "./query-events.ts";
import type { EventPage } from "./query-events.ts";
import { eventFilter, tellEvents } from "./session-events.ts";
import { EVERY_SESSION, NEWEST } from "../spans/trace-page.ts";

/** Pages of logs that one request reads: what it finds in them is a page, and the next one goes on. */
const READS = 500;

/** Events of all sessions, or of one, in the order in which they came. */
export async function listEvents(env: Bindings, tenant: string, query: ArkQuery): Promise<EventPage> {
  const { limit, cursor = 0 } = query;
  const session = query.session === undefined ? undefined : sessionIdIn(query.session);
  if (session !== undefined) return await queryEvents(env, tenant, { session, isOf: () => true, key: "" }, query);
  const page: RecentPage = await directoryOf(env, tenant).recent(NEWEST, 1, EVERY_SESSION);
  const tell = tellEvents(env, tenant, await eventFilter(env, tenant));
  const reader = new FeedReader({ env, tenant, tell, cursor });
  const found: { event: ArkEvent; cursor: number }[] = [];
  let isMore = true;
  for (let reads = 0; isMore && found.length <= limit && reads < READS; reads++) {
    const { items, caughtUp } = await reader.read();
    // What tells events gives nothing else.
    for (const item of items) found.push({ event: item.data as ArkEvent, cursor: item.cursor });
    isMore = !caughtUp;
  }
  const answer = pageOf(found, limit, page.events);
  return isMore && !answer.hasMore ? { ...answer, hasMore: true, nextCursor: reader.cursor } : answer;
}
