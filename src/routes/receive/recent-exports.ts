import type { Context } from "hono";
import { callerOf, directoryOf } from "../../place.ts";
import { addRefusal } from "../../session/contract/refused-exports.ts";
import type { RecentExport, RecentExportsUpdate, RefusedExport } from "../../session/contract/stream-events.ts";
import type { AppEnv } from "../../config.ts";
import { log } from "../../lib/log.ts";

/** Shortest interval between two updates from one isolate to the directory, to limit the directory's writes. */
const LEAST_INTERVAL_MILLIS = 1_000;
/** Repeated refusals cost their sender nothing: they are counted here and sent with the next update, or after this interval. */
const REPEATS_MILLIS = 10_000;
const MAX_RECENT = 20;
/** Characters of a reason: requests may name a host or a content type of any length. */
const REASON_LENGTH = 300;

type PendingExports = {
  last: RecentExport[];
  /** Sent lines stay with a count of 0, so that repeats are recognised. */
  refused: readonly RefusedExport[];
  dropped: { metrics: number };
  /** Unix milliseconds of the last update, of the last with refusals, and of the scheduled one. */
  sentAt: number;
  refusalsSentAt: number;
  dueAt: number | undefined;
};

/** By tenant, in this isolate. Eviction loses at most one interval of recent exports on the page. */
const pendingByTenant = new Map<string, PendingExports>();

/** Records an export for the page's recent exports; with a reason, as a refusal with this HTTP status. */
export function recordExport(c: Context<AppEnv>, given: RecentExport, status = 200): void {
  const exports = pendingOf(c.var.principal.tenant);
  const { reason: text } = given;
  const reason = text !== undefined && text.length > REASON_LENGTH ? `${text.slice(0, REASON_LENGTH - 1)}…` : text;
  const recent: RecentExport = reason === undefined ? given : { ...given, reason };
  let isNew = recent.accepted > 0 || reason === undefined;
  if (isNew) {
    exports.last.unshift(recent);
    if (exports.last.length > MAX_RECENT) exports.last.pop();
  }
  if (reason !== undefined) {
    const refused: RefusedExport = { ...recent, reason, status, firstAt: recent.at, count: 1 };
    const { lines, isFirst } = addRefusal(exports.refused, refused);
    exports.refused = lines;
    isNew ||= isFirst;
  } else if (recent.signal === "metrics" && recent.accepted === 0) exports.dropped.metrics++;
  schedule(c, exports, isNew ? exports.sentAt + LEAST_INTERVAL_MILLIS : exports.refusalsSentAt + REPEATS_MILLIS);
}

function pendingOf(tenant: string): PendingExports {
  let exports = pendingByTenant.get(tenant);
  if (exports === undefined) {
    exports = { last: [], refused: [], dropped: { metrics: 0 }, sentAt: 0, refusalsSentAt: 0, dueAt: undefined };
    pendingByTenant.set(tenant, exports);
  }
  return exports;
}

function schedule(c: Context<AppEnv>, exports: PendingExports, wanted: number): void {
  const now = Date.now();
  // Never in the past, and soon even if the clock was set back.
  const dueAt = Math.min(Math.max(wanted, now), now + REPEATS_MILLIS);
  // A flush with an earlier `dueAt` than now was lost with its request.
  if (exports.dueAt !== undefined && exports.dueAt >= now && exports.dueAt <= dueAt) return;
  exports.dueAt = dueAt;
  c.executionCtx.waitUntil(flush(c, exports, dueAt));
}

async function flush(c: Context<AppEnv>, exports: PendingExports, dueAt: number): Promise<void> {
  const wait = dueAt - Date.now();
  if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
  // An earlier flush sent everything.
  if (exports.dueAt !== dueAt) return;
  const now = Date.now();
  const refused = exports.refused.filter(({ count }) => count > 0);
  const update: RecentExportsUpdate = { last: exports.last, refused, dropped: exports.dropped };
  Object.assign(exports, { last: [], dropped: { metrics: 0 }, sentAt: now, dueAt: undefined });
  if (refused.length > 0) {
    exports.refused = exports.refused.map((line) => ({ ...line, count: 0 }));
    exports.refusalsSentAt = now;
  }
  try {
    await directoryOf(c.env, callerOf(c)).recordExports(update);
  } catch (error) {
    log("recent-exports-not-sent", { level: "warn", error });
  }
}
