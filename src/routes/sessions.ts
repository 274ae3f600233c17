import { Hono } from "hono";
import type { Context } from "hono";
import { directoryOf } from "../place.ts";
import type { ListQuery } from "../trace/directory-contract.ts";
import type { AppEnv } from "./app-env.ts";
import { ListSource } from "./list-source.ts";
import { respondLive, resumeFrom } from "./live.ts";
import { DATA_HEADERS, negotiate } from "./negotiate.ts";
import { servePage } from "./page.ts";
import { permit } from "./permit.ts";
import { problem } from "./problem.ts";
import { formatVersion } from "./resource-version.ts";
import { withStatus } from "./session.ts";

const DEFAULT_LIMIT = 100;
const LARGEST_LIMIT = 1_000;

/** The list of sessions, newest activity first, and its watch. */
export const sessions = new Hono<AppEnv>().get("/", async (c) => {
  const representation = negotiate(c);
  if (representation === "page") return servePage(c);
  const refused = permit(c, "read");
  if (refused !== undefined) return refused;
  const query = readQuery(c);
  if ("problem" in query) return problem(c, { status: 400, title: "Bad Request", detail: query.problem });
  const directory = directoryOf(c.env, c.var.tenant);
  if (representation === "stream") {
    const resume = resumeFrom(c);
    return resume.ok ? respondLive(c, new ListSource(directory, query.kind, resume.from)) : resume.response;
  }
  const page = await directory.list(query);
  const body = {
    resourceVersion: formatVersion(page.incarnation, page.head),
    sessions: page.sessions.map(withStatus),
    ...(page.next === undefined ? {} : { nextCursor: `${page.next.activity}.${encodeURIComponent(page.next.id)}` }),
    arrivals: page.arrivals,
  };
  return c.body(JSON.stringify(body), 200, DATA_HEADERS);
});

function readQuery(c: Context<AppEnv>): ListQuery | { readonly problem: string } {
  const kind = c.req.query("kind") ?? "session";
  if (kind !== "session" && kind !== "trace" && kind !== "all")
    return { problem: "kind must be session, trace or all" };
  const limit = Number(c.req.query("limit") ?? DEFAULT_LIMIT);
  if (!Number.isInteger(limit) || limit < 1 || limit > LARGEST_LIMIT)
    return { problem: `limit must be a whole number from 1 to ${LARGEST_LIMIT}` };
  const text = c.req.query("cursor");
  if (text === undefined) return { kind, limit };
  const match = /^(\d{1,15})\.(.+)$/.exec(text);
  const id = match?.[2] === undefined ? undefined : decode(match[2]);
  if (id === undefined) return { problem: "cursor must be a nextCursor that this server gave out" };
  return { kind, limit, cursor: { activity: Number(match?.[1]), id } };
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
