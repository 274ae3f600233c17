import type { Context } from "hono";
import { directoryOf } from "../../place.ts";
import type { Arrival, ArrivalNews } from "../../trace/stream-events.ts";
import type { AppEnv } from "../app-env.ts";

/** The directory hears of arrivals at most this often from one isolate: it has better things to write. */
const LEAST_INTERVAL_MILLIS = 1_000;
const KEPT = 20;
/** A flush that was scheduled and has not run by then was lost with its request. */
const LOST_FLUSH_MILLIS = 10_000;

type Pending = { last: Arrival[]; notKept: { metrics: number }; flushed: number; scheduled: number };

/** By tenant, in this isolate: lost with it, and with it only what a page would have shown for a moment. */
const pending = new Map<string, Pending>();

/** Notes what reached the receiver, to be shown as "what arrived last". */
export function noteArrival(c: Context<AppEnv>, arrival: Arrival): void {
  const { tenant } = c.var;
  let noted = pending.get(tenant);
  if (noted === undefined)
    pending.set(tenant, (noted = { last: [], notKept: { metrics: 0 }, flushed: 0, scheduled: 0 }));
  noted.last.unshift(arrival);
  if (noted.last.length > KEPT) noted.last.splice(lastKept(noted.last), 1);
  if (arrival.signal === "metrics") noted.notKept.metrics++;
  if (Math.abs(Date.now() - noted.scheduled) < LOST_FLUSH_MILLIS) return;
  noted.scheduled = Date.now();
  c.executionCtx.waitUntil(flush(c, noted));
}

/** Of too many, the oldest goes that says nothing of a rejection. */
function lastKept(last: readonly Arrival[]): number {
  const index = last.findLastIndex((arrival) => arrival.rejected === 0 && arrival.reason === undefined);
  return index === -1 ? last.length - 1 : index;
}

async function flush(c: Context<AppEnv>, noted: Pending): Promise<void> {
  const wait = noted.flushed + LEAST_INTERVAL_MILLIS - Date.now();
  if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
  const news: ArrivalNews = { last: noted.last, notKept: noted.notKept };
  Object.assign(noted, { last: [], notKept: { metrics: 0 }, flushed: Date.now(), scheduled: 0 });
  try {
    await directoryOf(c.env, c.var.tenant).arrived(news);
  } catch (error) {
    console.warn(JSON.stringify({ message: "the directory did not hear of arrivals", error: String(error) }));
  }
}
