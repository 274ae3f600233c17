import { Hono } from "hono";
import { data } from "../api/negotiate.ts";
import { readParameters } from "../api/parameter.ts";
import { badRequest, problem } from "../api/problem.ts";
import { SpanParameters } from "../api/span-parameters.ts";
import { needs } from "../auth/guard.ts";
import type { AppEnv } from "../config.ts";
import { callerOf, sessionAt, sessionIdIn } from "../place.ts";
import { methodNotAllowed } from "./method-not-allowed.ts";
import { IDS_OF_SPANS, isSpan, readOneSpan } from "./read/one-span.ts";
import { redirectIfMoved } from "./read/redirect-if-moved.ts";

const ONE_SPAN = "/:id/spans/:traceId/:spanId";

/** One span of a session. */
export const span = new Hono<AppEnv>({ strict: false })
  .get(ONE_SPAN, needs("read"), async (c) => {
    const read = readParameters(SpanParameters, new URL(c.req.url).searchParams);
    if (!read.ok) return badRequest(c, read.detail);
    const id = sessionIdIn(c.req.param("id"));
    const traceId = c.req.param("traceId").toLowerCase();
    const spanId = c.req.param("spanId").toLowerCase();
    const wanted = { traceId, spanId, ...read.value };
    if (!isSpan(wanted)) return badRequest(c, IDS_OF_SPANS);
    const one = await readOneSpan(sessionAt(c.env, callerOf(c), id), wanted);
    if (one.state === "missing") return problem(c, { status: 404, title: "Not Found", detail: one.because });
    if (one.state !== "present") return redirectIfMoved(c, id, one, `/spans/${traceId}/${spanId}`);
    return data(c, one.span);
  })
  .all(ONE_SPAN, needs("public"), methodNotAllowed("GET"));
