import { Hono } from "hono";
import type { Context } from "hono";
import { readMoment } from "../api/moment.ts";
import { readParameters } from "../api/parameter.ts";
import { DeliverAgainParameters, ParkedParameters } from "../api/parked-parameters.ts";
import { data } from "../api/negotiate.ts";
import { badRequest, notFound } from "../api/problem.ts";
import type {
  DeliveredAgainAnswer,
  ParkedAnswer,
  UpstreamAnswer,
  UpstreamListAnswer,
  UpstreamTestAnswer,
} from "../api/upstream-schema.ts";
import { needs } from "../auth/guard.ts";
import type { AppEnv } from "../config.ts";
import { LATE } from "../lib/deadline.ts";
import type { Deadline } from "../lib/deadline.ts";
import { log } from "../lib/log.ts";
import { nanoseconds } from "../lib/nanoseconds.ts";
import { pool } from "../lib/pool.ts";
import { isManifest, upstreamName } from "../otel/environment-manifest.ts";
import { callerOf, sessionAt } from "../place.ts";
import { sinkName } from "../session/contract/upstreams.ts";
import type {
  Parked,
  ParkedPage,
  ShardWaiting,
  StoredUpstream,
  UpstreamMatch,
  UpstreamStatus,
} from "../session/contract/upstreams.ts";
import type { UpstreamNumbers } from "../session/numbers/exposition.ts";
import { fetchTransport } from "../sinks/http/fetch-transport.ts";
import { privateHostsOf } from "../sinks/http/judge-url.ts";
import { keysIn, noKeyFor, seal } from "../sinks/cipher.ts";
import { PRESETS } from "../sinks/upstreams/presets.ts";
import { lacksHeader, readManifest, readUpstream } from "../sinks/upstreams/read-settings.ts";
import type { GivenUpstream } from "../sinks/upstreams/read-settings.ts";
import { boundTo, loadUpstreams, PRIMARY, upstreamsOf } from "../sinks/upstreams/registry.ts";
import type { Upstream } from "../sinks/upstreams/registry.ts";
import { NOTHING_WAITS, readWaiting } from "../sinks/upstreams/waiting.ts";
import type { AskObject } from "../sinks/upstreams/waiting.ts";
import { sendTest } from "../sinks/upstreams/send-test.ts";
import { lastAttemptAnswer } from "./last-attempt-answer.ts";
import { methodNotAllowed } from "./method-not-allowed.ts";
import { servePageIfAsked } from "./page.ts";
import { readJson } from "./read-json.ts";

/** Room for a prefix, a dot, and the name of a namespace, which has 63 characters at most. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,126}$/;
/** Owners that one request calls: a Worker may make 1,000 calls. */
const TRACES_A_REQUEST = 400;
const OWNERS_AT_ONCE = 50;

