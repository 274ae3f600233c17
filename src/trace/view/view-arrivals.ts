import type { Receipt } from "../delivery.ts";

/** When a delivery was received, Unix nanoseconds, and how it came. */
export type ViewArrival = { readonly received: bigint; readonly receipt: Receipt };

/** The newest delivery of each trace: what a trace that leaves brought is none of the session's any more. */
export class ViewArrivals {
  readonly #traces = new Map<string, ViewArrival>();

  add(traceId: string, arrival: ViewArrival): void {
    const known = this.#traces.get(traceId);
    if (known === undefined || known.received <= arrival.received) this.#traces.set(traceId, arrival);
  }

  get newest(): ViewArrival | undefined {
    let newest: ViewArrival | undefined;
    for (const arrival of this.#traces.values()) {
      if (newest === undefined || newest.received <= arrival.received) newest = arrival;
    }
    return newest;
  }

  dropTrace(traceId: string): void {
    this.#traces.delete(traceId);
  }

  clear(): void {
    this.#traces.clear();
  }
}
