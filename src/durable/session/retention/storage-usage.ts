import { nanoseconds } from "../../../lib/nanoseconds.ts";
import type { StorageUsage, Retention } from "../../../session/contract/retention.ts";
import type { SessionCore } from "../core.ts";

/** On disk, of an object with one small trace: SQLite's pages, a few of each table. */
const SMALL_OBJECT_BYTES = 28_672;

/** What the session says of what it keeps. */
export function retentionOf({ retention: { maxAge, sessionBytes }, state }: SessionCore): Retention {
  const oldest = state.oldestArrival();
  return {
    ...(maxAge === undefined ? {} : { maxAge: maxAge / 1_000 }),
    ...(maxAge === undefined || oldest === undefined ? {} : { oldest: nanoseconds(oldest) }),
    bytes: state.bytes,
    maxBytes: sessionBytes,
  };
}

/** What its row in the list has. Homes of traces that are shown here hold each of them a second time, and are not asked. */
export function keptBy({ ctx, state }: SessionCore): StorageUsage {
  const own = ctx.storage.sql.databaseSize;
  let copies = 0;
  for (const { role } of state.rows.all()) if (role === "copy") copies++;
  const share = copies / Math.max(1, state.shown.traceCount);
  const homes = copies * SMALL_OBJECT_BYTES + Math.max(0, own - SMALL_OBJECT_BYTES) * Math.min(1, share);
  return { bytes: Math.round(own + homes), oldest: state.oldestArrival() ?? 0 };
}
