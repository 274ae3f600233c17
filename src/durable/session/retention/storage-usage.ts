import { nanoseconds } from "../../../lib/nanoseconds.ts";
import type { SessionState } from "../state.ts";
import type { StorageUsage, Retention } from "../../../session/contract/retention.ts";

/** Rows of a log beside its chunks, and a chunk's columns beside body and facts. */
const LOG_BYTES = 300;
const CHUNK_BYTES = 300;
/** Pages that are not full. Measured: 1.1 to 1.3 for logs that grow side by side. */
const FILL = 1.2;

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

/** The columns of its row in the list, an estimate: the rows lie in pages with those of other logs. Owners of replicas hold each trace a second time. */
export function storageUsage(state: SessionState): StorageUsage {
  const { bytes, factsUnits, chunks } = state.fold;
  const own = LOG_BYTES + (bytes + factsUnits + chunks * CHUNK_BYTES) * FILL;
  let replicas = 0;
  for (const { role } of state.traces.all()) if (role === "replica") replicas++;
  const share = replicas / Math.max(1, state.visible.traceCount);
  const owners = replicas * LOG_BYTES + (own - LOG_BYTES) * Math.min(1, share);
  return { bytes: Math.round(own + owners), oldest: state.oldestReceived() ?? 0 };
}
