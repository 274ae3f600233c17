import type { LogEntry } from "../../../session/contract/log-page.ts";
import { appendTombstone, weigh } from "../admission.ts";
import { countOf, decodeChunkFacts, deriveChunkFacts } from "../log/chunk-facts.ts";
import type { Copy, CopyOutcome, Revocation } from "./protocol.ts";
import { scheduleExpiry } from "../expiry.ts";
import { SESSION_SPANS, SESSION_TRACES } from "../limits.ts";
import type { SessionCore } from "../core.ts";
import type { NewChunk } from "../log/chunk.ts";
import type { SessionState } from "../state.ts";
import { fenceOf } from "../log/deletion-fence.ts";

type Received = {
  readonly outcome: CopyOutcome;
  readonly frames: readonly { readonly previous: number; readonly entry: LogEntry }[];
  readonly isVoid: boolean;
};

/** Admits an owner's copy in the trace's own order: repeats change nothing, a gap queries again, a later epoch begins anew. */
export function receive(core: SessionCore, tenant: string, copy: Copy): CopyOutcome {
  if (core.state.log.meta.deleting) return { outcome: "busy" };
  const row = core.state.rows.get(copy.traceId);
  if (row !== undefined && (copy.epoch < row.epoch || (row.role === "revoked" && copy.epoch === row.epoch))) {
    return { outcome: "stale", epoch: row.epoch };
  }
  // A copy from before the session was deleted: an owner that still exists copies anew; no other answer is read.
  const fence = row?.role === "replica" ? 0 : fenceOf(core.ctx.storage, "session");
  if (copy.epoch <= fence) return { outcome: "stale", epoch: fence };
  const newer = row !== undefined && copy.epoch > row.epoch;
  const next = newer || row === undefined ? 1 : (core.state.traceHeads.get(copy.traceId) ?? 0) + 1;
  const fresh = copy.chunks.filter((chunk) => chunk.traceRevision >= next);
  if (fresh.length === 0 || fresh[0]?.traceRevision !== next) {
    // Nothing to admit: a query changes nothing.
    return { outcome: "held", next };
  }
  const received = core.write((state) => take(core, state, tenant, copy, fresh, newer));
  if (received.isVoid) core.evict();
  for (const { previous, entry } of received.frames) core.publish("session", previous, entry);
  core.kick();
  return received.outcome;
}

function take(
  core: SessionCore,
  state: SessionState,
  tenant: string,
  copy: Copy,
  fresh: readonly NewChunk[],
  newer: boolean,
): Received {
  const now = Date.now();
  const frames: { previous: number; entry: LogEntry }[] = [];
  state.log.meta.open(tenant, copy.session, now);
  const row = state.rows.get(copy.traceId);
  if (row?.epoch !== copy.epoch)
    state.rows.upsert({ traceId: copy.traceId, role: "replica", epoch: copy.epoch, revoking: [] });
  core.scheduleReport(state, now);
  if (newer && row?.role === "replica") {
    const previous = state.sessionHead;
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
    if (!hasRoom(core, state, copy.traceId, countOf(facts), chunk.body.length + weight))
      return refuse(state, copy, frames, now);
    const previous = state.sessionHead;
    const revision = state.log.append(chunk);
    state.admit(copy.traceId, facts, revision, { ...chunk, bytes: chunk.body.length });
    frames.push({ previous, entry: { ...chunk, kind, revision, superseded: [] } });
    scheduleExpiry(core.retention, state, chunk.received);
  }
  for (const value of copy.values) state.addBytes(state.log.values.insert(value));
  const next = (fresh.at(-1)?.traceRevision ?? 0) + 1;
  return { outcome: { outcome: "held", next }, frames, isVoid: newer };
}

function hasRoom(
  { retention }: SessionCore,
  { visible, traceHeads, bytes }: SessionState,
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
): Received {
  const isHeld = state.traceHeads.has(copy.traceId) || frames.length > 0;
  const tombstone = isHeld ? [{ previous: 0, entry: deleteReplica(state, copy.traceId, copy.traceId, now) }] : [];
  state.rows.upsert({ traceId: copy.traceId, role: "revoked", epoch: copy.epoch, revoking: [] });
  return { outcome: { outcome: "full" }, frames: tombstone, isVoid: true };
}

/** Revokes the replica of an earlier binding, if there is one. */
export function revoke(core: SessionCore, tenant: string, revocation: Revocation): void {
  // The session is being deleted with all its replicas.
  if (core.state.log.meta.deleting) return;
  const row = core.state.rows.get(revocation.traceId);
  if (row !== undefined && row.epoch >= revocation.epoch) return;
  // Thousands may be revoked one by one: the log is only written to, and folded again when it is read.
  const tombstone = core.write((state) => {
    const now = Date.now();
    state.log.meta.open(tenant, revocation.session, now);
    const appended = row?.role === "replica" ? deleteReplica(state, revocation.traceId, revocation.to, now) : undefined;
    state.rows.upsert({ traceId: revocation.traceId, role: "revoked", epoch: revocation.epoch, revoking: [] });
    if (appended !== undefined) core.scheduleReport(state, now);
    scheduleExpiry(core.retention, state, now);
    return appended;
  });
  core.state.evictFold();
  // Viewers read on from their cursor.
  if (tombstone !== undefined) core.publish("session", 0, tombstone);
  core.kick();
}

/** Voids the fold. */
function deleteReplica(state: SessionState, traceId: string, to: string, now: number): LogEntry {
  state.log.deleteTraces([traceId]);
  return appendTombstone(state, traceId, to, now);
}
