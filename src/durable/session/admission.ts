import type { AppendOutcome, Delivery, OffloadedValue } from "../../facts/delivery.ts";
import { bestName, NO_NAMES, withName } from "../../session/table/session-ids.ts";
import { sessionIdOf } from "../../place.ts";
import type { LogEntry, View } from "../../session/contract/log-page.ts";
import { claimsOf, countOf, decodeChunkFacts, knownPositions } from "./log/chunk-facts.ts";
import type { ChunkFacts } from "./log/chunk-facts.ts";
import { oweExpiry } from "./expiry.ts";
import { SESSION_SPANS } from "./limits.ts";
import type { SessionCore } from "./core.ts";
import type { NewChunk } from "./log/chunk.ts";
import type { SessionState } from "./state.ts";
import { isBoundAway, isShown } from "./log/rows.ts";
import type { TraceRow } from "./log/rows.ts";

/** Admits a delivery to the home of its trace: whole or not at all, on disk before the answer. */
export function append(core: SessionCore, tenant: string, delivery: Delivery): AppendOutcome {
  const judged = judge(core, delivery);
  if ("outcome" in judged) return judged;
  const committed = core.write((state) => commit(core, state, tenant, delivery, judged.facts));
  if (committed.moved) core.discard();
  for (const { view, previous, entry } of committed.frames) core.publish(view, previous, entry);
  if (committed.moved === "in") core.subscribers.dismiss();
  core.kick();
  return { outcome: "appended" };
}

/** Reads only. A fault in here would come again with every retry, so it is an answer and not an exception. */
function judge(core: SessionCore, delivery: Delivery): AppendOutcome | { readonly facts: ChunkFacts } {
  const { state } = core;
  if (state.log.meta.forgetting) throw new Error("this session is being forgotten; try again");
  const row = state.rows.get(delivery.traceId);
  const table = row !== undefined && !isShown(row, state.id) ? state.hidden : state.shown;
  let facts: ChunkFacts | undefined;
  let known: readonly number[] = [];
  try {
    facts = decodeChunkFacts(delivery.kind, delivery.facts);
    if (facts !== undefined) known = knownPositions(table, delivery.traceId, facts);
  } catch (error) {
    const reference = crypto.randomUUID();
    console.error(
      JSON.stringify({
        message: "a delivery could not be judged",
        reference,
        traceId: delivery.traceId,
        error: String(error),
      }),
    );
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
  if (state.bytes + delivery.body.length + weigh(delivery.values) > core.retention.sessionBytes)
    return {
      outcome: "full",
      reason: `the session would hold more than ${core.retention.sessionBytes} bytes, its ceiling`,
    };
  return { facts };
}

/** Bytes of values, as they are stored. */
export function weigh(values: readonly OffloadedValue[]): number {
  return values.reduce((sum, { body }) => sum + body.length, 0);
}

type Committed = {
  readonly frames: readonly { readonly view: View; readonly previous: number; readonly entry: LogEntry }[];
  /** The trace left this object's session, or came back to it: what is in memory is folded anew. */
  readonly moved?: "away" | "in";
};

function commit(
  core: SessionCore,
  state: SessionState,
  tenant: string,
  delivery: Delivery,
  facts: ChunkFacts,
): Committed {
  const { traceId } = delivery;
  const now = Date.now();
  state.log.meta.open(tenant, traceId, now);
  const known = state.rows.get(traceId);
  const before: TraceRow = known ?? newHome(traceId, facts, state.firstEpoch(now));
  const previous = { session: state.shownHead, trace: state.homeHead, head: state.traceHeads.get(traceId) ?? 0 };
  if (known === undefined) state.rows.put(before);

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
  for (const value of delivery.values) state.addBytes(state.log.values.put(value));
  const revision = state.log.append(chunk);
  state.admit(traceId, facts, revision, { ...chunk, bytes: chunk.body.length });

  const after = bind(state, before, now);
  const was = isShown(before, state.id);
  const is = isShown(after, state.id);
  if (isBoundAway(after, state.id)) state.handover.add({ ...chunk, revision });
  if (isBoundAway(after, state.id) || after.leaving.length > 0) state.jobs.owe("copy", now);
  if (is || (was && previous.head > 0)) core.oweReport(state, now);
  if (is) oweExpiry(core.retention, state, now);

  const entry: LogEntry = { ...chunk, kind: delivery.kind, revision, superseded: [] };
  const frames: Committed["frames"][number][] = [{ view: "trace", previous: previous.trace, entry }];
  if (is && was) frames.push({ view: "session", previous: previous.session, entry });
  if (is === was) return { frames };
  if (is) {
    state.log.takeBack(traceId, now);
    return { frames: [], moved: "in" };
  }
  if (previous.head > 0)
    frames.push({
      view: "session",
      previous: previous.session,
      entry: markGone(state, traceId, after.session ?? "", now),
    });
  return { frames, moved: "away" };
}

/** Bound from the start where its first spans name a session, so that it is never shown elsewhere. */
function newHome(traceId: string, facts: ChunkFacts, epoch: number): TraceRow {
  const best = bestName(claimsOf(facts).reduce(withName, NO_NAMES));
  return {
    traceId,
    role: "home",
    epoch,
    leaving: [],
    ...(best === undefined ? {} : { session: sessionIdOf(best.value) }),
  };
}

/** Binds the trace to the session that its spans name by now. Names are never withdrawn, so each binding outranks the last. */
function bind(state: SessionState, row: TraceRow, now: number): TraceRow {
  const table = isShown(row, state.id) ? state.shown : state.hidden;
  const best = table.sessionName(row.traceId);
  const session = best === undefined ? undefined : sessionIdOf(best.value);
  if (session === row.session) return row;
  const left = isBoundAway(row, state.id) && row.session !== undefined ? [...row.leaving, row.session] : row.leaving;
  const bound: TraceRow = {
    traceId: row.traceId,
    role: "home",
    epoch: Math.max(row.epoch + 1, now),
    leaving: left.filter((id) => id !== session),
    ...(session === undefined ? {} : { session }),
  };
  state.rows.put(bound);
  return bound;
}

/** Appends the mark that tells viewers that a trace left; call inside a transaction. */
export function markGone(state: SessionState, traceId: string, session: string, now: number): LogEntry {
  const revision = state.log.append({
    traceId,
    traceRevision: 0,
    kind: "gone",
    received: now,
    encoding: "identity",
    receipt: { encoding: "json", spans: 0 },
    hashes: [],
    facts: session,
    body: new Uint8Array(),
  });
  state.leave(traceId, session, revision);
  return { kind: "gone", revision, traceId, ...(session === "" ? {} : { session }) };
}
