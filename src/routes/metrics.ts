import { Hono } from "hono";
import { NumbersParameters } from "../api/numbers-parameters.ts";
import { data } from "../api/negotiate.ts";
import { readParameters } from "../api/parameter.ts";
import { badRequest } from "../api/problem.ts";
import { needs } from "../auth/guard.ts";
import type { AppEnv } from "../config.ts";
import { callerOf, directoryOf } from "../place.ts";
import { exposition } from "../session/numbers/exposition.ts";
import { numbersAnswer } from "../session/numbers/numbers-answer.ts";
import { NUMBER_GROUPINGS } from "../session/numbers/numbers.ts";
import { methodNotAllowed } from "./method-not-allowed.ts";
import { upstreamNumbers } from "./upstreams.ts";

/** The tenant's numbers: as JSON, and for Prometheus. */
export const metrics = new Hono<AppEnv>({ strict: false });

metrics.get("/metrics.json", needs("read"), async (c) => {
  const read = readParameters(NumbersParameters, new URL(c.req.url).searchParams);
  if (!read.ok) return badRequest(c, read.detail);
  const { by } = read.value;
  const numbers = await directoryOf(c.env, callerOf(c)).numbers([by]);
  return data(c, numbersAnswer(numbers, by));
});

metrics.get("/metrics", needs("read"), async (c) => {
  const [numbers, upstreams] = await Promise.all([
    directoryOf(c.env, callerOf(c)).numbers(NUMBER_GROUPINGS),
    upstreamNumbers(c),
  ]);
  return c.body(exposition(numbers, upstreams), 200, {
    "content-type": "text/plain; version=0.0.4; charset=utf-8",
    "cache-control": "no-store",
  });
});

metrics.on("ALL", ["/metrics.json", "/metrics"], needs("public"), methodNotAllowed("GET"));
