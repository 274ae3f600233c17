import type { Context } from "hono";
import { can } from "../auth/principal.ts";
import type { AppEnv } from "../config.ts";
import { log } from "../lib/log.ts";
import { alertsOf, callerOf } from "../place.ts";
import type { AlertState, StoredVapid } from "../session/contract/alerts.ts";
import { openTarget } from "../sinks/alerts/send-alert.ts";
import { upstreamsThatAreOff } from "./upstreams.ts";

/** Probes come every few seconds: their answer about alerts is at most so old, milliseconds. */
const KNOWN_MILLIS = 30_000;

type Known = { readonly at: number; readonly key: string | undefined; readonly lines: readonly string[] };
/** By tenant. */
const known = new Map<string, Known>();

/** The lines of `/healthz`: the problem, if there is one, and for callers that may read one for each upstream and alert that is off. */
export async function healthText(c: Context<AppEnv>, problem = "ok"): Promise<string> {
  if (!can(c.var.principal, "read")) return `${problem}\n`;
  const [upstreams, alerts] = await Promise.all([upstreamsThatAreOff(c), alertLines(c)]);
  const lines = upstreams.map(({ upstream, reason }) => `upstream ${upstream} is off: ${reason}`);
  return [problem, ...lines, ...alerts, ""].join("\n");
}

/** None if the alerts can't be read: the program is fine without them. */
async function alertLines(c: Context<AppEnv>): Promise<readonly string[]> {
  const caller = callerOf(c);
  const key = c.env.UPSTREAM_KEY;
  const cached = known.get(caller.tenant);
  const now = Date.now();
  if (cached !== undefined && cached.key === key && Math.abs(now - cached.at) < KNOWN_MILLIS) return cached.lines;
  try {
    const lines = await readLines(c);
    known.set(caller.tenant, { at: now, key, lines });
    return lines;
  } catch (error) {
    log("alerts-not-read", { level: "warn", error });
    return [];
  }
}

/** Browsers that subscribed are counted: their names identify no browser to a reader. */
async function readLines(c: Context<AppEnv>): Promise<string[]> {
  const caller = callerOf(c);
  const stub = alertsOf(c.env, caller);
  const all: AlertState[] = await stub.list();
  if (all.length === 0) return [];
  const vapid: StoredVapid | undefined = await stub.vapid();
  const lines: string[] = [];
  const subscriptions = new Map<string, number>();
  for (const { stored } of all) {
    const { off } = await openTarget(c.env, caller, stored, vapid);
    if (off === undefined) continue;
    if (stored.target.kind === "push") subscriptions.set(off, (subscriptions.get(off) ?? 0) + 1);
    else lines.push(`alert ${stored.name} is off: ${off}`);
  }
  for (const [off, count] of subscriptions) lines.push(`push subscriptions that are off: ${count}: ${off}`);
  return lines;
}
