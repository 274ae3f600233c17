import { Hono } from "hono";
import { data } from "../api/negotiate.ts";
import { readParameters } from "../api/parameter.ts";
import { badRequest } from "../api/problem.ts";
import { formatVersion } from "../api/resource-version.ts";
import { SearchParameters } from "../api/search-parameters.ts";
import type { SearchAnswer } from "../api/search-schema.ts";
import { needs } from "../auth/guard.ts";
import type { AppEnv } from "../config.ts";
import { callerOf, sessionAt, sessionIdIn } from "../place.ts";
import type { LogPage } from "../session/contract/log-page.ts";
import { searchPattern } from "../session/search/pattern.ts";
import { methodNotAllowed } from "./method-not-allowed.ts";
import { redirectIfMoved } from "./read/redirect-if-moved.ts";
import { SearchReader } from "./read/search-reader.ts";

/** Searches the texts of one session. */
export const search = new Hono<AppEnv>({ strict: false })
  .get("/:id/search", needs("read"), async (c) => {
    const read = readParameters(SearchParameters, new URL(c.req.url).searchParams);
    if (!read.ok) return badRequest(c, read.detail);
    const { q, limit } = read.value;
    const pattern = searchPattern(q);
    if (pattern === undefined) return badRequest(c, "q must be a text of 1 to 256 characters");
    const id = sessionIdIn(c.req.param("id"));
    const stub = sessionAt(c.env, callerOf(c), id);
    const peeked: LogPage = await stub.peek("session");
    if (peeked.state !== "present") return redirectIfMoved(c, id, peeked, "/search");
    const reader = new SearchReader(stub, pattern, limit);
    await reader.read(peeked);
    const answer: SearchAnswer = {
      q,
      matches: [...reader.matches],
      omitted: reader.omitted,
      ...(reader.isIncomplete ? { incomplete: true } : {}),
      resourceVersion: formatVersion(peeked.generation, peeked.head),
    };
    return data(c, answer);
  })
  .all("/:id/search", needs("public"), methodNotAllowed("GET"));
