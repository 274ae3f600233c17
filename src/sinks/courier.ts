import { WorkerEntrypoint } from "cloudflare:workers";
import type { Bindings, TraceDelivery } from "../config.ts";
import type { AlertDelivery, AlertOutcome, StoredAlert, StoredVapid } from "../session/contract/alerts.ts";
import { sendAlerts } from "./alerts/send-alert.ts";
import { fetchTransport } from "./http/fetch-transport.ts";
import { deliverTrace } from "./upstreams/deliver-trace.ts";
import { loadUpstreams } from "./upstreams/registry.ts";

/** What owners of traces and the alerts' object call: a Worker that delivers, since objects parse nothing and wait for no other host. */
export class Courier extends WorkerEntrypoint<Bindings> {
  /** "none": the tenant has no sink, so a trace without cursors needs no run. */
  async deliver(
    { tenant, traceId }: TraceDelivery,
    cursors: "cursors" | "no cursors",
    traceparent?: string,
  ): Promise<"none" | undefined> {
    const caller = { tenant, ...(traceparent === undefined ? {} : { traceparent }) };
    const { upstreams } = await loadUpstreams(this.env, caller);
    if (upstreams.length === 0 && cursors === "no cursors") return "none";
    await deliverTrace(this.env, caller, traceId, fetchTransport);
    return undefined;
  }

  /** One attempt for each delivery of an alert; the outcomes are in their order. */
  async deliverAlerts(
    { tenant }: { readonly tenant: string },
    alert: StoredAlert,
    deliveries: readonly AlertDelivery[],
    vapid?: StoredVapid,
  ): Promise<AlertOutcome[]> {
    return await sendAlerts(this.env, { tenant }, alert, deliveries, fetchTransport, vapid);
  }
}
