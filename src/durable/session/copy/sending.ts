import type { Cause } from "../../../place.ts";
import type { OffloadedValue } from "../../../facts/delivery.ts";
import type { Copy, CopyOutcome } from "./protocol.ts";
import { COPY_BATCH_BYTES } from "../limits.ts";
import type { SessionState } from "../state.ts";
import type { NewChunk } from "../log/chunk.ts";
import { ChunkBatch } from "../log/chunk-batch.ts";
import { isMoved, outrank, refuse, revoked } from "../binding.ts";
import type { TraceRow } from "../log/rows.ts";

/** `next`: the first of the trace's own revisions that the replica lacks; `after`: the revision of this log before it. */
type ReplicaHead = { readonly epoch: number; readonly next: number; readonly after: number };

type Round = { readonly cause: Cause };

/** Copies the owner's chunks to the session that its trace is bound to, in order, until none is left. */
export class OwnerCopy {
  readonly #state: SessionState;
  readonly #isPaused: () => boolean;
  #running: Promise<void> | undefined;
  /** Set by a call during a run: its cause is that of the next round. */
  #again: Round | undefined;
  /** The known head of the replica; unknown after a wake or a fault, and then queried. */
  #replica: ReplicaHead | undefined;
  /** The answer to a query of this binding that no run has used yet. */
  #query: { readonly epoch: number; readonly outcome: Promise<CopyOutcome> } | undefined;
  /** An answer from before the last one may not hold. */
  #evictions = 0;

  /** `isPaused`: a run ends after its present call, and none begins. What is left is copied later. */
  constructor(state: SessionState, isPaused: () => boolean) {
    this.#state = state;
    this.#isPaused = isPaused;
  }

  /** One copy runs at a time; a call meanwhile makes it look again before it ends. */
  run(cause: Cause): Promise<void> {
    if (this.#running !== undefined) {
      this.#again = { cause };
      return this.#running;
    }
    this.#running = this.#loop(cause).finally(() => (this.#running = undefined));
    return this.#running;
  }

  /** Queries the replica before a run does: the logs that are about to run ask together. Resolves when it was answered, and never rejects. */
  async ask(cause: Cause): Promise<void> {
    const row = this.#state.traces.owned();
    if (row === undefined || this.#running !== undefined || this.#isPaused()) return;
    if (!isMoved(row, this.#state.id) || this.#replica?.epoch === row.epoch) return;
    await this.#ask(row, cause).catch(() => undefined);
  }

  #ask({ traceId, session = "", epoch }: TraceRow, cause: Cause): Promise<CopyOutcome> {
    if (this.#query?.epoch === epoch) return this.#query.outcome;
    const outcome = this.#state.queryReplica({ session, traceId, epoch }, cause);
    this.#query = { epoch, outcome };
    return outcome;
  }

  /** Queries the replica anew before it copies on. */
  evict(): void {
    this.#replica = undefined;
    this.#query = undefined;
    this.#evictions++;
  }

  get isActive(): boolean {
    return this.#running !== undefined;
  }

  /** Resolves when no call to another log is under way. */
  async idle(): Promise<void> {
    await this.#running?.catch(() => undefined);
  }

  async #loop(first: Cause): Promise<void> {
    try {
      for (let round: Round | undefined = { cause: first }; round !== undefined; round = this.#again) {
        this.#again = undefined;
        while (!this.#isPaused() && (await this.#step(round.cause)));
      }
    } catch (error) {
      this.#replica = undefined;
      throw error;
    }
  }

  /** One call to another object. Returns whether there may be more to do. */
  async #step(cause: Cause): Promise<boolean> {
    const state = this.#state;
    const row = state.traces.owned();
    if (row === undefined) return false;
    if (isMoved(row, state.id)) {
      const replica = this.#replica?.epoch === row.epoch ? this.#replica : undefined;
      const head = state.fold.traceHeads.get(row.traceId) ?? 0;
      if (replica === undefined || replica.next <= head) return await this.#copy(row, replica, cause);
    }
    return await this.revoke(row, cause);
  }

  /** Sends the chunks that the replica lacks, or queries them if they are unknown. */
  async #copy(row: TraceRow, replica: ReplicaHead | undefined, cause: Cause): Promise<boolean> {
    const session = row.session ?? "";
    const { chunks, values, last } = this.#batch(row.traceId, replica);
    const evictions = this.#evictions;
    const outcome = await (replica === undefined ? this.#head(row, cause) : this.#send(row, { chunks, values }, cause));
    // The trace may have been bound anew, or deleted, during the call.
    if (this.#state.traces.get(row.traceId)?.epoch !== row.epoch || this.#evictions !== evictions) return true;
    if (outcome.outcome === "stored") this.#acknowledge(row, outcome.next, chunks.at(-1)?.traceRevision, last);
    else this.#bindAgain(row, session, outcome, cause);
    return true;
  }

  async #head(row: TraceRow, cause: Cause): Promise<CopyOutcome> {
    try {
      return await this.#ask(row, cause);
    } finally {
      this.#query = undefined;
    }
  }

  async #send(
    { traceId, session = "", epoch }: TraceRow,
    batch: Pick<Copy, "chunks" | "values">,
    cause: Cause,
  ): Promise<CopyOutcome> {
    const { exporter } = this.#state;
    const copy: Copy = { session, traceId, epoch, ...batch, ...(exporter === undefined ? {} : { exporter }) };
    return await this.#state.objectOf(session, cause).storeCopy(copy);
  }

  #acknowledge(row: TraceRow, next: number, sent: number | undefined, last: number): void {
    const after = sent !== undefined && next === sent + 1 ? last : this.#state.log.revisionBefore(row.traceId, next);
    this.#replica = { epoch: row.epoch, next, after };
    this.#state.pendingCopies.acknowledge(next);
  }

