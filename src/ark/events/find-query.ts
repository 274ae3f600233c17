import type { Bindings } from "../../config.ts";
import { directoryOf, sessionAt } from "../../place.ts";
import type { ListPage } from "../../session/contract/directory.ts";
import { queryKey, runKey } from "../../session/contract/directory.ts";
import { nameToken, searchPhrases } from "../../session/list/search-text.ts";
import type { LogPage } from "../../session/contract/log-page.ts";
import { queryNameOf } from "./session-events.ts";
import type { PlacedEvent } from "./session-events.ts";
import { EVERY_SESSION } from "../spans/trace-page.ts";

/** Where a query's events are, and which of the session's they are. */
export type FoundQuery = {
  /** The id of the session. */
  readonly session: string;
  readonly isOf: (placed: PlacedEvent) => boolean;
  /** What its events call it, where they were posted. */
  readonly uid?: string;
  /** What its purge is noted under. */
  readonly key: string;
};

/** Of sessions that have a query of the name, the last active are looked at. */
const SESSIONS = 20;
const TRACE = /^([0-9a-f]{32})(?::([0-9a-f]{16}))?$/;

/**
 * A query by the UID that its events name; by `<namespace>/<name>` or its name, of the session that was active last; by the
 * key of our own summaries; or by the trace that it is the only query of.
 */
export async function findQuery(env: Bindings, tenant: string, asked: string): Promise<FoundQuery | undefined> {
  const [posted]: { session: string; name: string }[] = await directoryOf(env, tenant).queriesOf(asked);
  if (posted !== undefined) {
    const { session, name } = posted;
    const isOf = ({ by, event }: PlacedEvent) =>
      by === "post" ? event.data["queryId"] === asked : queryNameOf(event) === name;
    return { session, isOf, uid: asked, key: runKey(session, name, asked) };
  }
  const [, traceId, spanId] = TRACE.exec(asked) ?? [];
  return traceId === undefined ? await byName(env, tenant, asked) : await byTrace(env, tenant, traceId, spanId);
}

async function byTrace(
  env: Bindings,
  tenant: string,
  traceId: string,
  spanId: string | undefined,
): Promise<FoundQuery | undefined> {
  const home: LogPage = await sessionAt(env, tenant, traceId).peek("trace");
  if (home.state !== "present") return undefined;
  const session = home.session ?? traceId;
  if (spanId === undefined)
    return { session, isOf: (placed) => placed.traceId === traceId, key: queryKey(session, traceId) };
  const page: LogPage = await sessionAt(env, tenant, session).peek("session", "queries");
  const queries = page.state === "present" ? (page.queries ?? []) : [];
  const query = queries.find(({ key }) => key === `${traceId}:${spanId}`);
  if (query === undefined) return undefined;
  const { name, namespace = "" } = query;
  const isNamed = (placed: PlacedEvent) => queryNameOf(placed.event) === `${namespace}/${name}`;
  return {
    session,
    isOf: (placed) => placed.traceId === traceId && isNamed(placed),
    key: queryKey(session, `${namespace}/${name}`),
  };
}

async function byName(env: Bindings, tenant: string, asked: string): Promise<FoundQuery | undefined> {
  const slash = asked.indexOf("/");
  const [namespace, name] = slash < 0 ? [undefined, asked] : [asked.slice(0, slash), asked.slice(slash + 1)];
  const names = namespace === undefined || namespace === "" ? [] : [nameToken("namespace", namespace)];
  const filter = { ...EVERY_SESSION, names, phrases: searchPhrases(name) };
  if (filter.phrases.length === 0) return undefined;
  const page: ListPage = await directoryOf(env, tenant).list({
    filter,
    sort: "activity",
    order: "desc",
    limit: SESSIONS,
  });
  for (const summary of page.sessions) {
    const { id } = JSON.parse(summary) as { id: string };
    const peeked: LogPage = await sessionAt(env, tenant, id).peek("session", "queries");
    const queries = peeked.state === "present" ? (peeked.queries ?? []) : [];
    const found = queries.find(
      (query) => query.name === name && (namespace ?? query.namespace ?? "") === (query.namespace ?? ""),
    );
    if (found === undefined) continue;
    const whole = `${found.namespace ?? ""}/${name}`;
    return { session: id, isOf: ({ event }) => queryNameOf(event) === whole, key: queryKey(id, whole) };
  }
  return undefined;
}
