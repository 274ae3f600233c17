import type { AppendOutcome, Delivery, OffloadedValue } from "../../facts/delivery.ts";
import { bestName, NO_NAMES, withName } from "../../session/table/session-ids.ts";
import { sessionIdOf } from "../../place.ts";
import type { CallContext } from "../../place.ts";
import type { LogEntry, View } from "../../session/contract/log-page.ts";
import { claimsOf, countOf, decodeChunkFacts, knownPositions } from "./log/chunk-facts.ts";
import type { ChunkFacts } from "./log/chunk-facts.ts";
import { scheduleExpiry } from "./expiry.ts";
import { SESSION_SPANS } from "./limits.ts";
import type { NewChunk } from "./log/chunk.ts";
import type { SessionState } from "./state.ts";
import { begin, bind, isMoved, isVisible, needsCopy } from "./binding.ts";
import type { TraceRow } from "./log/rows.ts";
import { isRecorded } from "../../otel/trace-context.ts";
import { log } from "../../lib/log.ts";

/** Admits a delivery at the owner of its trace: whole or not at all, on disk before the answer. */
export function append(state: SessionState, cause: CallContext, delivery: Delivery): AppendOutcome {
  const judged = judge(state, delivery);
  if ("outcome" in judged) return judged;
  state.exporter = cause.exporter;
  const start = Date.now();
  const committed = state.write(() => commit(state, delivery, judged.facts));
  const end = Date.now();
  if (committed.transition) state.evict();
  for (const { view, previous, entry } of committed.frames) state.publish(view, previous, entry);
  if (committed.transition === "in") state.subscribers.closeAll();
  const now = Date.now();
  if (cause.sinks !== "none") state.jobs.schedule("deliver", state.delivery.nextRingAt(now));
  // A log that was just read from disk does not know that there is no sink.
  else if (state.jobs.isDue("deliver", now) && state.outbox.of(delivery.traceId).length === 0)
    state.jobs.done("deliver");
  state.kick(cause);
  return isRecorded(cause) ? { outcome: "appended", wrote: [start, end] } : { outcome: "appended" };
}

/** Reads only. A fault here would recur with every retry, so it is an outcome and not an exception. */
function judge(state: SessionState, delivery: Delivery): AppendOutcome | { readonly facts: ChunkFacts } {
  if (state.isDeleting) throw new Error("this session is being deleted; try again");
  const row = state.traces.get(delivery.traceId);
  const table = row !== undefined && !isVisible(row, state.id) ? state.fold.moved : state.visible;
  let facts: ChunkFacts | undefined;
  let known: readonly number[] = [];
  try {
    facts = decodeChunkFacts(delivery.kind, delivery.facts);
    if (facts !== undefined) known = knownPositions(table, delivery.traceId, facts);
  } catch (error) {
    const reference = crypto.randomUUID();
    log("delivery-not-readable", { level: "error", reference, traceId: delivery.traceId, error });
    return { outcome: "fault", reference };
  }
  if (facts === undefined) throw new Error("the Worker and the object run different versions; try again");
  if (known.length === facts.facts.length) return { outcome: "known" };
  if (known.length > 0) return { outcome: "partly-known", known };
  if (table.itemCount + countOf(facts) > SESSION_SPANS)
    return {
      outcome: "full",
      reason: `the session would hold more than ${SESSION_SPANS} spans and log records, its ceiling`,
    };
  if (state.fold.bytes + delivery.body.length + weigh(delivery.values) > state.settings.retention.sessionBytes)
    return {
      outcome: "full",
      reason: `the session would hold more than ${state.settings.retention.sessionBytes} bytes, its ceiling`,
    };
  return { facts };
}

/** Bytes of offloaded values, as they are stored. */
export function weigh(values: readonly OffloadedValue[]): number {
  return values.reduce((sum, { body }) => sum + body.length, 0);
}

type Committed = {
  readonly frames: readonly { readonly view: View; readonly previous: number; readonly entry: LogEntry }[];
  /** The trace moved to another session, or back to this object's: the log is folded anew. */
  readonly transition?: "away" | "in";
};

function commit(state: SessionState, delivery: Delivery, facts: ChunkFacts): Committed {
  const { traceId } = delivery;
  const now = Date.now();
  state.log.meta.open(now);
  const known = state.traces.get(traceId);
  const before: TraceRow = known ?? begin(traceId, firstSession(facts), state.firstEpoch(now));
  const previous = {
    session: state.fold.sessionHead,
    trace: state.fold.ownedHead,
    head: state.fold.traceHeads.get(traceId) ?? 0,
  };
  if (known === undefined) state.traces.upsert(before);

  const chunk: NewChunk = {
    traceId,
    traceRevision: previous.head + 1,
    kind: delivery.kind,
    received: now,
    encoding: delivery.encoding,
    receipt: delivery.receipt,
    hashes: delivery.values.map((value) => value.hash),
    facts: delivery.facts,
    body: delivery.body,
  };
  for (const value of delivery.values) state.addBytes(state.log.values.insert(value));
  const revision = state.log.append(chunk);
  state.admit(traceId, facts, revision, { ...chunk, bytes: chunk.body.length });

  const after = bind(before, state.id, namedSession(state, before), now);
  if (after !== before) state.traces.upsert(after);
  const wasVisible = isVisible(before, state.id);
  const isVisibleNow = isVisible(after, state.id);
  if (isMoved(after, state.id)) state.pendingCopies.add({ ...chunk, revision });
  if (needsCopy(after, state.id)) state.jobs.schedule("copy", now);
  if (isVisibleNow || (wasVisible && previous.head > 0)) state.scheduleReport(now);
  if (isVisibleNow) scheduleExpiry(state, now);

  const entry: LogEntry = { ...chunk, kind: delivery.kind, revision, superseded: [] };
  const frames: Committed["frames"][number][] = [{ view: "trace", previous: previous.trace, entry }];
  if (isVisibleNow && wasVisible) frames.push({ view: "session", previous: previous.session, entry });
  if (isVisibleNow === wasVisible) return { frames };
  if (isVisibleNow) {
    state.log.restore(traceId, now);
    return { frames: [], transition: "in" };
  }
  if (previous.head > 0)
    frames.push({
      view: "session",
      previous: previous.session,
      entry: appendTombstone(state, traceId, after.session ?? "", now),
    });
  return { frames, transition: "away" };
}

/** The session that a delivery names. */
function firstSession(facts: ChunkFacts): string | undefined {
  const best = bestName(claimsOf(facts).reduce(withName, NO_NAMES));
  return best && sessionIdOf(best.value);
}

/** The session that the trace's spans name now. Names are never removed. */
function namedSession(state: SessionState, row: TraceRow): string | undefined {
  const table = isVisible(row, state.id) ? state.visible : state.fold.moved;
  const best = table.sessionName(row.traceId);
  return best && sessionIdOf(best.value);
}

/** Appends the tombstone from which viewers learn that a trace left; call inside a transaction. */
export function appendTombstone(state: SessionState, traceId: string, session: string, now: number): LogEntry {
  const revision = state.log.append({
    traceId,
    traceRevision: 0,
    kind: "tombstone",
    received: now,
    encoding: "identity",
    receipt: { encoding: "json", spans: 0 },
    hashes: [],
    facts: session,
    body: new Uint8Array(),
  });
  state.admitTombstone(traceId, session, revision);
  return { kind: "gone", revision, traceId, ...(session === "" ? {} : { session }) };
}
