import type { Context } from "hono";
import type { AppEnv, Bindings } from "../../config.ts";
import { pool } from "../../lib/pool.ts";
import { encodeDelivery } from "../../otlp/group/encode-delivery.ts";
import type { RecordGroup, TraceGroup } from "../../otlp/group/trace-group.ts";
import { callerOf, sessionAt } from "../../place.ts";
import type { Caller } from "../../place.ts";
import { sinksOf } from "../../sinks/upstreams/registry.ts";
import type { AppendOutcome } from "../../facts/delivery.ts";
import { log } from "../../lib/log.ts";

/** Concurrent calls: enough to overlap commits, few enough not to flood one isolate's queue. */
const CALLS_IN_FLIGHT = 64;
/** Tries after "partly known": other requests may deliver the same spans in between. */
const TRIES = 4;

export type Delivered = {
  /** Spans or log records that their session refused, and the first reason. */
  readonly rejected: number;
  readonly reason?: string;
  /** A trace could not be stored for a temporary reason: the sender has to repeat the whole request, which loses and duplicates nothing. */
  readonly retry: boolean;
};

/** Delivers each trace, and its log records, to its owner. Everything acknowledged is on disk. */
export async function deliver(
  env: Bindings,
  caller: Caller,
  groups: readonly (TraceGroup | RecordGroup)[],
): Promise<Delivered> {
  let rejected = 0;
  let reason: string | undefined;
  let retry = false;
  await pool(groups, CALLS_IN_FLIGHT, async (group) => {
    const outcome = await deliverOne(env, caller, group);
    if (outcome === "retry") retry = true;
    else if (outcome !== undefined) {
      rejected += outcome.rejected;
      reason ??= outcome.reason;
    }
  });
  return { rejected, retry, ...(reason === undefined ? {} : { reason }) };
}

/** The caller of an export, with what this isolate knows of sinks: an export does not wait to learn more. */
export function exportCallerOf(c: Context<AppEnv>): Caller {
  const caller = callerOf(c);
  const sinks = sinksOf(c.env, caller, (reading) => c.executionCtx.waitUntil(reading));
  return sinks === undefined ? caller : { ...caller, sinks };
}

async function deliverOne(
  env: Bindings,
  caller: Caller,
  group: TraceGroup | RecordGroup,
): Promise<"retry" | { readonly rejected: number; readonly reason: string } | undefined> {
  const known = new Set<number>();
  try {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const delivery = encodeDelivery(group, known);
      if (delivery.spans === 0) return undefined;
      const outcome: AppendOutcome = await sessionAt(env, caller, group.traceId).append(delivery);
      switch (outcome.outcome) {
        case "appended":
        case "known":
          return undefined;
        case "partly-known":
          addKnown(known, outcome.known);
          continue;
        case "full":
          return { rejected: delivery.spans, reason: `trace ${group.traceId}: ${outcome.reason}` };
        case "fault":
          return {
            rejected: delivery.spans,
            reason: `trace ${group.traceId}: an internal error, not a fault of the spans; reference ${outcome.reference}`,
          };
      }
    }
    return "retry";
  } catch (error) {
    // Overload, failing storage and deploys are temporary. An exporter drops a batch on 500 and retries it on 503.
    log("trace-not-delivered", { level: "warn", traceId: group.traceId, error });
    return "retry";
  }
}

/** Adds positions of the last delivery, which omitted `known`, as positions in the whole group. */
function addKnown(known: Set<number>, positions: readonly number[]): void {
  const wanted = new Set(positions);
  const last = Math.max(...positions);
  const found: number[] = [];
  for (let all = 0, sent = 0; sent <= last; all++) {
    if (known.has(all)) continue;
    if (wanted.has(sent)) found.push(all);
    sent++;
  }
  for (const position of found) known.add(position);
}
