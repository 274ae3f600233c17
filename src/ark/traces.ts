import { Hono } from "hono";
import type { Context } from "hono";
import { callerOf, directoryOf, sessionAt } from "../place.ts";
import type { Caller } from "../place.ts";
import type { RecentPage } from "../session/contract/directory.ts";
import type { LogPage } from "../session/contract/log-page.ts";
import type { AppEnv, Bindings } from "../config.ts";
import { noSuch } from "./error.ts";
import type { SessionLog } from "./follow/items.ts";
import { readRequest } from "./params.ts";
import type { ArkParams } from "./params.ts";
import { spanTexts, textStream, spanItems } from "./spans/bare-spans.ts";
import { EVERY_SESSION, NEWEST, tracePage } from "./spans/trace-page.ts";
import { watchAll, watchLog } from "./follow/watch.ts";
import { DATA_HEADERS } from "../api/negotiate.ts";
import { needs } from "../auth/guard.ts";
import { methodNotAllowed } from "../routes/method-not-allowed.ts";

/** Traces in Ark's shape, whichever session they are bound to. */
export const traces = new Hono<AppEnv>({ strict: false });

const ONE_TRACE = "/:traceId{[0-9a-fA-F]{32}}";

traces.get("/", needs("read"), async (c) => {
  const read = readRequest(c);
  if (read instanceof Response) return read;
  return read.isStream ? await watchAll(c, read.params, spanItems) : await listTraces(c, read.params);
});

traces.delete("/", needs("administer"), async (c) => {
  const { purged, isDone } = await purgeSessions(c.env, callerOf(c));
  const message = isDone ? "Trace data purged" : `${purged} sessions purged; ask again for the others`;
  return c.json({ status: "success", message }, isDone ? 200 : 202);
});

traces.get(ONE_TRACE, needs("read"), async (c) => {
  const traceId = c.req.param("traceId").toLowerCase();
  const read = readRequest(c);
  if (read instanceof Response) return read;
  if (read.isStream) return await watchLog(c, traceId, "trace", read.params, spanItems);
  const stub = sessionAt(c.env, callerOf(c), traceId);
  const peeked: LogPage = await stub.peek("trace");
  if (peeked.state !== "present") return noSuch(c, `Trace ${traceId}`);
  return new Response(textStream(traceText(traceId, stub)), { headers: DATA_HEADERS });
});

traces.get("/:traceId", needs("read"), (c) => noSuch(c, `Trace ${c.req.param("traceId")}`));

traces.all("/", needs("public"), methodNotAllowed("GET", "DELETE"));
traces.all(ONE_TRACE, needs("public"), methodNotAllowed("GET"));

async function* traceText(traceId: string, stub: SessionLog): AsyncGenerator<string, void> {
  yield `{"traceId":"${traceId}","spans":[`;
  yield* spanTexts(stub, "trace");
  yield "]}";
}

async function listTraces(c: Context<AppEnv>, params: ArkParams): Promise<Response> {
  const { env } = c;
  const caller = callerOf(c);
  const { traceIds, total, next } = await tracePage(env, caller, params);
  const items = async function* (): AsyncGenerator<string, void> {
    yield '{"items":[';
    let count = 0;
    for (const traceId of traceIds) {
      if (count++ > 0) yield ",";
      yield* traceText(traceId, sessionAt(env, caller, traceId));
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
  caller: Caller,
): Promise<{ readonly purged: number; readonly isDone: boolean }> {
  let purged = 0;
  let before: number | undefined = NEWEST;
  while (before !== undefined && purged < MOST) {
    const page: RecentPage = await directoryOf(env, caller).recent(before, AT_ONCE, EVERY_SESSION);
    await Promise.all(
      page.sessions.map(async ({ summary }) => {
        const { id } = JSON.parse(summary) as { id: string };
        await sessionAt(env, caller, id).deleteSession();
      }),
    );
    purged += page.sessions.length;
    before = page.next;
  }
  return { purged, isDone: before === undefined };
}
