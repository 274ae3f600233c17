import type { Bindings } from "../../config.ts";
import type { ArkEvent } from "./posted-event.ts";
import { sessionAt, sessionIdIn } from "../../place.ts";
import type { Caller } from "../../place.ts";
import { walkLog } from "../../session/contract/log-reader.ts";
import { cursorInGeneration, isSameGeneration } from "../cursor.ts";
import type { ArkParams } from "../params.ts";
import { countAll } from "./count-all.ts";
import { FeedReader } from "../follow/feed-reader.ts";
import { compareEvents, notPosted } from "./event-order.ts";
import type { FoundQuery } from "./find-query.ts";
import { eventFilter, eventsIn, eventItems } from "./session-events.ts";
import type { IndexedEvent } from "./session-events.ts";

export type EventPage = {
  readonly items: readonly ArkEvent[];
  readonly total: number;
  readonly hasMore: boolean;
  readonly nextCursor?: number;
};

/** Pages of logs that one request reads: their events are one page, and the next request goes on. */
const READS = 500;

/** Events of all sessions, or of one, in the order in which they arrived. */
export async function listEvents(env: Bindings, caller: Caller, params: ArkParams): Promise<EventPage> {
  const { limit, cursor = 0 } = params;
  const session = params.session === undefined ? undefined : sessionIdIn(params.session);
  if (session !== undefined) return await queryEvents(env, caller, { session, isOf: () => true, key: "" }, params);
  const { events: total } = await countAll(env, caller);
  const readItems = eventItems(env, caller, await eventFilter(env, caller));
  const reader = new FeedReader({ env, caller, readItems, cursor });
  const found: { event: ArkEvent; cursor: number }[] = [];
  let isMore = true;
  for (let reads = 0; isMore && found.length <= limit && reads < READS; reads++) {
    const { items, caughtUp } = await reader.read();
    // `eventItems` gives events only.
    for (const item of items) found.push({ event: item.data as ArkEvent, cursor: item.cursor });
    isMore = !caughtUp;
  }
  const answer = pageOf(found, limit, total);
  return isMore && !answer.hasMore ? { ...answer, hasMore: true, nextCursor: reader.cursor } : answer;
}

type CursorEvent = IndexedEvent & { readonly cursor: number };

/**
 * A page of a query's events: pages in order of arrival, which keeps cursors valid for ever, each page sorted by time. Posted events
 * first, then derived ones that were not posted.
 */
export async function queryEvents(
  env: Bindings,
  caller: Caller,
  query: FoundQuery,
  { limit, cursor }: { readonly limit: number; readonly cursor: number | undefined },
): Promise<EventPage> {
  const all = await eventsOf(env, caller, query);
  const posted = all.filter(({ by }) => by === "post");
  const derived = notPosted(
    all.filter(({ by }) => by === "span"),
    posted.map(({ event }) => event),
  );
  const merged = [...posted, ...derived].toSorted((a, b) => a.cursor - b.cursor);
  return pageOf(
    merged.filter((one) => one.cursor > behind(cursor, all)),
    limit,
    merged.length,
    query.uid,
  );
}

/** A cursor of another generation of the log means the beginning. */
function behind(cursor: number | undefined, [first]: readonly CursorEvent[]): number {
  return cursor !== undefined && first !== undefined && isSameGeneration(cursor, first.cursor) ? cursor : -1;
}

/** `rest`: the events behind the cursor. */
function pageOf(
  rest: readonly { readonly event: ArkEvent; readonly cursor: number }[],
  limit: number,
  total: number,
  uid?: string,
): EventPage {
  const taken = rest.slice(0, limit);
  const hasMore = rest.length > taken.length;
  const last = taken.at(-1)?.cursor;
  return {
    items: taken.map(({ event }) => (uid === undefined ? event : withUid(event, uid))).toSorted(compareEvents),
    total,
    hasMore,
    ...(last === undefined ? {} : { nextCursor: last }),
  };
}

/** Spans don't know their query's UID. */
function withUid(event: ArkEvent, uid: string): ArkEvent {
  return { ...event, data: { ...event.data, queryId: uid } };
}

async function eventsOf(env: Bindings, caller: Caller, query: FoundQuery): Promise<CursorEvent[]> {
  const { session } = query;
  const filter = await eventFilter(env, caller, query);
  const stub = sessionAt(env, caller, session);
  const events: CursorEvent[] = [];
  for await (const { generation, entries } of walkLog(stub, { view: "session" })) {
    for (const entry of entries) {
      for (const one of await eventsIn(stub, entry, session, filter)) {
        events.push({ ...one, cursor: cursorInGeneration(generation, entry.revision, one.index) });
      }
    }
  }
  return events;
}
