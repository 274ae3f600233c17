import { Hono } from "hono";
import type { Context } from "hono";
import { callerOf, sessionAt, sessionIdIn } from "../place.ts";
import type { Manifest, ManifestOf } from "../session/rerun/manifest.ts";
import type { QueryRequest } from "../session/rerun/query-request.ts";
import type { QuerySummary } from "../session/summary.ts";
import type { LogPage } from "../session/contract/log-page.ts";
import type { AppEnv } from "../config.ts";
import { methodNotAllowed } from "./method-not-allowed.ts";
import { DATA_HEADERS, data } from "../api/negotiate.ts";
import { needs } from "../auth/guard.ts";
import { badRequest, notFound, problem } from "../api/problem.ts";
import { readParameters } from "../api/parameter.ts";
import { QueryParameters } from "../api/query-parameters.ts";
import { QueryReader } from "./read/query-reader.ts";
import { redirectIfMoved } from "./read/redirect-if-moved.ts";

const ONE_QUERY = "/:id/queries/:query";

/** One query of a session, to run again or to continue. */
export const query = (manifestOf: ManifestOf) =>
  new Hono<AppEnv>({ strict: false })
    .get(ONE_QUERY, needs("read"), async (c) => {
      const read = readParameters(QueryParameters, new URL(c.req.url).searchParams);
      if (!read.ok) return badRequest(c, read.detail);
      const { for: purpose, name } = read.value;
      const wantsManifest = /\b(?:application|text)\/(?:x-)?yaml\b/.test(c.req.header("accept") ?? "");
      if (wantsManifest && purpose === "resume")
        return badRequest(c, "for=resume has no manifest: accept application/json");
      const id = sessionIdIn(c.req.param("id"));
      const text = c.req.param("query");
      const stub = sessionAt(c.env, callerOf(c), id);
      const peeked: LogPage = await stub.peek("session", "queries");
      if (peeked.state !== "present") return redirectIfMoved(c, id, peeked, `/queries/${encodeURIComponent(text)}`);
      const [found, ...others] = findQueries(peeked.queries ?? [], text);
      if (found === undefined) return notFound(c, `The query ${text}`);
      if (others.length > 0) {
        const keys = [found, ...others].slice(0, MOST_KEYS).map(({ key }) => key);
        return badRequest(
          c,
          `${others.length + 1} queries are called ${text}. Use one of their keys: ${keys.join(", ")}`,
        );
      }
      const reader = await QueryReader.open(stub, found);
      const request = await reader.request(id);
      if (wantsManifest) return answerManifest(c, manifestOf(request, name ?? request.name));
      const body =
        purpose === "resume" ? { ...request, ...mergeIncomplete(request, await reader.resume(request)) } : request;
      return data(c, body);
    })
    .all(ONE_QUERY, needs("public"), methodNotAllowed("GET"));

const MOST_KEYS = 10;

/** By key, which is unique, else by name. */
function findQueries(queries: readonly QuerySummary[], text: string): QuerySummary[] {
  const byKey = queries.filter(({ key }) => key === text);
  return byKey.length > 0 ? byKey : queries.filter(({ name }) => name === text);
}

function mergeIncomplete<Part extends { readonly incomplete?: readonly string[] }>(
  request: QueryRequest,
  part: Part,
): Part {
  const incomplete = [...(request.incomplete ?? []), ...(part.incomplete ?? [])];
  return incomplete.length === 0 ? part : { ...part, incomplete };
}

function answerManifest(c: Context<AppEnv>, manifest: Manifest): Response {
  if (manifest.ok)
    return c.body(manifest.text, 200, { ...DATA_HEADERS, "content-type": "application/yaml; charset=utf-8" });
  return problem(c, { status: 406, title: "Not Acceptable", detail: manifest.detail });
}
