import type { CallContext } from "../../../place.ts";
import { append } from "../admission.ts";
import { joinOwner, needsCopy } from "../binding.ts";
import { revoke, storeCopy } from "../copy/receiving.ts";
import type { Chunk } from "../log/chunk.ts";
import { decodeChunkFacts, deriveChunkFacts, withoutKnown } from "../log/chunk-facts.ts";
import type { TraceRow } from "../log/rows.ts";
import type { SessionState } from "../state.ts";
import type { JoinPage } from "./protocol.ts";

/**
 * The calls that a new log of this id took while its shard knew nothing of this one are made here again: deliveries of the owned trace, copies
 * and revocations. So it may be repeated, and gives what the log would be if all had come here. Throws if the log has no room.
 * Returns the copied traces that it did not take whole: their owners have to look what is here.
 */
export function joinLog(state: SessionState, cause: CallContext, page: JoinPage): string[] {
  const lacking = new Set<string>();
  const rows = new Map(page.traces.map((row) => [row.traceId, row]));
  for (const chunk of page.chunks) {
    const row = rows.get(chunk.traceId);
    if (chunk.kind === "tombstone" || row === undefined) continue;
    if (row.role === "owner") deliver(state, cause, page, chunk);
    else if (!copy(state, cause, page, chunk, row)) lacking.add(chunk.traceId);
  }
  if (page.isLast) joinRows(state, cause, page);
  return Array.from(lacking);
}

function joinRows(state: SessionState, cause: CallContext, page: JoinPage): void {
  for (const { role, traceId, epoch } of page.traces)
    if (role === "revoked")
      revoke(state, cause, { session: state.id, traceId, epoch, to: page.movedTo.get(traceId) ?? "" });
  const owned = page.traces.find(({ role }) => role === "owner");
  if (owned !== undefined) bindAgain(state, cause, owned);
  // A run that delivered the new log to upstreams knows positions in that one.
  if (state.delivery.current === undefined) {
    state.delivery.begin(Date.now());
    state.delivery.end();
  }
}

function deliver(
  state: SessionState,
  cause: CallContext,
  page: JoinPage,
  chunk: Chunk & { readonly kind: string },
): void {
  const { kind, traceId, encoding, body, receipt } = chunk;
  if (kind === "tombstone") return;
  const facts =
    decodeChunkFacts(kind, chunk.facts) === undefined ? deriveChunkFacts({ ...chunk, kind }).encoded : chunk.facts;
  const whole = { kind, traceId, spans: receipt.spans, facts, encoding, body, receipt, values: valuesOf(page, chunk) };
  const outcome = append(state, cause, whole);
  const last =
    outcome.outcome === "partly-known"
      ? append(state, cause, { ...whole, ...withoutKnown(whole, outcome.known) })
      : outcome;
  if (last.outcome !== "appended" && last.outcome !== "known")
    throw new Error(`the log from before takes nothing of the new one: ${last.outcome}`);
}

/** Whether the chunk is here then. */
function copy(state: SessionState, cause: CallContext, page: JoinPage, chunk: Chunk, { epoch }: TraceRow): boolean {
  const { revision: _, ...sent } = chunk;
  const values = valuesOf(page, chunk);
  const stored = storeCopy(state, cause, {
    session: state.id,
    traceId: chunk.traceId,
    epoch,
    chunks: [sent],
    values,
  });
  if (stored.outcome === "busy") throw new Error("the log is being deleted; try again");
  return stored.outcome === "stored" && stored.next > chunk.traceRevision;
}

function valuesOf({ values }: JoinPage, { hashes }: Chunk): JoinPage["values"] {
  return values.filter(({ hash }) => hashes.includes(hash));
}

function bindAgain(state: SessionState, cause: CallContext, given: TraceRow): void {
  const owned = state.traces.owned();
  if (owned === undefined) return;
  const row = joinOwner(owned, given, state.id);
  state.write(() => {
    state.traces.upsert(row);
    if (needsCopy(row, state.id)) state.jobs.schedule("copy", Date.now());
  });
  state.kick(cause);
}
