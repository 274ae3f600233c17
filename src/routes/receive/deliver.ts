import type { Bindings } from "../../config.ts";
import { encodeDelivery } from "../../otlp/group/encode-delivery.ts";
import type { RecordGroup, TraceGroup } from "../../otlp/group/trace-group.ts";
import { sessionAt } from "../../place.ts";
import type { AppendOutcome } from "../../facts/delivery.ts";

/** Calls under way at once: enough to overlap commits, few enough not to flood one isolate's queue. */
const CALLS_IN_FLIGHT = 64;
/** Between answers of "partly known" and the next try, others may have delivered the same spans. */
const TRIES = 4;

export type Delivered = {
  /** Spans, or log records, that were refused by their session, and the first reason. */
  readonly rejected: number;
  readonly reason?: string;
  /** Some trace could not be stored for a passing reason: the whole request is to be sent again, which loses and repeats nothing. */
  readonly retry: boolean;
};

/** Delivers each trace, and the log records of each, to its home. Whatever is acknowledged is on disk. */
export async function deliver(
  env: Bindings,
  tenant: string,
  groups: readonly (TraceGroup | RecordGroup)[],
): Promise<Delivered> {
  let rejected = 0;
  let reason: string | undefined;
  let retry = false;
  let next = 0;
  const worker = async () => {
    while (next < groups.length) {
      const group = groups[next++];
      if (group === undefined) return;
      const outcome = await deliverOne(env, tenant, group);
      if (outcome === "retry") retry = true;
      else if (outcome !== undefined) {
        rejected += outcome.rejected;
        reason ??= outcome.reason;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(CALLS_IN_FLIGHT, groups.length) }, worker));
  return { rejected, retry, ...(reason === undefined ? {} : { reason }) };
}

async function deliverOne(
  env: Bindings,
  tenant: string,
  group: TraceGroup | RecordGroup,
): Promise<"retry" | { readonly rejected: number; readonly reason: string } | undefined> {
  const known = new Set<number>();
  try {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const delivery = encodeDelivery(group, known);
      if (delivery.spans === 0) return undefined;
      const outcome: AppendOutcome = await sessionAt(env, tenant, group.traceId).append(tenant, delivery);
      switch (outcome.outcome) {
        case "appended":
        case "known":
          return undefined;
        case "partly-known":
          leaveOut(known, outcome.known);
          continue;
        case "full":
          return { rejected: delivery.spans, reason: `trace ${group.traceId}: ${outcome.reason}` };
        case "fault":
          return {
            rejected: delivery.spans,
            reason: `trace ${group.traceId}: a fault of ours, not of the spans; reference ${outcome.reference}`,
          };
      }
    }
    return "retry";
  } catch (error) {
    // Busy, failing storage, a deploy: all pass. An exporter throws a batch away on 500, and keeps it on 503.
    console.warn(
      JSON.stringify({ message: "a trace could not be delivered", traceId: group.traceId, error: String(error) }),
    );
    return "retry";
  }
}

/** `positions` count the spans that were sent last, which are those not in `known`. */
function leaveOut(known: Set<number>, positions: readonly number[]): void {
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
