import type { Bindings } from "../../config.ts";
import { directoryOf, sessionAt } from "../../place.ts";
import type { Caller } from "../../place.ts";
import type { ListPage } from "../../session/contract/directory.ts";
import { queryKey, runKey } from "../feed/contract.ts";
import { feedOf } from "../feed/feed-of.ts";
import { nameToken, searchPhrases } from "../../session/list/search-text.ts";
import type { LogPage } from "../../session/contract/log-page.ts";
import { queryNameOf } from "./session-events.ts";
import type { IndexedEvent } from "./session-events.ts";
import { EVERY_SESSION } from "../spans/trace-page.ts";

/** The session of a query, and which of the session's events are the query's. */
export type FoundQuery = {
  /** The id of the session. */
  readonly session: string;
  readonly isOf: (indexed: IndexedEvent) => boolean;
  /** The UID in its posted events. */
  readonly uid?: string;
  /** The key of its purge. */
  readonly key: string;
};

/** Sessions with a query of the name that are searched, the last active first. */
const SESSIONS = 20;
const TRACE = /^([0-9a-f]{32})(?::([0-9a-f]{16}))?$/;

/**
 * Finds a query by the UID of its posted events; by `<namespace>/<name>` or its name, in the session that was active last; by the
 * key of a `QuerySummary`; or by its trace.
 */
export async function findQuery(env: Bindings, caller: Caller, text: string): Promise<FoundQuery | undefined> {
  const [posted]: { session: string; name: string }[] = await feedOf(env, caller).queriesOf(text);
  if (posted !== undefined) {
    const { session, name } = posted;
    const isOf = ({ by, event }: IndexedEvent) =>
      by === "post" ? event.data.queryId === text : queryNameOf(event) === name;
    return { session, isOf, uid: text, key: runKey(session, name, text) };
  }
  const [, traceId, spanId] = TRACE.exec(text) ?? [];
  return traceId === undefined ? await byName(env, caller, text) : await byTrace(env, caller, traceId, spanId);
}

async function byTrace(
  env: Bindings,
  caller: Caller,
  traceId: string,
  spanId: string | undefined,
): Promise<FoundQuery | undefined> {
  const owner: LogPage = await sessionAt(env, caller, traceId).peek("trace");
  if (owner.state !== "present") return undefined;
  const session = owner.session ?? traceId;
  if (spanId === undefined)
    return { session, isOf: (indexed) => indexed.traceId === traceId, key: queryKey(session, traceId) };
  const page: LogPage = await sessionAt(env, caller, session).peek("session", "queries");
  const queries = page.state === "present" ? (page.queries ?? []) : [];
  const query = queries.find(({ key }) => key === `${traceId}:${spanId}`);
  if (query === undefined) return undefined;
  const { name, namespace = "" } = query;
  const isNamed = (indexed: IndexedEvent) => queryNameOf(indexed.event) === `${namespace}/${name}`;
  return {
    session,
    isOf: (indexed) => indexed.traceId === traceId && isNamed(indexed),
    key: queryKey(session, `${namespace}/${name}`),
  };
}

async function byName(env: Bindings, caller: Caller, text: string): Promise<FoundQuery | undefined> {
  const slash = text.indexOf("/");
  const [namespace, name] = slash < 0 ? [undefined, text] : [text.slice(0, slash), text.slice(slash + 1)];
  const names = namespace === undefined || namespace === "" ? [] : [nameToken("namespace", namespace)];
  const filter = { ...EVERY_SESSION, names, phrases: searchPhrases(name) };
  if (filter.phrases.length === 0) return undefined;
  const page: ListPage = await directoryOf(env, caller).list({
    filter,
    sort: "activity",
    order: "desc",
    limit: SESSIONS,
  });
  for (const summary of page.sessions) {
    const { id } = JSON.parse(summary) as { id: string };
    const peeked: LogPage = await sessionAt(env, caller, id).peek("session", "queries");
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
