import type { CallContext } from "../../../place.ts";
import type { LogEntry } from "../../../session/contract/log-page.ts";
import { appendTombstone, weigh } from "../admission.ts";
import { countOf, decodeChunkFacts, deriveChunkFacts } from "../log/chunk-facts.ts";
import type { Copy, CopyOutcome, ReplicaQuery, Revocation } from "./protocol.ts";
import { scheduleExpiry } from "../expiry.ts";
import { SESSION_SPANS, SESSION_TRACES } from "../limits.ts";
import type { NewChunk } from "../log/chunk.ts";
import type { SessionState } from "../state.ts";
import { replicaRow, revokedRow } from "../binding.ts";

type Stored = {
  readonly outcome: CopyOutcome;
  readonly frames: readonly { readonly previous: number; readonly entry: LogEntry }[];
  readonly isVoid: boolean;
};

/** Admits an owner's copy in the trace's own order: repeats change nothing, a gap queries again, a later epoch begins anew. */
export function storeCopy(state: SessionState, cause: CallContext, copy: Copy): CopyOutcome {
  if (state.isDeleting) return { outcome: "busy" };
  const row = state.traces.get(copy.traceId);
  if (row !== undefined && (copy.epoch < row.epoch || (row.role === "revoked" && copy.epoch === row.epoch))) {
    return { outcome: "stale", epoch: row.epoch };
  }
  // A copy from before the session was deleted: an owner that still exists copies anew; no other answer is read.
  const fence = row?.role === "replica" ? 0 : state.log.meta.fence("session");
  if (copy.epoch <= fence) return { outcome: "stale", epoch: fence };
  const newer = row !== undefined && copy.epoch > row.epoch;
  const next = newer || row === undefined ? 1 : state.traceHead(copy.traceId) + 1;
  const fresh = copy.chunks.filter((chunk) => chunk.traceRevision >= next);
  if (fresh.length === 0 || fresh[0]?.traceRevision !== next) {
    // Nothing to admit: a query changes nothing.
    return { outcome: "stored", next };
  }
  state.exporter = copy.exporter;
  const stored = state.write(() => admit(state, copy, fresh, newer));
  if (stored.isVoid) state.evict();
  for (const { previous, entry } of stored.frames) state.publish("session", previous, entry);
  state.kick(cause);
  return stored.outcome;
}

/** Where the copy of a trace is to begin. Changes nothing, and folds nothing: hundreds are asked in one turn. */
export function queryReplica(state: SessionState, cause: CallContext, query: ReplicaQuery): CopyOutcome {
  return storeCopy(state, cause, { ...query, chunks: [], values: [] });
}

function admit(state: SessionState, copy: Copy, fresh: readonly NewChunk[], newer: boolean): Stored {
  const now = Date.now();
  const frames: { previous: number; entry: LogEntry }[] = [];
  state.log.meta.open(now);
  const row = state.traces.get(copy.traceId);
  if (row?.epoch !== copy.epoch) state.traces.upsert(replicaRow(copy.traceId, copy.epoch));
  state.scheduleReport(now);
  if (newer && row?.role === "replica") {
    const previous = state.fold.sessionHead;
    const entry = deleteReplica(state, copy.traceId, "", now);
    // The chunks that follow are admitted as if the session never had the trace.
    state.evictFold();
    frames.push({ previous, entry });
  }

  const weight = weigh(copy.values);
  for (const chunk of fresh) {
    const { kind } = chunk;
    if (kind === "tombstone") continue;
    const facts = decodeChunkFacts(kind, chunk.facts) ?? deriveChunkFacts({ ...chunk, kind }).facts;
    if (!hasRoom(state, copy.traceId, countOf(facts), chunk.body.length + weight))
      return refuse(state, copy, frames, now);
    const previous = state.fold.sessionHead;
    const revision = state.log.append(chunk);
    state.admit(copy.traceId, facts, revision, { ...chunk, bytes: chunk.body.length });
    frames.push({ previous, entry: { ...chunk, kind, revision, superseded: [] } });
    scheduleExpiry(state, chunk.received);
  }
  for (const value of copy.values) state.addBytes(state.log.values.insert(value));
  const next = (fresh.at(-1)?.traceRevision ?? 0) + 1;
  return { outcome: { outcome: "stored", next }, frames, isVoid: newer };
}

function hasRoom(
  { settings: { retention }, fold: { visible, traceHeads, bytes } }: SessionState,
  traceId: string,
  count: number,
  size: number,
): boolean {
  if (visible.itemCount + count > SESSION_SPANS || bytes + size > retention.sessionBytes) return false;
  return traceHeads.has(traceId) || visible.traceCount < SESSION_TRACES;
}

/** Without room the whole replica is deleted: half a trace would be complete nowhere. */
function refuse(
  state: SessionState,
  copy: Copy,
  frames: readonly { previous: number; entry: LogEntry }[],
  now: number,
): Stored {
  const hasReplica = state.fold.traceHeads.has(copy.traceId) || frames.length > 0;
  const tombstone = hasReplica ? [{ previous: 0, entry: deleteReplica(state, copy.traceId, copy.traceId, now) }] : [];
  state.traces.upsert(revokedRow(copy.traceId, copy.epoch));
  return { outcome: { outcome: "full" }, frames: tombstone, isVoid: true };
}

/** Revokes the replica of an earlier binding, if there is one. */
export function revoke(state: SessionState, cause: CallContext, revocation: Revocation): void {
  // The session is being deleted with all its replicas.
  if (state.isDeleting) return;
  const row = state.traces.get(revocation.traceId);
  if (row !== undefined && row.epoch >= revocation.epoch) return;
  // Thousands may be revoked one by one: the log is only written to, and folded again when it is read.
  const tombstone = state.write(() => {
    const now = Date.now();
    state.log.meta.open(now);
    const appended = row?.role === "replica" ? deleteReplica(state, revocation.traceId, revocation.to, now) : undefined;
    state.traces.upsert(revokedRow(revocation.traceId, revocation.epoch));
    if (appended !== undefined) state.scheduleReport(now);
    scheduleExpiry(state, now);
    return appended;
  });
  state.evictFold();
  // Viewers read on from their cursor.
  if (tombstone !== undefined) state.publish("session", 0, tombstone);
  state.kick(cause);
}

/** Voids the fold. */
function deleteReplica(state: SessionState, traceId: string, to: string, now: number): LogEntry {
  state.log.deleteTraces([traceId]);
  return appendTombstone(state, traceId, to, now);
}
