import { sessionIdIn } from "../../place.ts";
import type { Caller } from "../../place.ts";
import type { Bindings } from "../../config.ts";
import { Lru } from "../../lib/lru.ts";
import type { ArkEvent } from "./posted-event.ts";
import { queryKey, runKey } from "../feed/contract.ts";
import { feedOf } from "../feed/feed-of.ts";
import { derivedEvents } from "./derived-events.ts";
import type { Purges } from "../feed/contract.ts";
import { arkEventOf } from "./event-record.ts";
import type { ResourceSpans } from "../../otel/span.ts";
import type { ChunkEntry, LogEntry } from "../../session/contract/log-page.ts";
import { restoreLogValues } from "../../otlp/restore-values.ts";
import { LogChunk } from "../../routes/read/log-chunks.ts";
import { wholeValues } from "../../session/whole-values.ts";
import type { SessionLog, ReadItems } from "../follow/items.ts";
import { itemIndexOf } from "../spans/bare-spans.ts";

/** An event and its index in its revision. */
export type IndexedEvent = {
  readonly index: number;
  readonly event: ArkEvent;
  readonly traceId: string;
  /** Posted by Ark, or derived from a span. */
  readonly by: "post" | "span";
};

/** `<namespace>/<name>` of the event's query. */
export function queryNameOf({ data }: ArkEvent): string {
  return `${data.queryNamespace}/${data.queryName}`;
}

/** Selects events. */
export type EventFilter = {
  readonly isOf: (event: IndexedEvent) => boolean;
  /** Events received until then are purged, Unix milliseconds. */
  readonly purged: number;
  /** The same for queries that were purged one by one, by key. */
  readonly purges: ReadonlyMap<string, number>;
};

/** Selects the events of one query, or of all. */
export async function eventFilter(
  env: Bindings,
  caller: Caller,
  query?: { readonly session: string; readonly key: string; readonly isOf: EventFilter["isOf"] },
): Promise<EventFilter> {
  const { all, queries }: Purges = await feedOf(env, caller).purges(query?.session);
  const purges = new Map(queries.map(({ key, at }) => [key, at]));
  const ofQuery = query === undefined ? undefined : purges.get(query.key);
  return { isOf: query?.isOf ?? (() => true), purged: Math.max(all, ofQuery ?? 0), purges };
}

/** The events of a revision: those that were posted, and those derived from its spans, each once in a log. */
export async function eventsIn(
  stub: SessionLog,
  entry: LogEntry,
  session: string,
  { isOf, purged, purges }: EventFilter,
): Promise<readonly IndexedEvent[]> {
  if (entry.kind === "gone" || entry.received <= purged) return [];
  const events = entry.kind === "logs" ? await postedIn(stub, entry) : derivedIn(entry, session);
  return events.filter((event) => isOf(event) && entry.received > purgedOf(event, purges));
}

function purgedOf({ event, traceId, by }: IndexedEvent, purges: EventFilter["purges"]): number {
  if (purges.size === 0) return 0;
  // The owner of a trace may send it before the session that it names holds its replica.
  const replica = sessionIdIn(event.data.sessionId);
  const name = queryNameOf(event);
  const keys = [queryKey(replica, name), queryKey(replica, traceId)];
  if (by === "post") keys.push(runKey(replica, name, event.data.queryId));
  return Math.max(...keys.map((key) => purges.get(key) ?? 0));
}

async function postedIn(stub: SessionLog, entry: ChunkEntry): Promise<IndexedEvent[]> {
  const { records } = new LogChunk(entry);
  const positions = records.records().map((_, position) => position);
  const given = records.pick(positions);
  const whole = entry.hashes.length === 0 ? given : restoreLogValues(given, await wholeValues(stub, entry.hashes));
  const all = whole.flatMap(({ scopeLogs = [] }) => scopeLogs.flatMap(({ logRecords = [] }) => logRecords));
  return all.flatMap((record, position): IndexedEvent[] => {
    const event = arkEventOf(record);
    return event === undefined ? [] : [{ index: itemIndexOf(position), event, traceId: entry.traceId, by: "post" }];
  });
}

/**
 * The events that a live follower got, whatever arrived later: a running span gives the start, and the version that supersedes it
 * gives the end.
 */
function derivedIn(entry: ChunkEntry, session: string): IndexedEvent[] {
  const { spans } = new LogChunk(entry);
  const superseded = new Set(entry.supersededOnArrival);
  const continued = new Map(entry.continued?.map(({ position, ran }) => [position, ran]));
  const positions = Array.from({ length: spans.length }, (_, position) => position).filter(
    (position) => !superseded.has(position) && continued.get(position) !== false,
  );
  const events: IndexedEvent[] = [];
  let at = 0;
  for (const inScope of spansInScope(spans.pick(positions))) {
    const position = positions[at++] ?? 0;
    const { start, end } = derivedEvents(inScope, session);
    const source = { traceId: entry.traceId, by: "span" } as const;
    const place = itemIndexOf(position);
    if (start !== undefined && !continued.has(position)) events.push({ ...source, index: place - 1, event: start });
    if (end !== undefined) events.push({ ...source, index: place, event: end });
  }
  return events;
}

function* spansInScope(resourceSpans: readonly ResourceSpans[]) {
  for (const { resource, scopeSpans = [] } of resourceSpans) {
    for (const { scope, spans = [] } of scopeSpans) {
      for (const span of spans)
        yield { span, ...(resource === undefined ? {} : { resource }), ...(scope === undefined ? {} : { scope }) };
    }
  }
}

/**
 * Events in order of arrival. A query with posted events gives these alone: an event that a span could give may still be
 * on its way.
 */
export function eventItems(env: Bindings, caller: Caller, filter: EventFilter): ReadItems {
  const posted = new PostedQueries(env, caller);
  return async (stub, entry, session) => {
    const events = await eventsIn(stub, entry, session, filter);
    const items = [];
    for (const { index, by, event } of events) {
      if (by === "span" && (await posted.has(session, queryNameOf(event), entry.revision))) continue;
      items.push({ index, data: event });
    }
    return items;
  };
}

/** Sessions whose posted queries are cached. */
const CACHED_SESSIONS = 1_000;

/** The queries with posted events. Read again at each revision that needs it, until the query has one. */
class PostedQueries {
  readonly #env: Bindings;
  readonly #caller: Caller;
  readonly #names = new Lru<string, { readonly revision: number; readonly names: ReadonlySet<string> }>(
    CACHED_SESSIONS,
  );

  constructor(env: Bindings, caller: Caller) {
    this.#env = env;
    this.#caller = caller;
  }

  async has(session: string, name: string, revision: number): Promise<boolean> {
    const known = this.#names.get(session);
    if (known?.names.has(name) === true) return true;
    if (known?.revision === revision) return false;
    const names: string[] = await feedOf(this.#env, this.#caller).postedQueries(session);
    this.#names.set(session, { revision, names: new Set(names) });
    return names.includes(name);
  }
}
