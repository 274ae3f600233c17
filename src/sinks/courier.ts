import { WorkerEntrypoint } from "cloudflare:workers";
import type { Bindings, TraceDelivery } from "../config.ts";
import { fetchTransport } from "./http/fetch-transport.ts";
import { deliverTrace } from "./upstreams/deliver-trace.ts";

/** What owners of traces call: a Worker that delivers, since objects parse nothing and wait for no other host. */
export class Courier extends WorkerEntrypoint<Bindings> {
  async deliver({ tenant, traceId }: TraceDelivery, traceparent?: string): Promise<void> {
    const caller = { tenant, ...(traceparent === undefined ? {} : { traceparent }) };
    await deliverTrace(this.env, caller, traceId, fetchTransport);
  }
}
