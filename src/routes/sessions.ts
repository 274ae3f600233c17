import { Hono } from "hono";
import { callerOf, directoryOf } from "../place.ts";
import type { AppEnv } from "../config.ts";
import { formatCursor, readListQuery } from "../api/list-query.ts";
import { diskProblem } from "./disk.ts";
import { ListSource } from "./stream/list-source.ts";
import { respondLive } from "./stream/follower.ts";
import { DATA_HEADERS, negotiate } from "../api/negotiate.ts";
import { servePageIfAsked } from "./page.ts";
import { needs } from "../auth/guard.ts";
import { methodNotAllowed } from "./method-not-allowed.ts";
import { badRequest } from "../api/problem.ts";
import { formatVersion, resumeFrom } from "../api/resource-version.ts";

/** The list of sessions, filtered and sorted, and its stream. */
export const sessions = new Hono<AppEnv>({ strict: false });

sessions.get("/", needs("public"), servePageIfAsked);

sessions.get("/", needs("read"), async (c) => {
  const representation = negotiate(c);
  if (typeof representation === "object") return badRequest(c, representation.problem);
  const read = readListQuery(new URL(c.req.url).searchParams, Date.now());
  if (!read.ok) return badRequest(c, read.detail);
  const { query } = read;
  const directory = directoryOf(c.env, callerOf(c));
  if (representation === "stream") {
    const resume = resumeFrom(c);
    return resume.ok ? respondLive(c, new ListSource(directory, query.filter, resume.from)) : resume.response;
  }
  const [page, problem] = await Promise.all([directory.list(query), diskProblem(c.env)]);
  const head = { resourceVersion: formatVersion(page.generation, page.head) };
  const rest = {
    ...(page.next === undefined ? {} : { nextCursor: formatCursor(query.sort, query.order, page.next) }),
    counts: page.counts,
    sums: page.sums,
    recentExports: page.recentExports,
    retention: problem === undefined ? page.retention : { ...page.retention, problem },
  };
  // The summaries are JSON already. Parsing a page of them to write it again would cost time for nothing.
  const summaries = page.sessions.join(",");
  const body = `${JSON.stringify(head).slice(0, -1)},"sessions":[${summaries}],${JSON.stringify(rest).slice(1)}`;
  return c.body(body, 200, DATA_HEADERS);
});

sessions.all("/", needs("public"), methodNotAllowed("GET"));
