import { Hono } from "hono";
import type { Context } from "hono";
import { DATA_HEADERS } from "../api/negotiate.ts";
import { readParameters } from "../api/parameter.ts";
import { badRequest, notFound, problem } from "../api/problem.ts";
import { SpanParameters } from "../api/span-parameters.ts";
import { needs } from "../auth/guard.ts";
import type { AppEnv } from "../config.ts";
import { callerOf, sessionAt, sessionIdIn } from "../place.ts";
import type { SpanLookup, SpanLookupPage } from "../session/contract/span-lookup.ts";
import { LIST_PRICES, readPrices } from "../session/prices/prices.ts";
import { spanDetail } from "../session/span-detail.ts";
import { methodNotAllowed } from "./method-not-allowed.ts";
import { redirectIfMoved } from "./read/redirect-if-moved.ts";
import { SpanReader } from "./read/span-reader.ts";

const ONE_SPAN = "/:id/spans/:traceId/:spanId";
const TRACE_ID = /^[0-9a-f]{32}$/;
const SPAN_ID = /^[0-9a-f]{16}$/;

/** One span of a session. */
export const span = new Hono<AppEnv>({ strict: false })
  .get(ONE_SPAN, needs("read"), async (c) => {
    const read = readParameters(SpanParameters, new URL(c.req.url).searchParams);
    if (!read.ok) return badRequest(c, read.detail);
    const { otlpKind, max } = read.value;
    const id = sessionIdIn(c.req.param("id"));
    const traceId = c.req.param("traceId").toLowerCase();
    const spanId = c.req.param("spanId").toLowerCase();
    if (!TRACE_ID.test(traceId) || !SPAN_ID.test(spanId))
      return badRequest(c, "A trace id has 32 hex digits, a span id has 16.");
    const stub = sessionAt(c.env, callerOf(c), id);
    const page: SpanLookupPage = await stub.locate(traceId, spanId, otlpKind);
    const suffix = `/spans/${traceId}/${spanId}`;
    if (page.state !== "present") return redirectIfMoved(c, id, page, suffix);
    if (page.movedTo !== undefined && page.span.found === "none")
      return redirectIfMoved(c, id, { state: "moved", sessions: [page.movedTo] }, suffix);
    const located = page.span;
    if (located.found !== "span") return answerMissing(c, `${traceId}:${spanId}`, located);
    const source = await new SpanReader(stub, page.generation).read(located);
    const prices = readPrices(page.prices);
    const detail = spanDetail({ ...source, traceId, prices: prices.ok ? prices.prices : LIST_PRICES, max });
    return c.body(JSON.stringify(detail), 200, DATA_HEADERS);
  })
  .all(ONE_SPAN, needs("public"), methodNotAllowed("GET"));

function answerMissing(c: Context<AppEnv>, key: string, lookup: Exclude<SpanLookup, { found: "span" }>): Response {
  const missing = (detail: string): Response => problem(c, { status: 404, title: "Not Found", detail });
  switch (lookup.found) {
    case "none":
      return notFound(c, `The span ${key}`);
    case "other-kinds":
      return missing(`The span ${key} has another OTLP kind: ${lookup.otlpKinds.join(", ")}.`);
    case "placeholder":
      return missing(
        lookup.by === "spans"
          ? `The span ${key} was not received. Other spans name it as their parent, so the session shows a placeholder.`
          : `The span ${key} was not received. Log records belong to it.`,
      );
  }
}
