import { directoryOf, sessionIdIn } from "../../place.ts";
import type { Bindings } from "../../config.ts";
import type { ArkEvent } from "../../logs/ark-events/ark-event.ts";
import { queryKey, runKey } from "../../session/contract/directory.ts";
import { derivedEvents } from "./derived-events.ts";
import type { Purges } from "../../session/contract/directory.ts";
import { arkEventOf } from "../../logs/ark-events/ark-event-record.ts";
import type { ResourceSpans } from "../../otel/span.ts";
import type { ChunkEntry, LogEntry } from "../../session/contract/log-page.ts";
import { restoreLogValues } from "../../otlp/restore-values.ts";
import { LogChunk, wholeValues } from "../../routes/read/log-chunks.ts";
import type { SessionStub, Tell } from "../follow/items.ts";
import { placeOfSpan } from "../spans/span-text.ts";

/** An event and where it stands in its revision. */
export type PlacedEvent = {
  readonly place: number;
  readonly event: ArkEvent;
  readonly traceId: string;
  /** By Ark, or made of a span. */
  readonly by: "post" | "span";
};

/** `<namespace>/<name>` of the query that an event is of. */
export function queryNameOf({ data }: ArkEvent): string {
  return `${data["queryNamespace"] ?? ""}/${data["queryName"] ?? ""}`;
}

/** Which events are told. */
export type EventFilter = {
  readonly isOf: (placed: PlacedEvent) => boolean;
  /** What was received until then was purged, Unix milliseconds. */
  readonly purged: number;
  /** The same of queries that were purged by themselves, by key. */
  readonly purges: ReadonlyMap<string, number>;
};

/** What is told of one query, or of all. */
export async function eventFilter(
  env: Bindings,
  tenant: string,
  query?: { readonly session: string; readonly key: string; readonly isOf: EventFilter["isOf"] },
): Promise<EventFilter> {
  const { all, queries }: Purges = await directoryOf(env, tenant).purges(query?.session);
  const purges = new Map(queries.map(({ key, at }) => [key, at]));
  const ofQuery = query === undefined ? undefined : purges.get(query.key);
  return { isOf: query?.isOf ?? (() => true), purged: Math.max(all, ofQuery ?? 0), purges };
}

/** The events that a revision tells: those that were posted, and those that its spans stand for, each once in a log. */
export async function eventsIn(
  stub: SessionStub,
  entry: LogEntry,
  session: string,
  { isOf, purged, purges }: EventFilter,
): Promise<readonly PlacedEvent[]> {
  if (entry.kind === "gone" || entry.received <= purged) return [];
  const events = entry.kind === "logs" ? await postedIn(stub, entry) : derivedIn(entry, session);
  return events.filter((placed) => isOf(placed) && entry.received > purgedOf(placed, session, purges));
}

function purgedOf({ event, traceId, by }: PlacedEvent, session: string, purges: EventFilter["purges"]): number {
  if (purges.size === 0) return 0;
  // A trace may be told by its home, before the session that it names shows it.
  const shown = sessionIdIn(event.data["sessionId"] ?? session);
  const name = queryNameOf(event);
  const keys = [queryKey(shown, name), queryKey(shown, traceId)];
  if (by === "post") keys.push(runKey(shown, name, event.data["queryId"] ?? ""));
  return Math.max(...keys.map((key) => purges.get(key) ?? 0));
}

async function postedIn(stub: SessionStub, entry: ChunkEntry): Promise<PlacedEvent[]> {
  const { records } = new LogChunk(entry);
  const positions = records.records().map((_, position) => position);
  const given = records.pick(positions);
  const whole = entry.hashes.length === 0 ? given : restoreLogValues(given, await wholeValues(stub, entry.hashes));
  const all = whole.flatMap(({ scopeLogs = [] }) => scopeLogs.flatMap(({ logRecords = [] }) => logRecords));
  return all.flatMap((record, position): PlacedEvent[] => {
    const event = arkEventOf(record);
    return event === undefined ? [] : [{ place: placeOfSpan(position), event, traceId: entry.traceId, by: "post" }];
  });
}

/**
 * A log is told as who followed it heard it, whatever came later: a span that was known to run was told to begin, and what replaced
 * it tells the end.
 */
function derivedIn(entry: ChunkEntry, session: string): PlacedEvent[] {
  const { spans } = new LogChunk(entry);
  const beaten = new Set(entry.supersededOnArrival);
  const continued = new Map(entry.continued?.map(({ position, ran }) => [position, ran]));
  const positions = Array.from({ length: spans.length }, (_, position) => position).filter(
    (position) => !beaten.has(position) && continued.get(position) !== false,
  );
  const events: PlacedEvent[] = [];
  let at = 0;
  for (const told of each(spans.pick(positions))) {
    const position = positions[at++] ?? 0;
    const { start, end } = derivedEvents(told, session);
    const about = { traceId: entry.traceId, by: "span" } as const;
    const place = placeOfSpan(position);
    if (start !== undefined && !continued.has(position)) events.push({ ...about, place: place - 1, event: start });
    if (end !== undefined) events.push({ ...about, place, event: end });
  }
  return events;
}

function* each(resourceSpans: readonly ResourceSpans[]) {
  for (const { resource, scopeSpans = [] } of resourceSpans) {
    for (const { scope, spans = [] } of scopeSpans) {
      for (const span of spans)
        yield { span, ...(resource === undefined ? {} : { resource }), ...(scope === undefined ? {} : { scope }) };
    }
  }
}

/**
 * Events as they come: of a query whose events are posted the posted ones alone, as nobody knows of a span whether its event is
 * on its way.
 */
export function tellEvents(env: Bindings, tenant: string, filter: EventFilter): Tell {
  const posted = new PostedQueries(env, tenant);
  return async (stub, entry, session) => {
    const events = await eventsIn(stub, entry, session, filter);
    const told = [];
    for (const placed of events) {
      if (placed.by === "span" && (await posted.has(session, queryNameOf(placed.event), entry.revision))) continue;
      told.push({ place: placed.place, data: placed.event });
    }
    return told;
  };
}

/** Sessions that are kept in mind. */
const KEPT_SESSIONS = 1_000;

/** Which queries have events posted: asked once for each revision that may need it, as long as they have none. */
class PostedQueries {
  readonly #env: Bindings;
  readonly #tenant: string;
  readonly #names = new Map<string, { readonly asked: number; readonly names: ReadonlySet<string> }>();

  constructor(env: Bindings, tenant: string) {
    this.#env = env;
    this.#tenant = tenant;
  }

  async has(session: string, name: string, revision: number): Promise<boolean> {
    const known = this.#names.get(session);
    if (known?.names.has(name) === true) return true;
    if (known?.asked === revision) return false;
    const names: string[] = await directoryOf(this.#env, this.#tenant).postedTo(session);
    this.#names.set(session, { asked: revision, names: new Set(names) });
    for (const oldest of this.#names.keys()) {
      if (this.#names.size <= KEPT_SESSIONS) break;
      this.#names.delete(oldest);
    }
    return names.includes(name);
  }
}
