import { nanoseconds } from "../../../lib/nanoseconds.ts";
import type { SessionState } from "../state.ts";
import type { StorageUsage, Retention } from "../../../session/contract/retention.ts";

/** On disk, of an object with one small trace: SQLite's pages, a few of each table. */
const SMALL_OBJECT_BYTES = 28_672;

/** Age, size and limits of the session, as its snapshot shows them. */
export function retentionOf(state: SessionState): Retention {
  const { maxAge, sessionBytes } = state.settings.retention;
  const oldest = state.oldestReceived();
  return {
    ...(maxAge === undefined ? {} : { maxAge: maxAge / 1_000 }),
    ...(maxAge === undefined || oldest === undefined ? {} : { oldest: nanoseconds(oldest) }),
    bytes: state.fold.bytes,
    maxBytes: sessionBytes,
  };
}

/** The columns of its row in the list. Owners of replicas hold each trace a second time; their size is estimated. */
export function storageUsage(state: SessionState): StorageUsage {
  const own = state.storage.sql.databaseSize;
  let replicas = 0;
  for (const { role } of state.traces.all()) if (role === "replica") replicas++;
  const share = replicas / Math.max(1, state.visible.traceCount);
  const owners = replicas * SMALL_OBJECT_BYTES + Math.max(0, own - SMALL_OBJECT_BYTES) * Math.min(1, share);
  return { bytes: Math.round(own + owners), oldest: state.oldestReceived() ?? 0 };
}
