import type { Context } from "hono";
import type { AppEnv } from "../../config.ts";
import { Follower } from "./follower.ts";
import type { Source } from "./follower.ts";
import { badRequest } from "../../api/problem.ts";
import { parseVersion } from "../../api/resource-version.ts";
import type { ResourceVersion } from "../../api/resource-version.ts";
import { STREAM_HEADERS } from "../../lib/sse.ts";

/** Where a stream resumes: `Last-Event-ID` (a reconnecting client's) or `resourceVersion`; neither means the beginning. */
export function resumeFrom(
  c: Context,
):
  | { readonly ok: true; readonly from: ResourceVersion | undefined }
  | { readonly ok: false; readonly response: Response } {
  const text = c.req.header("last-event-id") ?? c.req.query("resourceVersion");
  if (text === undefined || text === "") return { ok: true, from: undefined };
  const from = parseVersion(text);
  if (from !== undefined) return { ok: true, from };
  const detail = "resourceVersion must be one that this server gave out, such as the id of a stream event.";
  return { ok: false, response: badRequest(c, detail) };
}

export function respondLive(c: Context<AppEnv>, source: Source): Response {
  return new Response(new Follower(source).stream(c.req.raw.signal), { headers: STREAM_HEADERS });
}