/** The tenant's upstreams: where its traces go on to. */
export const upstreams = new Hono<AppEnv>({ strict: false })
  .get("/", needs("public"), servePageIfAsked)
  .get("/", needs("administer"), async (c) => {
    const all = await loadUpstreams(c.env, callerOf(c), "now");
    const [statuses, waiting] = await readProgress(
      c,
      all.upstreams.map(({ name }) => name),
    );
    const list: UpstreamListAnswer = {
      upstreams: all.upstreams.map((upstream, at) => answerOf(upstream, statuses[at], waiting)),
      presets: Object.entries(PRESETS).map(([name, { endpoint, headers }]) => ({
        name,
        ...(endpoint === undefined ? {} : { endpoint }),
        headers: headers.map((names) => [...names]),
      })),
      delivery: c.env.DELIVERIES === undefined ? "call" : "queue",
    };
    return data(c, list);
  })
  // curl -T sends by PUT.
  .on(["POST", "PUT"], "/", needs("administer"), async (c) => {
    const body = await readJson(c);
    if (!body.ok) return badRequest(c, body.detail);
    const manifest = readManifest(body.value, privateHostsOf(c.env));
    if (!manifest.ok) return badRequest(c, `${manifest.error}.`);
    return await store(c, upstreamName(manifest.namespace), manifest);
  })
  .get("/:name", needs("administer"), async (c) => await show(c, c.req.param("name")))
  .put("/:name", needs("administer"), async (c) => {
    const name = c.req.param("name");
    if (!NAME.test(name))
      return badRequest(c, "The name must have 1 to 127 letters, digits, dots, hyphens or underscores.");
    if (name === PRIMARY) return badRequest(c, ITS_OWN);
    const body = await readJson(c);
    if (!body.ok) return badRequest(c, body.detail);
    const read = isManifest(body.value) ? readManifest : readUpstream;
    const given = read(body.value, privateHostsOf(c.env));
    return given.ok ? await store(c, name, given) : badRequest(c, `${given.error}.`);
  })
  .delete("/:name", needs("administer"), async (c) => {
    const name = c.req.param("name");
    if (name === PRIMARY) return badRequest(c, ITS_OWN);
    const isRemoved = await upstreamsOf(c.env, callerOf(c)).remove(name);
    return isRemoved ? c.body(null, 204) : notFound(c, `The upstream ${name}`);
  })
  .post("/:name/test", needs("administer"), async (c) => {
    const found = await find(c, c.req.param("name"));
    if (found === undefined) return notFound(c, `The upstream ${c.req.param("name")}`);
    const { upstream, self } = found;
    if (upstream.off !== undefined) return badRequest(c, `The upstream is off: ${upstream.off}.`);
    const outcome: UpstreamTestAnswer = await sendTest(upstream, self, fetchTransport);
    return data(c, outcome);
  })
  .get("/:name/parked", needs("administer"), async (c) => {
    const read = readParameters(ParkedParameters, new URL(c.req.url).searchParams);
    if (!read.ok) return badRequest(c, read.detail);
    const name = c.req.param("name");
    if ((await find(c, name)) === undefined) return notFound(c, `The upstream ${name}`);
    const { limit, after } = read.value;
    const query = { ...range(read.value), limit, ...(after === undefined ? {} : { after }) };
    const page: ParkedPage = await upstreamsOf(c.env, callerOf(c)).parked(name, query);
    const parked = page.parked.map(({ traceId, first, last, reason, at }) => ({
      traceId,
      first,
      last,
      reason,
      at: nanoseconds(at),
    }));
    const { total, next } = page;
    return data(c, { parked, total, ...(next === undefined ? {} : { next }) } satisfies ParkedAnswer);
  })
  .post("/:name/replay", needs("administer"), async (c) => {
    const read = readParameters(DeliverAgainParameters, new URL(c.req.url).searchParams);
    if (!read.ok) return badRequest(c, read.detail);
    const name = c.req.param("name");
    if ((await find(c, name)) === undefined) return notFound(c, `The upstream ${name}`);
    const stub = upstreamsOf(c.env, callerOf(c));
    const { trace } = read.value;
    let page: ParkedPage;
    if (trace === undefined) page = await stub.parked(name, { ...range(read.value), limit: TRACES_A_REQUEST });
    else {
      const parked: Parked | undefined = await stub.parkedTrace(name, trace);
      if (parked === undefined) return notFound(c, `The parked trace ${trace}`);
      page = { parked: [parked], total: 1, omitted: 0 };
    }
    await pool(page.parked, OWNERS_AT_ONCE, async (entry) => {
      const { traceId, first } = entry;
      const owner = sessionAt(c.env, callerOf(c), traceId);
      for (const signal of ["traces", "logs"] as const) await owner.rewind(traceId, sinkName(name, signal), first - 1);
      await stub.deleteParked(entry);
    });
    return data(c, { traces: page.parked.length, omitted: page.omitted } satisfies DeliveredAgainAnswer);
  })
  .all("/", needs("public"), methodNotAllowed("GET", "POST", "PUT"))
  .all("/:name", needs("public"), methodNotAllowed("GET", "PUT", "DELETE"))
  .all("/:name/parked", needs("public"), methodNotAllowed("GET"))
  .all("/:name/test", needs("public"), methodNotAllowed("POST"))
  .all("/:name/replay", needs("public"), methodNotAllowed("POST"));

/** Upstreams to which nothing is sent, and why. None if they can't be read: callers are fine without them. */
export async function upstreamsThatAreOff(c: Context<AppEnv>): Promise<{ upstream: string; reason: string }[]> {
  try {
    const all = await loadUpstreams(c.env, callerOf(c));
    return all.upstreams.flatMap(({ name, off }) => (off === undefined ? [] : [{ upstream: name, reason: off }]));
  } catch {
    return [];
  }
}

const ITS_OWN = "The upstream primary is set by the program's own OTEL_EXPORTER_OTLP_… variables.";

function range({ from, until }: { readonly from?: string; readonly until?: string }) {
  const now = Date.now();
  const first = from === undefined ? undefined : readMoment(from, now);
  const last = until === undefined ? undefined : readMoment(until, now);
  return { ...(first === undefined ? {} : { from: first }), ...(last === undefined ? {} : { until: last }) };
}

async function find(c: Context<AppEnv>, name: string): Promise<{ upstream: Upstream; self: string } | undefined> {
  const all = await loadUpstreams(c.env, callerOf(c), "now");
  const upstream = all.upstreams.find((one) => one.name === name);
  return upstream && { upstream, self: all.self };
}

async function show(c: Context<AppEnv>, name: string): Promise<Response> {
  const found = await find(c, name);
  if (found === undefined) return notFound(c, `The upstream ${name}`);
  const [[status], waiting] = await readProgress(c, [name]);
  return data(c, answerOf(found.upstream, status, waiting));
}

/** What deliveries to these upstreams came to, and what waits. */
async function readProgress(
  c: Context<AppEnv>,
  names: readonly string[],
): Promise<readonly [readonly UpstreamStatus[], ShardWaiting]> {
  if (names.length === 0) return [[], { upstreams: {}, isPartial: false }];
  return await Promise.all([
    upstreamsOf(c.env, callerOf(c)).status(names),
    readWaiting(c.env, callerOf(c), async (call) => await call()),
  ]);
}

