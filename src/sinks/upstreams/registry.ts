import type { Bindings } from "../../config.ts";
import { EXPORTER_VARIABLES } from "../../otel/exporter-variables.ts";
import { callsOf, tenantOfCaller } from "../../place.ts";
import type { Caller, Calls } from "../../place.ts";
import type { StoredUpstream, UpstreamList, UpstreamSettings } from "../../session/contract/upstreams.ts";
import { judgeUrl, privateHostsOf } from "../http/judge-url.ts";
import { unsealAndRotate } from "../cipher.ts";
import type { Headers } from "./header-list.ts";
import { DEFAULTS, readVariables } from "./read-settings.ts";

type UpstreamsObject = Env["UPSTREAMS"] extends DurableObjectNamespace<infer Target> ? Target : never;

/** The tenant's upstreams, as stored. */
export function upstreamsOf(env: Bindings, caller: Caller): Calls<UpstreamsObject> {
  return callsOf(env.UPSTREAMS, env, caller, "upstreams", "upstreams");
}

export type Upstream = {
  readonly name: string;
  readonly settings: UpstreamSettings;
  readonly headers: Headers;
  readonly headerNames: readonly string[];
  readonly since: number;
  /** Why nothing is sent there. */
  readonly off?: string;
};

export type Upstreams = { readonly self: string; readonly upstreams: readonly Upstream[] };

/** The upstream that the program's own variables name. */
export const PRIMARY = "primary";

/** An isolate reads the upstreams anew after this time. */
const KNOWN_MILLIS = 10_000;
/** That there are none holds a little longer: their object has the traces of this time looked at again. */
const NONE_MILLIS = 25_000;

type Known = { readonly at: number; readonly upstreams: Upstreams };
/** By tenant. */
const known = new Map<string, Known>();

/** The tenant's upstreams as they were 10 s ago at most; `now`: as they are. */
export async function loadUpstreams(env: Bindings, caller: Caller, how?: "now"): Promise<Upstreams> {
  const tenant = tenantOfCaller(caller);
  const cached = knownOf(tenant, Date.now());
  if (cached !== undefined && how === undefined) return cached;
  // Before the call: what changes during it may be missing in its answer.
  const at = Date.now();
  const primary = primaryOf(env);
  const list: UpstreamList = await upstreamsOf(env, caller).list(primary?.settings.endpoint);
  const stored = await Promise.all(list.upstreams.map(async (one) => await opened(env, caller, tenant, one)));
  const upstreams = {
    self: list.self,
    upstreams: [...(primary === undefined ? [] : [{ ...primary, since: list.primarySince }]), ...stored],
  };
  known.set(tenant, { at, upstreams });
  return upstreams;
}

function knownOf(tenant: string, now: number, millis = KNOWN_MILLIS): Upstreams | undefined {
  const cached = known.get(tenant);
  return cached === undefined || Math.abs(now - cached.at) > millis ? undefined : cached.upstreams;
}

/**
 * "none" if the tenant has no upstream, as far as this isolate knows. An export does not wait for the answer: what is not known, or
 * not known any more, is read in the background, for the next one.
 */
export function sinksOf(env: Bindings, caller: Caller, wait: (reading: Promise<unknown>) => void): "none" | undefined {
  const tenant = tenantOfCaller(caller);
  const now = Date.now();
  if (knownOf(tenant, now) === undefined) wait(loadUpstreams(env, caller).catch(() => undefined));
  return knownOf(tenant, now, NONE_MILLIS)?.upstreams.length === 0 ? "none" : undefined;
}

function primaryOf(env: Bindings): Omit<Upstream, "since"> | undefined {
  const variables = Object.fromEntries(EXPORTER_VARIABLES.map((name) => [name, env[name]]));
  const outcome = readVariables(variables, privateHostsOf(env), { by: "all" });
  if (outcome === undefined) return undefined;
  if (outcome.ok) {
    const { settings, headers = {} } = outcome;
    return { name: PRIMARY, settings, headers, headerNames: Object.keys(headers) };
  }
  const settings = { ...DEFAULTS, endpoint: "" };
  return { name: PRIMARY, settings, headers: {}, headerNames: [], off: `OTEL_EXPORTER_OTLP_*: ${outcome.error}` };
}

async function opened(env: Bindings, caller: Caller, tenant: string, stored: StoredUpstream): Promise<Upstream> {
  const { sealed, ...upstream } = stored;
  const judged = judgeUrl(upstream.settings.endpoint, privateHostsOf(env));
  const off = judged.ok ? {} : { off: `the endpoint is refused: ${judged.error}` };
  if (sealed === undefined) return { ...upstream, headers: {}, ...off };
  const outcome = await unsealAndRotate(env.UPSTREAM_KEY, sealed, boundTo(tenant, upstream.name), async (again) => {
    await upstreamsOf(env, caller).reseal(upstream.name, sealed, again);
  });
  if (outcome.state !== "open") return { ...upstream, headers: {}, off: CLOSED[outcome.state] };
  return { ...upstream, headers: outcome.texts, ...off };
}

const CLOSED = {
  "no-key": "UPSTREAM_KEY has no key that decrypts its headers: put the key back",
  damaged: "its headers can't be decrypted: put the upstream again",
};

/** What encrypted headers belong to. */
export function boundTo(tenant: string, name: string): string {
  return `${tenant}/${name}`;
}
