import { Hono } from "hono";
import type { Context } from "hono";
import { directoryOf, sessionAt } from "../place.ts";
import type { RecentPage } from "../session/contract/directory.ts";
import type { LogPage } from "../session/contract/log-page.ts";
import type { AppEnv, Bindings } from "../config.ts";
import { invalid, noSuch } from "./error.ts";
import { readArkParams } from "./params.ts";
import type { ArkParams } from "./params.ts";
import { spanTexts, textStream, spanItems } from "./spans/bare-spans.ts";
import { EVERY_SESSION, NEWEST, tracePage } from "./spans/trace-page.ts";
import { watchAll, watchLog } from "./follow/watch.ts";
import { respondLive } from "../routes/stream/follower.ts";
import { resumeFrom } from "../api/resource-version.ts";
import { LogDocument } from "../routes/read/log-document.ts";
import { DATA_HEADERS, negotiate } from "../api/negotiate.ts";
import { needs } from "../auth/guard.ts";
import { methodNotAllowed } from "../routes/method-not-allowed.ts";
import { SessionSource } from "../routes/stream/session-source.ts";

/** Traces in Ark's shape, and one trace in OTLP's form too, whichever session it is bound to. Browsers are redirected to its session. */
export const traces = new Hono<AppEnv>({ strict: false });

const ONE_TRACE = "/:traceId{[0-9a-fA-F]{32}}";

traces.get("/", needs("public"), async (c, next) =>
  negotiate(c) === "page" ? c.redirect("/sessions?kind=all", 307) : await next(),
);

traces.get("/", needs("read"), async (c) => {
  const representation = negotiate(c);
  if (typeof representation === "object") return invalid(c, representation.problem);
  const read = readArkParams(c);
  if (!read.ok) return read.response;
  return representation === "stream" ? await watchAll(c, read.params, spanItems) : await listTraces(c, read.params);
});

traces.delete("/", needs("administer"), async (c) => {
  const { purged, isDone } = await purgeSessions(c.env, c.var.principal.tenant);
  const message = isDone ? "Trace data purged" : `${purged} sessions purged; ask again for the others`;
  return c.json({ status: "success", message }, isDone ? 200 : 202);
});

traces.get(ONE_TRACE, needs("public"), async (c, next) =>
  negotiate(c) === "page" ? c.redirect(`/sessions/${c.req.param("traceId").toLowerCase()}`, 307) : await next(),
);

traces.get(ONE_TRACE, needs("read"), async (c) => {
  const traceId = c.req.param("traceId").toLowerCase();
  const representation = negotiate(c);
  if (typeof representation === "object") return invalid(c, representation.problem);
  if (c.req.query("watch") === "true") {
    const read = readArkParams(c);
    return read.ok ? await watchLog(c, traceId, "trace", read.params, spanItems) : read.response;
  }
  const stub = sessionAt(c.env, c.var.principal.tenant, traceId);
  const peeked: LogPage = await stub.peek("trace");
  if (peeked.state !== "present") return noSuch(c, `Trace ${traceId}`);
  if (representation === "stream") {
    const resume = resumeFrom(c);
    return resume.ok ? respondLive(c, new SessionSource(stub, "trace", resume.from)) : resume.response;
  }
  const document = new LogDocument(stub, "trace", peeked);
  const otlp = document.stream(LogDocument.current, {
    session: peeked.session ?? traceId,
    resourceVersion: document.resourceVersion,
  });
  return new Response(textStream(bothShapes(traceId, spanTexts(stub, "trace"), otlp)), { headers: DATA_HEADERS });
});

/** Not the id of a trace. Browsers get the page that says so. */
traces.get("/:traceId", needs("public"), async (c, next) => (negotiate(c) === "page" ? c.notFound() : await next()));

traces.get("/:traceId", needs("read"), (c) => noSuch(c, `Trace ${c.req.param("traceId")}`));

traces.all("/", needs("public"), methodNotAllowed("GET", "DELETE"));
traces.all(ONE_TRACE, needs("public"), methodNotAllowed("GET"));

/** Ark's shape of a trace, then the fields of our own document. */
async function* bothShapes(
  traceId: string,
  spans: AsyncIterable<string>,
  otlp: ReadableStream<Uint8Array>,
): AsyncGenerator<string, void> {
  yield `{"traceId":"${traceId}","spans":[`;
  yield* spans;
  yield "],";
  const decoder = new TextDecoder();
  let isFirst = true;
  for await (const piece of otlp) {
    const text = decoder.decode(piece, { stream: true });
    yield isFirst ? text.slice(1) : text;
    isFirst = false;
  }
}

async function listTraces(c: Context<AppEnv>, params: ArkParams): Promise<Response> {
  const {
    env,
    var: {
      principal: { tenant },
    },
  } = c;
  const { traceIds, total, next } = await tracePage(env, tenant, params);
  const items = async function* (): AsyncGenerator<string, void> {
    yield '{"items":[';
    let count = 0;
    for (const traceId of traceIds) {
      yield `${count++ === 0 ? "" : ","}{"traceId":"${traceId}","spans":[`;
      yield* spanTexts(sessionAt(env, tenant, traceId), "trace");
      yield "]}";
    }
    const tail = { total, hasMore: next !== undefined, ...(next === undefined ? {} : { nextCursor: next }) };
    yield `],${JSON.stringify(tail).slice(1)}`;
  };
  return new Response(textStream(items()), { headers: DATA_HEADERS });
}

/** Sessions deleted at the same time, and by one request, which may make 10,000 calls. */
const AT_ONCE = 32;
const MOST = 4_000;

/** Deletes whole sessions, the last changed first. Answers how many, and whether none is left. */
async function purgeSessions(
  env: Bindings,
  tenant: string,
): Promise<{ readonly purged: number; readonly isDone: boolean }> {
  let purged = 0;
  let before: number | undefined = NEWEST;
  while (before !== undefined && purged < MOST) {
    const page: RecentPage = await directoryOf(env, tenant).recent(before, AT_ONCE, EVERY_SESSION);
    await Promise.all(
      page.sessions.map(async ({ summary }) => {
        const { id } = JSON.parse(summary) as { id: string };
        await sessionAt(env, tenant, id).deleteSession();
      }),
    );
    purged += page.sessions.length;
    before = page.next;
  }
  return { purged, isDone: before === undefined };
}