/** For `/metrics`: without what fails or does not answer in time, since the other numbers are fine without it. */
export async function upstreamNumbers(
  c: Context<AppEnv>,
  deadline: Deadline,
): Promise<{ readonly upstreams: readonly UpstreamNumbers[]; readonly unanswered: number }> {
  const ask: AskObject = async (call) => {
    try {
      const answer = await deadline.within(call);
      return answer === LATE ? undefined : answer;
    } catch (error) {
      log("upstreams-not-counted", { level: "warn", error });
      return undefined;
    }
  };
  const known = await ask(async () => await loadUpstreams(c.env, callerOf(c)));
  const names = known?.upstreams.map(({ name }) => name) ?? [];
  if (names.length === 0) return { upstreams: [], unanswered: known === undefined ? 1 : 0 };
  const status = async (): Promise<UpstreamStatus[]> => await upstreamsOf(c.env, callerOf(c)).status(names);
  const [statuses, waiting] = await Promise.all([ask(status), readWaiting(c.env, callerOf(c), ask)]);
  const now = Date.now();
  const all = names.map((name, at) => {
    const { oldest = now, ...waits } = waiting.upstreams[name] ?? NOTHING_WAITS;
    const ageSeconds = Math.max(0, Math.round((now - oldest) / 1_000));
    return { name, parked: statuses?.[at]?.parked, ...waits, ageSeconds };
  });
  return { upstreams: all, unanswered: waiting.unanswered + (statuses === undefined ? 1 : 0) };
}

async function store(c: Context<AppEnv>, name: string, given: GivenUpstream): Promise<Response> {
  const caller = callerOf(c);
  const before = (await upstreamsOf(c.env, caller).list()).upstreams.find((one: StoredUpstream) => one.name === name);
  const headers = await storedHeaders(c, name, given, before);
  if (headers === undefined) return badRequest(c, noKeyFor("header values"));
  // Stored ones do not follow to another host.
  const lacking = lacksHeader(given.preset, headers.headerNames);
  if (lacking !== undefined) return badRequest(c, `${lacking}.`);
  const { settings } = given;
  await upstreamsOf(c.env, caller).put({ name, settings, ...headers, since: before?.since ?? Date.now() });
  return await show(c, name);
}

/** Headers that are not given stay, unless the endpoint is elsewhere now: a credential must not reach another host. */
async function storedHeaders(
  c: Context<AppEnv>,
  name: string,
  { settings, headers }: GivenUpstream,
  before: StoredUpstream | undefined,
): Promise<Pick<StoredUpstream, "headerNames" | "sealed"> | undefined> {
  if (headers === undefined && before?.sealed !== undefined) {
    const isSame = new URL(before.settings.endpoint).origin === new URL(settings.endpoint).origin;
    if (isSame) return { headerNames: before.headerNames, sealed: before.sealed };
  }
  const names = Object.keys(headers ?? {});
  if (headers === undefined || names.length === 0) return { headerNames: [] };
  const [key] = keysIn(c.env.UPSTREAM_KEY);
  if (key === undefined) return undefined;
  return { headerNames: names, sealed: await seal(key, headers, boundTo(callerOf(c).tenant, name)) };
}

function answerOf(
  { name, settings, headerNames, off }: Upstream,
  status: UpstreamStatus | undefined,
  { upstreams: waiting, isPartial }: ShardWaiting,
): UpstreamAnswer {
  const { oldest, ...waits } = waiting[name] ?? NOTHING_WAITS;
  const { match, ...rest } = settings;
  const matches = matchAnswer(match);
  return {
    name,
    ...rest,
    logs: rest.logs ?? "omitted",
    metrics: rest.metrics ?? "omitted",
    ...(matches === undefined ? {} : { match: matches }),
    headers: [...headerNames],
    ...lastAttemptAnswer(off, status),
    ...(status?.failingSince === undefined ? {} : { failingSince: nanoseconds(status.failingSince) }),
    delivered: status?.spans ?? 0,
    deliveredLogs: status?.logRecords ?? 0,
    deliveredMetrics: status?.dataPoints ?? 0,
    rejected: status?.rejected ?? 0,
    ...(status?.rejection === undefined
      ? {}
      : { rejection: { reason: status.rejection.reason, at: nanoseconds(status.rejection.at) } }),
    parked: status?.parked ?? 0,
    waiting: {
      ...waits,
      ...(oldest === undefined ? {} : { oldest: nanoseconds(oldest) }),
      ...(isPartial ? { isPartial } : {}),
    },
  };
}

function matchAnswer(match: UpstreamMatch): UpstreamAnswer["match"] {
  switch (match.by) {
    case "all":
      return undefined;
    case "namespace":
      return { namespace: match.value };
    case "service":
      return { service: match.value };
    case "attribute":
      return { attribute: { key: match.key, value: match.value } };
  }
}
