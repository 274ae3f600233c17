import { sessionAt } from "../../../place.ts";
import type { Bindings } from "../../../bindings.ts";
import type { ArkEvent } from "../../../trace/ark/ark-event.ts";
import { cursorInLife, isOneLife } from "../../../trace/ark/cursor.ts";
import { compareEvents, notPosted } from "../../../trace/ark/event-order.ts";
import type { LogPage } from "../../../trace/watch.ts";
import { PAGE_BYTES } from "../../stream/session-source.ts";
import type { FoundQuery } from "./find-query.ts";
import { eventFilter, eventsIn } from "./tell-events.ts";
import type { PlacedEvent } from "./tell-events.ts";

export type EventPage = {
  readonly items: readonly ArkEvent[];
  readonly total: number;
  readonly hasMore: boolean;
  readonly nextCursor?: number;
};

type Kept = PlacedEvent & { readonly cursor: number };

/**
 * A page of a query's events: as they came to the log, which keeps cursors good for ever, and within a page by time. Posted ones
 * first of all, and those that only spans tell.
 */
export async function queryEvents(
  env: Bindings,
  tenant: string,
  query: FoundQuery,
  { limit, cursor }: { readonly limit: number; readonly cursor: number | undefined },
): Promise<EventPage> {
  const all = await eventsOf(env, tenant, query);
  const posted = all.filter(({ by }) => by === "post");
  const derived = notPosted(
    all.filter(({ by }) => by === "span"),
    posted.map(({ event }) => event),
  );
  const merged = [...posted, ...derived].toSorted((a, b) => a.cursor - b.cursor);
  return pageOf(
    merged.filter((kept) => kept.cursor > behind(cursor, all)),
    limit,
    merged.length,
    query.uid,
  );
}

/** A cursor of another life of the log is before its beginning. */
function behind(cursor: number | undefined, [first]: readonly Kept[]): number {
  return cursor !== undefined && first !== undefined && isOneLife(cursor, first.cursor) ? cursor : -1;
}

/** `left`: what stands behind the cursor. */
export function pageOf(
  left: readonly { readonly event: ArkEvent; readonly cursor: number }[],
  limit: number,
  total: number,
  uid?: string,
): EventPage {
  const shown = left.slice(0, limit);
  const hasMore = left.length > shown.length;
  const last = shown.at(-1)?.cursor;
  return {
    items: shown.map(({ event }) => (uid === undefined ? event : named(event, uid))).toSorted(compareEvents),
    total,
    hasMore,
    ...(last === undefined ? {} : { nextCursor: last }),
  };
}

/** Spans don't know their query's UID. */
function named(event: ArkEvent, uid: string): ArkEvent {
  return { ...event, data: { ...event.data, queryId: uid } };
}

async function eventsOf(env: Bindings, tenant: string, query: FoundQuery): Promise<Kept[]> {
  const { session } = query;
  const filter = await eventFilter(env, tenant, query);
  const stub = sessionAt(env, tenant, session);
  const kept: Kept[] = [];
  let cursor: { incarnation: string; revision: number } | undefined;
  for (;;) {
    const page: LogPage = await stub.read("session", cursor, PAGE_BYTES);
    if (page.state !== "present") return [];
    if (page.reset) throw new Error("the session changed its life while it was read");
    const { incarnation } = page;
    for (const entry of page.entries) {
      for (const placed of await eventsIn(stub, entry, session, filter)) {
        kept.push({ ...placed, cursor: cursorInLife(incarnation, entry.revision, placed.place) });
      }
    }
    cursor = { incarnation, revision: page.next };
    if (page.next >= page.head) return kept;
  }
}
