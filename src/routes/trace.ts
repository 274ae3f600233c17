import { Hono } from "hono";
import { DATA_HEADERS, negotiate } from "../api/negotiate.ts";
import { badRequest, notFound } from "../api/problem.ts";
import { resumeFrom } from "../api/resource-version.ts";
import { needs } from "../auth/guard.ts";
import type { AppEnv } from "../config.ts";
import { callerOf, sessionAt } from "../place.ts";
import type { LogPage } from "../session/contract/log-page.ts";
import { methodNotAllowed } from "./method-not-allowed.ts";
import { LogDocument } from "./read/log-document.ts";
import { respondLive } from "./stream/follower.ts";
import { SessionSource } from "./stream/session-source.ts";

const ONE_TRACE = "/:traceId{[0-9a-fA-F]{32}}";

/** One trace, whichever session it is bound to. Browsers are redirected to its session, and from `/traces` to the list. */
export const trace = new Hono<AppEnv>({ strict: false });

trace.get("/", needs("public"), async (c, next) =>
  negotiate(c) === "page" ? c.redirect("/sessions?kind=all", 307) : await next(),
);

trace.get(ONE_TRACE, needs("public"), async (c, next) =>
  negotiate(c) === "page" ? c.redirect(`/sessions/${c.req.param("traceId").toLowerCase()}`, 307) : await next(),
);

trace.get(ONE_TRACE, needs("read"), async (c) => {
  const traceId = c.req.param("traceId").toLowerCase();
  const representation = negotiate(c);
  if (typeof representation === "object") return badRequest(c, representation.problem);
  const stub = sessionAt(c.env, callerOf(c), traceId);
  const peeked: LogPage = await stub.peek("trace");
  if (peeked.state !== "present") return notFound(c, `Trace ${traceId}`);
  if (representation === "stream") {
    const resume = resumeFrom(c);
    return resume.ok ? respondLive(c, new SessionSource(stub, "trace", resume.from)) : resume.response;
  }
  const document = new LogDocument(stub, "trace", peeked);
  const tail = { traceId, session: peeked.session ?? traceId, resourceVersion: document.resourceVersion };
  return c.body(document.stream(LogDocument.current, tail), 200, DATA_HEADERS);
});

trace.all(ONE_TRACE, needs("public"), methodNotAllowed("GET"));
