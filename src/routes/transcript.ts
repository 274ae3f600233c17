import { baseOf } from "../auth/self.ts";
import type { Context, Next } from "hono";
import { DATA_HEADERS } from "../api/negotiate.ts";
import { badRequest, notFound } from "../api/problem.ts";
import { asksForTranscript, readTranscriptQuery } from "../api/transcript-query.ts";
import type { AppEnv } from "../config.ts";
import { callerOf, sessionAt, sessionIdIn } from "../place.ts";
import { urlHints } from "../session/transcript/markdown.ts";
import { redirectIfMoved } from "./read/redirect-if-moved.ts";
import { readSessionTranscript } from "./read/session-transcript.ts";

/** A session as Markdown. */
export async function serveTranscriptIfAsked(c: Context<AppEnv>, next: Next): Promise<Response | void> {
  if (!asksForTranscript(c)) return await next();
  const read = readTranscriptQuery(new URL(c.req.url).searchParams);
  if (!read.ok) return badRequest(c, read.detail);
  const id = sessionIdIn(c.req.param("id") ?? "");
  const stub = sessionAt(c.env, callerOf(c), id);
  const transcript = await readSessionTranscript(
    stub,
    read.query,
    urlHints(`${baseOf(c.req.raw)}/sessions/${encodeURIComponent(id)}`),
  );
  if (transcript.state === "no-turn") return notFound(c, `The turn ${read.query.turn} of the session`);
  if (transcript.state !== "present") return redirectIfMoved(c, id, transcript);
  return c.body(transcript.text, 200, { ...DATA_HEADERS, "content-type": "text/markdown; charset=utf-8" });
}
