import type { Bindings } from "../../config.ts";
import { sessionAt } from "../../place.ts";
import type { Caller } from "../../place.ts";
import { cursorInGeneration } from "../cursor.ts";
import { QUERY_NAME } from "../../otel/semconv/ark.ts";
import type { QuerySummary, SessionSummary } from "../../session/summary.ts";
import type { LogPage } from "../../session/contract/log-page.ts";
import { timesOf } from "./broker-list.ts";
import type { ReadItems } from "../follow/items.ts";
import { spanTexts, currentSpans, itemIndexOf } from "./bare-spans.ts";
import type { BareSpan } from "../schemas.ts";

type Present = Extract<LogPage, { state: "present" }>;

/** A session as Ark's first broker answered it: `queries` by name. Written while its traces are read. */
export async function* brokerSession(
  env: Bindings,
  caller: Caller,
  { generation, head, queries = [] }: Present,
  summary: SessionSummary,
): AsyncGenerator<string, void> {
  const resourceVersion = cursorInGeneration(generation, head, Number.MAX_SAFE_INTEGER);
  yield `${JSON.stringify({ resourceVersion, id: summary.id, ...timesOf(summary) }).slice(0, -1)},"queries":{`;
  let first = true;
  for (const [name, query] of byName(queries)) {
    yield `${first ? "" : ","}${JSON.stringify(name)}:{"traceId":"${query.traceId}","spans":[`;
    first = false;
    const isOwn = ownSpans(queries, query);
    yield* spanTexts(sessionAt(env, caller, query.traceId), "trace", isOwn);
    yield "]}";
  }
  yield "}}";
}

/** Among several runs of one name the last keeps the name; the others get their key behind it. */
function byName(queries: readonly QuerySummary[]): Map<string, QuerySummary> {
  const last = new Map(queries.map((query) => [query.name, query]));
  return new Map(
    queries.map((query) => [last.get(query.name) === query ? query.name : `${query.name}@${query.key}`, query]),
  );
}

/** The spans that name the query. Spans without a name belong to the first query of their trace. */
function ownSpans(queries: readonly QuerySummary[], query: QuerySummary): (span: BareSpan) => boolean {
  const isFirst = queries.find(({ traceId }) => traceId === query.traceId) === query;
  return (span) => {
    const name = queryNameIn(span);
    return name === undefined ? isFirst : name === query.name;
  };
}

function queryNameIn({ attributes }: BareSpan): string | undefined {
  return attributes.find(({ key }) => key === QUERY_NAME)?.value?.stringValue;
}

/** The items of the first broker's stream: each span with its session and the name of its query. */
export const sessionSpanItems: ReadItems = async (stub, entry, session) => {
  const spans = await currentSpans(stub, entry);
  const isNamed = spans.every(({ span }) => queryNameIn(span) !== undefined);
  const page: LogPage | undefined = isNamed ? undefined : await stub.peek("session", "queries");
  const queries = page?.state === "present" ? (page.queries ?? []) : [];
  return spans.map(({ position, span }) => {
    const queryName = queryNameIn(span) ?? queries.find(({ traceId }) => traceId === span.traceId)?.name ?? "";
    return { index: itemIndexOf(position), data: { sessionId: session, queryName, span } };
  });
};
