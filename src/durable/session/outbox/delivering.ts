import { exports } from "cloudflare:workers";
import { textLength } from "../../../lib/body-codec.ts";
import { DAY_MILLIS } from "../../../lib/nanoseconds.ts";
import type { Cause } from "../../../place.ts";
import { LOST_RUN_MILLIS } from "../../../session/contract/outbox.ts";
import type { CursorMoves, OutboxPage, OutboxRow, OwnedChunk } from "../../../session/contract/outbox.ts";
import type { SessionState } from "../state.ts";

/** When the owned trace has to be delivered next by what is on disk, Unix milliseconds. Without a row no run has looked at it yet. */
export function nextDelivery({ traces, outbox, fold }: SessionState): number | undefined {
  const owned = traces.owned();
  if (owned === undefined) return undefined;
  const rows = outbox.of(owned.traceId);
  const head = fold.traceHeads.get(owned.traceId) ?? 0;
  return rows.length === 0 ? 0 : dueAtOf(rows, head);
}

/** Retention waits for a sink for so long after the last delivery of a trace. */
const SINK_MILLIS = 7 * DAY_MILLIS;

/** Whether a sink still lacks something of the owned trace, and may get it: what is parked counts as delivered. */
export function waitsForSink(state: SessionState, traceId: string, now: number): boolean {
  if (now - state.lastReceived(traceId) > SINK_MILLIS) return false;
  const head = state.fold.traceHeads.get(traceId) ?? 0;
  return state.outbox.of(traceId).some(({ matched, delivered }) => matched && delivered < head);
}

function dueAtOf(rows: readonly OutboxRow[], head: number): number | undefined {
  const due = rows.filter(({ matched, scanned, delivered }) => (matched ? delivered : scanned) < head);
  return due.length === 0 ? undefined : Math.min(...due.map(({ dueAt }) => dueAt));
}

/** Makes a Worker deliver the owned trace: by a message where a queue is bound, else by a call. */
export async function ring(state: SessionState, cause: Cause): Promise<void> {
  const owned = state.traces.owned();
  if (owned === undefined) return state.jobs.done("deliver");
  state.delivery.rang(Date.now());
  // The run ends it earlier. A message that is lost, or a Worker that dies, is made up for.
  state.jobs.extend("deliver", Date.now() + LOST_RUN_MILLIS);
  state.jobs.arm(Date.now());
  const call = { tenant: state.tenant, traceId: owned.traceId };
  const queue = state.deliveries;
  if (queue !== undefined) return void (await queue.send(call));
  const cursors = state.outbox.of(owned.traceId).length === 0 ? "no cursors" : "cursors";
  const outcome = await exports.Courier.deliver(call, cursors, cause?.traceparent);
  if (outcome !== "none" || !state.exists) return;
  state.jobs.done("deliver");
  state.jobs.arm(Date.now());
}

/** Begins a run, unless one is under way. */
export function openOutbox(state: SessionState, traceId: string): OutboxPage {
  const row = state.exists && !state.isDeleting ? state.traces.get(traceId) : undefined;
  if (row?.role !== "owner") return { state: "absent" };
  const now = Date.now();
  const run = state.delivery.begin(now);
  if (run === undefined) return { state: "busy" };
  const head = state.fold.traceHeads.get(traceId) ?? 0;
  return { state: "present", run, head, newest: state.lastReceived(traceId), rows: state.outbox.of(traceId) };
}

/** Deliveries of the owned trace after one of its own revisions. */
export function readOwned(state: SessionState, traceId: string, after: number, maxBytes: number): OwnedChunk[] {
  if (!state.isReadable) return [];
  const chunks: OwnedChunk[] = [];
  const table = state.shows(traceId) ? state.visible : state.fold.moved;
  let bytes = 0;
  for (const chunk of state.log.chunks(state.log.revisionBefore(traceId, after + 1), traceId)) {
    const { kind, revision, traceRevision, encoding, body, receipt } = chunk;
    if (kind === "tombstone") continue;
    const superseded = kind === "logs" ? [] : table.superseded(revision, revision);
    chunks.push({ kind, traceRevision, encoding, body, superseded, via: receipt.via ?? [] });
    bytes += textLength(encoding, body);
    if (bytes >= maxBytes) break;
  }
  return chunks;
}

/** Stores how far the sinks are. The end of a run says when the next one is due. */
export function moveCursors(state: SessionState, traceId: string, { run, rows, dropped, end }: CursorMoves): void {
  // Deleted meanwhile: a row would outlive its trace.
  if (!state.exists || state.isDeleting || state.traces.get(traceId)?.role !== "owner") return;
  if (!state.delivery.isCurrent(run)) return;
  state.write(() => {
    for (const row of rows) state.outbox.upsert(traceId, row);
    for (const sink of dropped) state.outbox.delete(traceId, sink);
  });
  if (end === undefined) return;
  const now = Date.now();
  state.delivery.end();
  const head = state.fold.traceHeads.get(traceId) ?? 0;
  const due = head > end.head ? now : dueAtOf(state.outbox.of(traceId), head);
  if (due === undefined) state.jobs.done("deliver");
  else state.jobs.postpone("deliver", Math.max(due, state.delivery.nextRingAt(now)));
  state.jobs.arm(now);
}

/** Forgets what a sink has after one of the trace's revisions, so that it is delivered again. */
export function rewind(state: SessionState, traceId: string, sink: string, to: number): void {
  const row = state.exists ? state.outbox.of(traceId).find((one) => one.sink === sink) : undefined;
  if (row === undefined) return;
  const delivered = Math.min(row.delivered, to);
  // A run under way would store what it delivered.
  state.delivery.end();
  state.write(() =>
    state.outbox.upsert(traceId, { ...row, delivered, position: 0, attempts: 0, failingSince: 0, dueAt: Date.now() }),
  );
}
