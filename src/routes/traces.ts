import { Hono } from "hono";
import type { Context } from "hono";
import { directoryOf, sessionAt, sessionIdIn } from "../place.ts";

import { feedCursor } from "./ark/feed-cursor.ts";
import type { LogPage } from "../trace/watch.ts";
import type { AppEnv } from "./app-env.ts";
import { invalid, noSuch, permitArk } from "./ark/ark-error.ts";
import { readArkQuery } from "./ark/ark-query.ts";
import type { ArkQuery } from "./ark/ark-query.ts";
import { FeedReader } from "./ark/feed-reader.ts";
import { followDirectory, followObject, respondStream } from "./ark/item-source.ts";
import { endOf, LogItems } from "./ark/log-items.ts";
import { purgeSessions } from "./ark/purge.ts";
import { separated, spanTexts, textStream } from "./ark/span-text.ts";
import { tellSpans } from "./ark/tell-spans.ts";
import { tracePage } from "./ark/trace-page.ts";
import { respondLive, resumeFrom } from "./stream/live.ts";
import { LogReader } from "./read/log-reader.ts";
import { DATA_HEADERS, negotiate } from "./negotiate.ts";
import { methodNotAllowed } from "./method-not-allowed.ts";
import { SessionSource } from "./stream/session-source.ts";

/** Traces as Ark's clients read them, and one trace in OTLP's form too: wherever it is bound. A person is led to its session. */
export const traces = new Hono<AppEnv>({ strict: false });

const ONE_TRACE = "/:traceId{[0-9a-fA-F]{32}}";

traces.get("/", async (c) => {
  const representation = negotiate(c);
  if (typeof representation === "object") return invalid(c, representation.problem);
  if (representation === "page") return c.redirect("/sessions?kind=all", 307);
  const refused = permitArk(c, "read");
  if (refused !== undefined) return refused;
  const read = readArkQuery(c);
  if (!read.ok) return read.response;
  return representation === "stream" ? await watchTraces(c, read.query) : await listTraces(c, read.query);
});

traces.delete("/", async (c) => {
  const refused = permitArk(c, "administer");
  if (refused !== undefined) return refused;
  const { purged, isDone } = await purgeSessions(c.env, c.var.tenant);
  const message = isDone ? "Trace data purged" : `${purged} sessions purged; ask again for the others`;
  return c.json({ status: "success", message }, isDone ? 200 : 202);
});

traces.get(ONE_TRACE, async (c) => {
  const traceId = c.req.param("traceId").toLowerCase();
  const representation = negotiate(c);
  if (typeof representation === "object") return invalid(c, representation.problem);
  if (representation === "page") return c.redirect(`/sessions/${traceId}`, 307);
  const refused = permitArk(c, "read");
  if (refused !== undefined) return refused;
  if (c.req.query("watch") === "true") return await watchTrace(c, traceId);
  const stub = sessionAt(c.env, c.var.tenant, traceId);
  const peeked: LogPage = await stub.peek("trace");
  if (peeked.state !== "present") return noSuch(c, `Trace ${traceId}`);
  if (representation === "stream") {
    const resume = resumeFrom(c);
    return resume.ok ? respondLive(c, new SessionSource(stub, "trace", resume.from)) : resume.response;
  }
  const reader = new LogReader(stub, "trace", peeked);
  const otlp = reader.document(LogReader.current, {
    session: peeked.session ?? traceId,
    resourceVersion: reader.resourceVersion,
  });
  return new Response(textStream(bothShapes(traceId, spanTexts(stub, "trace"), otlp)), { headers: DATA_HEADERS });
});

traces.all("/", methodNotAllowed("GET", "DELETE"));
traces.all(ONE_TRACE, methodNotAllowed("GET"));

/** Ark's shape of a trace, then what our own document of it holds. */
async function* bothShapes(
  traceId: string,
  spans: AsyncIterable<string>,
  otlp: ReadableStream<Uint8Array>,
): AsyncGenerator<string, void> {
  yield `{"traceId":"${traceId}","spans":[`;
  yield* separated(spans);
  yield "],";
  const decoder = new TextDecoder();
  let isFirst = true;
  for await (const piece of otlp) {
    const text = decoder.decode(piece, { stream: true });
    yield isFirst ? text.slice(1) : text;
    isFirst = false;
  }
}

async function listTraces(c: Context<AppEnv>, query: ArkQuery): Promise<Response> {
  const {
    env,
    var: { tenant },
  } = c;
  const { traceIds, total, next } = await tracePage(env, tenant, query);
  const items = async function* (): AsyncGenerator<string, void> {
    yield '{"items":[';
    let count = 0;
    for (const traceId of traceIds) {
      yield `${count++ === 0 ? "" : ","}{"traceId":"${traceId}","spans":[`;
      yield* separated(spanTexts(sessionAt(env, tenant, traceId), "trace"));
      yield "]}";
    }
    const tail = { total, hasMore: next !== undefined, ...(next === undefined ? {} : { nextCursor: next }) };
    yield `],${JSON.stringify(tail).slice(1)}`;
  };
  return new Response(textStream(items()), { headers: DATA_HEADERS });
}

async function watchTraces(c: Context<AppEnv>, query: ArkQuery): Promise<Response> {
  const {
    env,
    var: { tenant },
  } = c;
  const directory = directoryOf(env, tenant);
  const session = query.session === undefined ? undefined : sessionIdIn(query.session);
  const cursor = await feedCursor(directory, query);
  const items = new FeedReader({ env, tenant, tell: tellSpans, cursor, session });
  return respondStream(followDirectory(directory, items, { session }), c.req.raw.signal);
}

async function watchTrace(c: Context<AppEnv>, traceId: string): Promise<Response> {
  const read = readArkQuery(c);
  if (!read.ok) return read.response;
  const { cursor, fromBeginning } = read.query;
  const stub = sessionAt(c.env, c.var.tenant, traceId);
  const from = fromBeginning && cursor === undefined ? undefined : (cursor ?? endOf(await stub.peek("trace")));
  const items = new LogItems({ stub, view: "trace", id: traceId, tell: tellSpans, cursor: from });
  return respondStream(followObject(stub, "trace", items), c.req.raw.signal);
}
