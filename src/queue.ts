import type { Bindings, TraceDelivery } from "./config.ts";
import { isRecord } from "./lib/plain-data.ts";
import { log } from "./lib/log.ts";
import { pool } from "./lib/pool.ts";
import { fetchTransport } from "./sinks/http/fetch-transport.ts";
import { deliverTrace } from "./sinks/upstreams/deliver-trace.ts";

/** Traces of one batch that are delivered at once. */
const AT_ONCE = 8;

/**
 * The consumer of the deployment's queue: each message names a trace that sinks lack something of. All messages are acknowledged:
 * what a run could not deliver, the trace's owner rings for again. Unknown ones of a queue that is bound by mistake are
 * acknowledged with a log line, as they would be retried until they expire.
 */
export async function consume(batch: MessageBatch, env: Bindings): Promise<void> {
  const traces = new Map<string, TraceDelivery>();
  let unknown = 0;
  for (const { body } of batch.messages) {
    if (isDelivery(body)) traces.set(`${body.tenant}/${body.traceId}`, body);
    else unknown++;
  }
  if (unknown > 0) log("queue-messages-unknown", { level: "warn", queue: batch.queue, messages: unknown });
  await pool(Array.from(traces.values()), AT_ONCE, async ({ tenant, traceId }) => {
    try {
      await deliverTrace(env, { tenant }, traceId, fetchTransport);
    } catch (error) {
      log("trace-not-forwarded", { level: "warn", traceId, error });
    }
  });
  batch.ackAll();
}

function isDelivery(body: unknown): body is TraceDelivery {
  return isRecord(body) && typeof body["tenant"] === "string" && typeof body["traceId"] === "string";
}
