import type { Context } from "hono";
import { directoryOf } from "../../place.ts";
import { addRefusal } from "../../session/contract/refused-exports.ts";
import type { RecentExport, RecentExportsUpdate, RefusedExport } from "../../session/contract/stream-events.ts";
import type { AppEnv } from "../../config.ts";

/** The directory hears of arrivals at most this often from one isolate: it has better things to write. */
const LEAST_INTERVAL_MILLIS = 1_000;
/** Repeats of refusals cost whoever sends them nothing: they are counted here, and told with other news or so often. */
const REPEATS_MILLIS = 10_000;
const KEPT = 20;
/** Characters of a reason: requests may name a host or a content type of any length. */
const REASON_LENGTH = 300;

type Pending = {
  last: RecentExport[];
  /** Lines that were told stay with a count of 0, so that repeats are known. */
  refused: readonly RefusedExport[];
  dropped: { metrics: number };
  /** When the directory was told last, and of refusals; when it is told next. */
  told: number;
  toldRefusals: number;
  due: number | undefined;
};

/** By tenant, in this isolate: lost with it, and with it only what a page would have shown for a moment. */
const pending = new Map<string, Pending>();

/** Notes what reached the receiver, to be shown as "what arrived last"; with a reason, as a refusal with this HTTP status. */
export function recordExport(c: Context<AppEnv>, given: RecentExport, status = 200): void {
  const noted = pendingOf(c.var.tenant);
  const { reason: text } = given;
  const reason = text !== undefined && text.length > REASON_LENGTH ? `${text.slice(0, REASON_LENGTH - 1)}…` : text;
  const arrival: RecentExport = reason === undefined ? given : { ...given, reason };
  let isNew = arrival.accepted > 0 || reason === undefined;
  if (isNew) {
    noted.last.unshift(arrival);
    if (noted.last.length > KEPT) noted.last.pop();
  }
  if (reason !== undefined) {
    const refused: RefusedExport = { ...arrival, reason, status, firstAt: arrival.at, count: 1 };
    const { lines, isFirst } = addRefusal(noted.refused, refused);
    noted.refused = lines;
    isNew ||= isFirst;
  } else if (arrival.signal === "metrics") noted.dropped.metrics++;
  schedule(c, noted, isNew ? noted.told + LEAST_INTERVAL_MILLIS : noted.toldRefusals + REPEATS_MILLIS);
}

function pendingOf(tenant: string): Pending {
  let noted = pending.get(tenant);
  if (noted === undefined) {
    noted = { last: [], refused: [], dropped: { metrics: 0 }, told: 0, toldRefusals: 0, due: undefined };
    pending.set(tenant, noted);
  }
  return noted;
}

function schedule(c: Context<AppEnv>, noted: Pending, wanted: number): void {
  const now = Date.now();
  // Not before now; and soon, where the clock was set back.
  const due = Math.min(Math.max(wanted, now), now + REPEATS_MILLIS);
  // A flush that was due before now was lost with its request.
  if (noted.due !== undefined && noted.due >= now && noted.due <= due) return;
  noted.due = due;
  c.executionCtx.waitUntil(flush(c, noted, due));
}

async function flush(c: Context<AppEnv>, noted: Pending, due: number): Promise<void> {
  const wait = due - Date.now();
  if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
  // Another one, that was due earlier, told everything.
  if (noted.due !== due) return;
  const now = Date.now();
  const refused = noted.refused.filter(({ count }) => count > 0);
  const news: RecentExportsUpdate = { last: noted.last, refused, dropped: noted.dropped };
  Object.assign(noted, { last: [], dropped: { metrics: 0 }, told: now, due: undefined });
  if (refused.length > 0) {
    noted.refused = noted.refused.map((line) => ({ ...line, count: 0 }));
    noted.toldRefusals = now;
  }
  try {
    await directoryOf(c.env, c.var.tenant).arrived(news);
  } catch (error) {
    console.warn(JSON.stringify({ message: "the directory did not hear of arrivals", error: String(error) }));
  }
}
