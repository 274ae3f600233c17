import { Hono } from "hono";
import { sessionAt, sessionIdIn } from "../place.ts";
import type { AppEnv } from "../config.ts";
import { negotiate } from "../api/negotiate.ts";
import { servePage } from "./page.ts";
import { permit } from "../auth/access.ts";
import { badRequest } from "../api/problem.ts";
import { readReplayQuery } from "./stream/replay-query.ts";
import { ReplayStream } from "./stream/replay-stream.ts";
import { STREAM_HEADERS } from "../lib/sse.ts";
import { redirectIfMoved } from "./read/redirect-if-moved.ts";

/** A session told again in its own time, where its URL asks for that. */
export const replay = new Hono<AppEnv>({ strict: false }).get("/:id", async (c, next) => {
  const asked = c.req.query("replay") ?? "false";
  if (asked === "false") return await next();
  if (asked !== "true") return badRequest(c, "replay must be true or false");
  const representation = negotiate(c);
  if (typeof representation === "object") return badRequest(c, representation.problem);
  if (representation === "page") return await servePage(c);
  const refused = permit(c, "read");
  if (refused !== undefined) return refused;
  const id = sessionIdIn(c.req.param("id"));
  const stub = sessionAt(c.env, c.var.tenant, id);
  const read = readReplayQuery(new URL(c.req.url).searchParams, c.req.header("last-event-id"));
  if (!read.ok) return badRequest(c, read.detail);
  const elsewhere = redirectIfMoved(c, id, await stub.peek("session"));
  if (elsewhere !== undefined) return elsewhere;
  return new Response(new ReplayStream(stub, read.query).stream(c.req.raw.signal), { headers: STREAM_HEADERS });
});
