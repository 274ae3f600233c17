import type { Bindings } from "../../config.ts";
import type { ArkEvent } from "../../logs/ark-events/ark-event.ts";
import { sessionAt } from "../../place.ts";
import { PAGE_BYTES } from "../../session/contract/log-page.ts";
import type { LogPage } from "../../session/contract/log-page.ts";
import { cursorInLife, isOneLife } from "../cursor.ts";
import type { ItemReader } from "../follow/items.ts";
import { endOf, LogItems } from "../follow/log-items.ts";
import { compareEvents, notPosted } from "./event-order.ts";
import { findQuery } from "./find-query.ts";
import type { FoundQuery } from "./find-query.ts";
import { eventFilter, eventsIn, tellEvents } from "./session-events.ts";
import type { PlacedEvent } from "./session-events.ts";

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
  let cursor: { generation: string; revision: number } | undefined;
  for (;;) {
    const page: LogPage = await stub.read("session", cursor, PAGE_BYTES);
    if (page.state !== "present") return [];
    if (page.reset) throw new Error("the session changed its life while it was read");
    const { generation } = page;
    for (const entry of page.entries) {
      for (const placed of await eventsIn(stub, entry, session, filter)) {
        kept.push({ ...placed, cursor: cursorInLife(generation, entry.revision, placed.place) });
      }
    }
    cursor = { generation, revision: page.next };
    if (page.next >= page.head) return kept;
  }
}

export type QueryAsked = {
  readonly env: Bindings;
  readonly tenant: string;
  /** As `findQuery` takes it. */
  readonly query: string;
  /** Everything up to it was told; without one, nothing was. */
  readonly cursor: number | undefined;
};

/** A query that nobody heard of is looked for at most this often, whatever else happens. */
const SEEK_MILLIS = 500;

/** What one query's events tell, wherever they come to be: a query that nobody heard of yet is waited for. */
export class QueryItems implements ItemReader {
  readonly #asked: QueryAsked;
  #log: ItemReader | undefined;
  #sought = 0;

  private constructor(asked: QueryAsked, found: ItemReader | undefined) {
    this.#asked = asked;
    this.#log = found;
  }

  /** `from`: where to begin if no cursor says it. */
  static async open(asked: QueryAsked, from: "beginning" | "now"): Promise<QueryItems> {
    const found = await findQuery(asked.env, asked.tenant, asked.query);
    if (found === undefined) return new QueryItems(asked, undefined);
    if (asked.cursor !== undefined || from === "beginning") return new QueryItems(asked, await logOf(asked, found));
    const cursor = endOf(await sessionAt(asked.env, asked.tenant, found.session).peek("session"));
    const now = { ...asked, cursor };
    return new QueryItems(now, await logOf(now, found));
  }

  /** Where it begins, where that is known. */
  get cursor(): number | undefined {
    return this.#asked.cursor;
  }

  async read(): ReturnType<ItemReader["read"]> {
    if (this.#log === undefined) {
      const wait = this.#sought + SEEK_MILLIS - Date.now();
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, Math.min(wait, SEEK_MILLIS)));
      this.#sought = Date.now();
      const found = await findQuery(this.#asked.env, this.#asked.tenant, this.#asked.query);
      if (found === undefined) return { items: [], caughtUp: true, ended: false };
      this.#log = await logOf(this.#asked, found);
    }
    return await this.#log.read();
  }
}

async function logOf({ env, tenant, cursor }: QueryAsked, found: FoundQuery): Promise<ItemReader> {
  const { session } = found;
  const tell = tellEvents(env, tenant, await eventFilter(env, tenant, found));
  return new LogItems({ stub: sessionAt(env, tenant, session), view: "session", id: session, tell, cursor });
}
