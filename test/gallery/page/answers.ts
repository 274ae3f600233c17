import { arkManifest } from "../../../src/ark/manifest.ts";
import { progressOf, rowsOfQuery, sourceRows } from "../../../src/session/query-rows.ts";
import { requestOf, type WholeSpan } from "../../../src/session/rerun/query-request.ts";
import { resumePoint } from "../../../src/session/rerun/resume-point.ts";
import { SpanTable } from "../../../src/session/table/span-table.ts";
import type { ViewSpan } from "../../../src/session/tree/tree.ts";
import { wholeView } from "../../session/whole-view.ts";
import { sessionOf } from "./feeds.ts";
import { upstreamAnswer } from "./upstreams.ts";

const QUERY = /^\/sessions\/([^/]+)\/queries\/([^/]+)$/;

/** Answers what pages ask beside their stream, by the folds that the server uses. */
export function answerRequests(): void {
  window.fetch = async (input, init) => {
    const request = new Request(input, init);
    const { pathname, searchParams } = new URL(request.url);
    if (pathname.startsWith("/admin/upstreams")) return upstreamAnswer(pathname, location.hash.slice(1));
    const [, session = "", query = ""] = QUERY.exec(pathname) ?? [];
    if (query !== "") {
      const answer = answerOf(decodeURIComponent(session), decodeURIComponent(query), searchParams.get("for"));
      if (answer === undefined) return problem();
      if (!/yaml/.test(request.headers.get("accept") ?? "")) return Response.json(answer);
      const manifest = arkManifest(answer, searchParams.get("name") ?? answer.name);
      return manifest.ok ? new Response(manifest.text) : problem(manifest.detail);
    }
    // The server would also search in large values that the page has not loaded: no captured session has any.
    return pathname.endsWith("/search") ? Response.json({ matches: [] }) : problem();
  };
}

const problem = (detail = "the gallery has no server") =>
  Response.json({ title: "Not found", detail }, { status: 404 });

function answerOf(id: string, key: string, purpose: string | null) {
  const view = wholeView(id);
  for (const event of sessionOf(id)?.events ?? []) view.apply(event);
  const table = new SpanTable();
  const spans: ViewSpan[] = [];
  let position = 0;
  for (const span of view.spans()) spans[table.admit(span.traceId, span.facts, 1, position++)] = span;
  const found = rowsOfQuery(table, key);
  if (found === undefined) return undefined;
  const at = (rows: readonly number[]): readonly WholeSpan[] =>
    rows.flatMap((row) => {
      const { span, resource } = spans[row] ?? {};
      return span === undefined ? [] : [{ span, ...(resource === undefined ? {} : { resource }) }];
    });
  const request = requestOf(id, found.summary, at(sourceRows(table, found)));
  if (purpose !== "resume") return request;
  const { lastAnswer, calls, omitted } = progressOf(table, found);
  const [answer] = at(lastAnswer === undefined ? [] : [lastAnswer]);
  return { ...request, ...resumePoint(request, answer, at(calls), omitted) };
}
