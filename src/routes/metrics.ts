import { Hono } from "hono";
import type { Context } from "hono";
import { NumbersParameters } from "../api/numbers-parameters.ts";
import { data } from "../api/negotiate.ts";
import { readParameters } from "../api/parameter.ts";
import { badRequest } from "../api/problem.ts";
import { needs } from "../auth/guard.ts";
import type { AppEnv } from "../config.ts";
import { Deadline, LATE } from "../lib/deadline.ts";
import { SharedAnswers } from "../lib/shared-answers.ts";
import { callerOf, directoryOf } from "../place.ts";
import { exposition } from "../session/numbers/exposition.ts";
import { numbersAnswer } from "../session/numbers/numbers-answer.ts";
import { NUMBER_GROUPINGS } from "../session/numbers/numbers.ts";
import { methodNotAllowed } from "./method-not-allowed.ts";
import { upstreamNumbers } from "./upstreams.ts";

/** Scrapers share an answer for so long: each one calls every shard, and up to 200 objects of single logs. */
const SHARED_MILLIS = 5_000;
/** Half of the time after which Prometheus gives up by default. */
const ANSWER_MILLIS = 5_000;

/** By tenant. */
const scrapes = new SharedAnswers<string>(SHARED_MILLIS);

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
  const text = await scrapes.answer(c.var.principal.tenant, Date.now(), async () => {
    const scraping = scrape(c);
    // Others may wait for it when this caller is gone.
    c.executionCtx.waitUntil(scraping.catch(() => undefined));
    return await scraping;
  });
  return c.body(text, 200, {
    "content-type": "text/plain; version=0.0.4; charset=utf-8",
    "cache-control": "no-store",
  });
});

async function scrape(c: Context<AppEnv>): Promise<string> {
  const deadline = new Deadline(ANSWER_MILLIS);
  try {
    const [numbers, { upstreams, unanswered }] = await Promise.all([
      deadline.within(async () => await directoryOf(c.env, callerOf(c)).numbers(NUMBER_GROUPINGS)),
      upstreamNumbers(c, deadline),
    ]);
    return numbers === LATE
      ? exposition(undefined, upstreams, unanswered + 1)
      : exposition(numbers, upstreams, unanswered);
  } finally {
    deadline.end();
  }
}

metrics.on("ALL", ["/metrics.json", "/metrics"], needs("public"), methodNotAllowed("GET"));
