import { Hono } from "hono";
import { sessionAt } from "../place.ts";
import type { LogPage } from "../trace/watch.ts";
import type { AppEnv } from "./app-env.ts";
import { respondLive, resumeFrom } from "./stream/live.ts";
import { LogReader } from "./read/log-reader.ts";
import { DATA_HEADERS, negotiate } from "./negotiate.ts";
import { permit } from "./permit.ts";
import { methodNotAllowed } from "./method-not-allowed.ts";
import { badRequest, notFound } from "./problem.ts";
import { SessionSource } from "./stream/session-source.ts";

/** One trace, read from its home: wherever it is bound. A person is led to its session. */
export const traces = new Hono<AppEnv>({ strict: false });

const ONE_TRACE = "/:traceId{[0-9a-fA-F]{32}}";

traces.get(ONE_TRACE, async (c) => {
  const traceId = c.req.param("traceId").toLowerCase();
  const representation = negotiate(c);
  if (typeof representation === "object") return badRequest(c, representation.problem);
  if (representation === "page") return c.redirect(`/sessions/${traceId}`, 307);
  const refused = permit(c, "read");
  if (refused !== undefined) return refused;
  const resume = resumeFrom(c);
  if (!resume.ok) return resume.response;
  const stub = sessionAt(c.env, c.var.tenant, traceId);
  const peeked: LogPage = await stub.peek("trace");
  if (peeked.state !== "present") return notFound(c, `The trace ${traceId}`);
  if (representation === "stream") return respondLive(c, new SessionSource(stub, "trace", resume.from));
  const reader = new LogReader(stub, "trace", peeked);
  const body = reader.document(LogReader.current, {
    traceId,
    session: peeked.session ?? traceId,
    resourceVersion: reader.resourceVersion,
  });
  return new Response(body, { headers: DATA_HEADERS });
});

traces.all(ONE_TRACE, methodNotAllowed("GET"));