  #bindAgain(row: TraceRow, session: string, outcome: Exclude<CopyOutcome, { outcome: "stored" }>, cause: Cause): void {
    switch (outcome.outcome) {
      case "stale":
        this.#state.write(() => {
          this.#state.traces.upsert(outrank(row, outcome.epoch));
          this.#state.log.meta.raiseFence("trace", outcome.epoch);
        });
        return;
      case "full":
        this.#refuse(row, session, cause);
        return;
      case "busy":
        throw new Error(`session ${session} is being deleted`);
    }
  }

  /** The trace becomes its own session again; its summary says to which one it belongs. */
  #refuse(row: TraceRow, session: string, cause: Cause): void {
    const state = this.#state;
    state.write(() => {
      state.traces.upsert(refuse(row, session));
      state.log.restore(row.traceId, Date.now());
      state.scheduleReport(Date.now());
    });
    state.evict();
    state.subscribers.closeAll();
    state.kick(cause);
  }

  /**
   * Revokes one replica of an earlier binding: after the copy, so that a viewer who follows finds the trace. Returns whether
   * there was one.
   */
  async revoke(row: TraceRow, cause: Cause): Promise<boolean> {
    const from = row.revoking[0];
    if (from === undefined) return false;
    const to = isMoved(row, this.#state.id) ? (row.session ?? "") : row.traceId;
    await this.#state.objectOf(from, cause).revoke({ session: from, traceId: row.traceId, epoch: row.epoch, to });
    const now = this.#state.traces.get(row.traceId);
    // Bound anew meanwhile, perhaps to the session whose replica was just revoked: the new binding's list stands.
    if (now?.epoch !== row.epoch) return true;
    this.#state.write(() => this.#state.traces.upsert(revoked(now, from)));
    return true;
  }

  #batch(
    traceId: string,
    replica: ReplicaHead | undefined,
  ): { chunks: readonly NewChunk[]; values: readonly OffloadedValue[]; last: number } {
    const { log, pendingCopies } = this.#state;
    const batch = new ChunkBatch<NewChunk>(log.values);
    let last = replica?.after ?? 0;
    if (replica === undefined) return { chunks: [], values: [], last };
    const inMemory = pendingCopies.from(replica.next);
    for (const { revision, ...chunk } of inMemory.length > 0 ? inMemory : log.chunks(replica.after, traceId)) {
      last = revision;
      if (chunk.kind === "tombstone") continue;
      batch.add(chunk);
      if (batch.bytes >= COPY_BATCH_BYTES) break;
    }
    return { chunks: batch.chunks, values: batch.values, last };
  }
}
