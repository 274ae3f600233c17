import type { Context, Next } from "hono";
import { DATA_HEADERS } from "../api/negotiate.ts";
import { badRequest, notFound } from "../api/problem.ts";
import { formatVersion } from "../api/resource-version.ts";
import { asksForTranscript, readTranscriptQuery } from "../api/transcript-query.ts";
import type { AppEnv } from "../config.ts";
import { callerOf, sessionAt, sessionIdIn } from "../place.ts";
import type { LogPage } from "../session/contract/log-page.ts";
import { withStatus } from "../session/liveness.ts";
import { printTranscript } from "../session/transcript/markdown.ts";
import { select } from "../session/transcript/select.ts";
import { TranscriptReader } from "./read/transcript-reader.ts";
import { redirectIfMoved } from "./read/redirect-if-moved.ts";

/** UTF-16 units of text in memory, for each byte of the answer: what is left out later has its place too. */
const UNITS_A_BYTE = 4;
const LEAST_UNITS = 2_000_000;

/** A session as Markdown, for people and models that read. */
export async function serveTranscriptIfAsked(c: Context<AppEnv>, next: Next): Promise<Response | void> {
  if (!asksForTranscript(c)) return await next();
  const read = readTranscriptQuery(new URL(c.req.url).searchParams);
  if (!read.ok) return badRequest(c, read.detail);
  const { turn, kinds, since, max } = read.query;
  const id = sessionIdIn(c.req.param("id") ?? "");
  const stub = sessionAt(c.env, callerOf(c), id);
  const peeked: LogPage = await stub.peek("session", "queries");
  if (peeked.state !== "present") return redirectIfMoved(c, id, peeked);
  const { summary, queries = [], generation, head } = peeked;
  if (summary === undefined) return notFound(c, `The session ${id}`);
  const at =
    turn === undefined ? undefined : queries.findIndex(({ key }, place) => key === turn || String(place + 1) === turn);
  if (at === -1) return notFound(c, `The turn ${turn} of the session`);
  const reader = new TranscriptReader(stub, peeked);
  const transcript = await reader.read(withStatus(summary, Date.now()), Math.max(LEAST_UNITS, max * UNITS_A_BYTE), at);
  const isContinued = since !== undefined && since.generation === generation && since.revision <= head;
  const notes = [
    ...(since === undefined || isContinued
      ? []
      : ["The version was of an earlier log of this session: this is all of it."]),
    ...reader.omissions,
  ];
  const selected = select(transcript, {
    ...(at === undefined ? {} : { turn: at + 1 }),
    ...(kinds && { kinds }),
    ...(isContinued && { since: since.revision }),
  });
  const text = printTranscript(selected, {
    max,
    path: `/sessions/${encodeURIComponent(id)}`,
    version: formatVersion(generation, head),
    ...(notes.length === 0 ? {} : { note: notes.join(" ") }),
  });
  return c.body(text, 200, { ...DATA_HEADERS, "content-type": "text/markdown; charset=utf-8" });
}
