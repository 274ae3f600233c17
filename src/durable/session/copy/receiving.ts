import type { LogEntry } from "../../../session/contract/log-page.ts";
import { markGone, weigh } from "../admission.ts";
import { countOf, decodeChunkFacts, deriveChunkFacts } from "../log/chunk-facts.ts";
import type { Copy, CopyOutcome, Withdrawal } from "./protocol.ts";
import { oweExpiry } from "../expiry.ts";
import { SESSION_SPANS, SESSION_TRACES } from "../limits.ts";
import type { SessionCore } from "../core.ts";
import type { NewChunk } from "../log/chunk.ts";
import type { SessionState } from "../state.ts";
import { fenceOf } from "../log/deletion-fence.ts";

type Received = {
  readonly outcome: CopyOutcome;
  readonly frames: readonly { readonly previous: number; readonly entry: LogEntry }[];
  readonly refold: boolean;
};

/** Takes a home's copy in the trace's own order: repeats are nothing, a gap asks again, a later epoch begins anew. */
export function receive(core: SessionCore, tenant: string, copy: Copy): CopyOutcome {
  if (core.state.log.meta.forgetting) return { outcome: "busy" };
  const row = core.state.rows.get(copy.traceId);
  if (row !== undefined && (copy.epoch < row.epoch || (row.role === "withdrawn" && copy.epoch === row.epoch))) {
    return { outcome: "stale", epoch: row.epoch };
  }
  // Of before the session was deleted: a home that is still there copies anew, and otherwise there is no answer to this one.
  const fence = row?.role === "copy" ? 0 : fenceOf(core.ctx.storage, "session");
  if (copy.epoch <= fence) return { outcome: "stale", epoch: fence };
  const newer = row !== undefined && copy.epoch > row.epoch;
  const next = newer || row === undefined ? 1 : (core.state.traceHeads.get(copy.traceId) ?? 0) + 1;
  const fresh = copy.chunks.filter((chunk) => chunk.traceRevision >= next);
  if (fresh.length === 0 || fresh[0]?.traceRevision !== next) {
    // Nothing to take. A session that is only asked stays as it is.
    return { outcome: "held", next };
  }
  const received = core.write((state) => take(core, state, tenant, copy, fresh, newer));
  if (received.refold) core.discard();
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
    state.rows.put({ traceId: copy.traceId, role: "copy", epoch: copy.epoch, leaving: [] });
  core.oweReport(state, now);
  if (newer && row?.role === "copy") {
    const previous = state.shownHead;
    const entry = letGo(state, copy.traceId, "", now);
    // What follows is admitted as to a session that never had the trace.
    state.unfold();
    frames.push({ previous, entry });
  }

  const weight = weigh(copy.values);
  for (const chunk of fresh) {
    const { kind } = chunk;
    if (kind === "gone") continue;
    const facts = decodeChunkFacts(kind, chunk.facts) ?? deriveChunkFacts({ ...chunk, kind }).facts;
    if (!hasRoom(core, state, copy.traceId, countOf(facts), chunk.body.length + weight))
      return refuse(state, copy, frames, now);
    const previous = state.shownHead;
    const revision = state.log.append(chunk);
    state.admit(copy.traceId, facts, revision, { ...chunk, bytes: chunk.body.length });
    frames.push({ previous, entry: { ...chunk, kind, revision, superseded: [] } });
    oweExpiry(core.retention, state, chunk.received);
  }
  for (const value of copy.values) state.addBytes(state.log.values.put(value));
  const next = (fresh.at(-1)?.traceRevision ?? 0) + 1;
  return { outcome: { outcome: "held", next }, frames, refold: newer };
}

function hasRoom(
  { retention }: SessionCore,
  { shown, traceHeads, bytes }: SessionState,
  traceId: string,
  count: number,
  size: number,
): boolean {
  if (shown.itemCount + count > SESSION_SPANS || bytes + size > retention.sessionBytes) return false;
  return traceHeads.has(traceId) || shown.traceCount < SESSION_TRACES;
}

/** At the ceiling the whole trace goes back: half of one would be neither here nor there. */
function refuse(
  state: SessionState,
  copy: Copy,
  frames: readonly { previous: number; entry: LogEntry }[],
  now: number,
): Received {
  const held = state.traceHeads.has(copy.traceId) || frames.length > 0;
  const gone = held ? [{ previous: 0, entry: letGo(state, copy.traceId, copy.traceId, now) }] : [];
  state.rows.put({ traceId: copy.traceId, role: "withdrawn", epoch: copy.epoch, leaving: [] });
  return { outcome: { outcome: "full" }, frames: gone, refold: true };
}

/** Takes back what an earlier binding of the trace brought here; nothing if nothing did. */
export function withdraw(core: SessionCore, tenant: string, withdrawal: Withdrawal): void {
  // Nothing is shown there any more, and all that it holds goes.
  if (core.state.log.meta.forgetting) return;
  const row = core.state.rows.get(withdrawal.traceId);
  if (row !== undefined && row.epoch >= withdrawal.epoch) return;
  // Thousands may be taken back one by one: the log is written to, and folded again by who asks for it.
  const gone = core.write((state) => {
    const now = Date.now();
    state.log.meta.open(tenant, withdrawal.session, now);
    const mark = row?.role === "copy" ? letGo(state, withdrawal.traceId, withdrawal.to, now) : undefined;
    state.rows.put({ traceId: withdrawal.traceId, role: "withdrawn", epoch: withdrawal.epoch, leaving: [] });
    if (mark !== undefined) core.oweReport(state, now);
    oweExpiry(core.retention, state, now);
    return mark;
  });
  core.state.unfold();
  // Whoever follows reads on from where they are.
  if (gone !== undefined) core.publish("session", 0, gone);
  core.kick();
}

/** What is folded is void then. */
function letGo(state: SessionState, traceId: string, to: string, now: number): LogEntry {
  state.log.dropTraces([traceId]);
  return markGone(state, traceId, to, now);
}
