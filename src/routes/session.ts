import { Hono } from "hono";
import type { Context } from "hono";
import { callerOf, directoryOf, moveAt, sessionAt, sessionIdIn, shardsOf } from "../place.ts";
import type { LogPage } from "../session/contract/log-page.ts";
import { withStatus } from "../session/liveness.ts";
import type { AppEnv } from "../config.ts";
import { inflate } from "../lib/body-codec.ts";
import { STREAM_HEADERS } from "../lib/sse.ts";
import { deleteInReserve } from "./disk.ts";
import { respondLive } from "./stream/follower.ts";
import { readParameters } from "../api/parameter.ts";
import { readReplayQuery, ReplayFlag } from "../api/replay-query.ts";
import { ReplayStream } from "./stream/replay-stream.ts";
import { resumeFrom } from "../api/resource-version.ts";
import { LogDocument } from "./read/log-document.ts";
import { DATA_HEADERS, negotiate } from "../api/negotiate.ts";
import { servePageIfAsked } from "./page.ts";
import { methodNotAllowed } from "./method-not-allowed.ts";
import { badRequest, notFound } from "../api/problem.ts";
import { needs } from "../auth/guard.ts";
import { asksForTranscript } from "../api/transcript-query.ts";
import { serveTranscriptIfAsked } from "./transcript.ts";
import { SessionSource } from "./stream/session-source.ts";
import { redirectIfMoved } from "./read/redirect-if-moved.ts";

/** Whether a log of which its shard knew nothing is in an object of its own: then the shard knows it now. */
async function findMoved(c: Context<AppEnv>, id: string): Promise<boolean> {
  const { tenant } = c.var.principal;
  const shards = await shardsOf(c.env, tenant);
  const found = await moveAt(c.env, "own", { tenant, shards, id }).findShard();
  return found === "adopted" || found === "joined";
}

/** One session: read, watch, replay, export, delete. */
export const session = new Hono<AppEnv>({ strict: false })
  .get("/:id", needs("public"), async (c, next) =>
    asksForTranscript(c) ? await next() : await servePageIfAsked(c, next),
  )
  .get("/:id", needs("read"), serveTranscriptIfAsked)
  .get("/:id", needs("read"), async (c, next) => {
    const asked = readParameters(ReplayFlag, new URL(c.req.url).searchParams);
    if (!asked.ok) return badRequest(c, asked.detail);
    if (asked.value.replay === "false") return await next();
    const representation = negotiate(c);
    if (typeof representation === "object") return badRequest(c, representation.problem);
    const id = sessionIdIn(c.req.param("id"));
    const stub = sessionAt(c.env, callerOf(c), id);
    const read = readReplayQuery(new URL(c.req.url).searchParams, c.req.header("last-event-id"));
    if (!read.ok) return badRequest(c, read.detail);
    const redirect = await redirectIfMoved(c, id, await stub.peek("session"));
    if (redirect !== undefined) return redirect;
    return new Response(new ReplayStream(stub, read.query).stream(c.req.raw.signal), { headers: STREAM_HEADERS });
  })
  .get("/:id", needs("read"), async (c) => {
    const representation = negotiate(c);
    if (typeof representation === "object") return badRequest(c, representation.problem);
    const id = sessionIdIn(c.req.param("id"));
    const stub = sessionAt(c.env, callerOf(c), id);
    const resume = resumeFrom(c);
    if (!resume.ok) return resume.response;
    const peeked: LogPage = await stub.peek("session", representation === "stream" ? undefined : "queries");
    if (peeked.state !== "present") return redirectIfMoved(c, id, peeked);
    if (representation === "stream") return respondLive(c, new SessionSource(stub, "session", resume.from));
    const document = new LogDocument(stub, "session", peeked);
    const body = document.stream(LogDocument.current, {
      queries: peeked.queries,
      session: peeked.summary === undefined ? undefined : withStatus(peeked.summary, Date.now()),
      retention: peeked.retention,
      resourceVersion: document.resourceVersion,
    });
    return new Response(body, { headers: DATA_HEADERS });
  })
  .get("/:id/otlp", needs("read"), async (c) => {
    const id = sessionIdIn(c.req.param("id"));
    const stub = sessionAt(c.env, callerOf(c), id);
    const peeked: LogPage = await stub.peek("session");
    if (peeked.state !== "present") return redirectIfMoved(c, id, peeked, "/otlp");
    const document = new LogDocument(stub, "session", peeked, "claims");
    const body = document.stream(async (entry) => await document.exported(entry), {});
    return new Response(body, {
      headers: {
        ...DATA_HEADERS,
        "content-disposition": `attachment; filename*=UTF-8''${encodeURIComponent(id)}.otlp.json`,
      },
    });
  })
  .get("/:id/values/:hash", needs("read"), async (c) => {
    const hash = c.req.param("hash");
    const value = await sessionAt(c.env, callerOf(c), sessionIdIn(c.req.param("id"))).value(hash);
    if (value === undefined) return notFound(c, `The value ${hash}`);
    return new Response(inflate(value.encoding, value.body), { headers: DATA_HEADERS });
  })
  .delete("/:id", needs("administer"), async (c) => {
    const id = sessionIdIn(c.req.param("id"));
    const calls = sessionAt(c.env, callerOf(c), id);
    const remove = async () => await deleteInReserve(c.env, async () => await calls.deleteSession());
    let deletion = await remove();
    const directory = directoryOf(c.env, callerOf(c));
    // Its log may be in an object that its shard lost: what is left of a session that is deleted must not come back.
    if (deletion === "absent" && (await directory.isDamaged(id)) && (await findMoved(c, id))) deletion = await remove();
    if (deletion === "absent" && !(await directory.removeDamaged(id))) return notFound(c, `The session ${id}`);
    return c.body(null, deletion === "begun" ? 202 : 204);
  })
  .all("/:id", needs("public"), methodNotAllowed("GET", "DELETE"))
  .all("/:id/otlp", needs("public"), methodNotAllowed("GET"))
  .all("/:id/values/:hash", needs("public"), methodNotAllowed("GET"));
