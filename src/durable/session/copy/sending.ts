import type { OffloadedValue } from "../../../facts/delivery.ts";
import type { CopyOutcome } from "./protocol.ts";
import { COPY_BATCH_BYTES } from "../limits.ts";
import type { SessionCore } from "../core.ts";
import type { NewChunk } from "../log/chunk.ts";
import { isBoundAway } from "../log/rows.ts";
import type { TraceRow } from "../log/rows.ts";

/** `next`: the first of the trace's own revisions that the session misses; `after`: the revision of this log before it. */
type Held = { readonly epoch: number; readonly next: number; readonly after: number };

/** Copies what a home admitted on to the session that its trace is bound to, in order, until nothing is left. */
export class OwnerCopy {
  readonly #core: SessionCore;
  #running: Promise<void> | undefined;
  #again = false;
  /** What the session is known to hold; unknown after a wake or a fault: then it is asked. */
  #held: Held | undefined;

  constructor(core: SessionCore) {
    this.#core = core;
  }

  /** One copy runs at a time; a call while it runs makes it look again before it ends. */
  run(): Promise<void> {
    if (this.#running !== undefined) {
      this.#again = true;
      return this.#running;
    }
    this.#running = this.#loop().finally(() => (this.#running = undefined));
    return this.#running;
  }

  /** Resolves when no call to another object is under way. */
  async settled(): Promise<void> {
    await this.#running?.catch(() => undefined);
  }

  async #loop(): Promise<void> {
    try {
      do {
        this.#again = false;
        while (await this.#step());
      } while (this.#again);
    } catch (error) {
      this.#held = undefined;
      throw error;
    }
  }

  /** One call to another object. Answers whether there may be more to do. */
  async #step(): Promise<boolean> {
    const core = this.#core;
    const row = core.state.rows.home();
    if (row === undefined) return false;
    if (isBoundAway(row, core.state.id)) {
      const held = this.#held?.epoch === row.epoch ? this.#held : undefined;
      const head = core.state.traceHeads.get(row.traceId) ?? 0;
      if (held === undefined || held.next <= head) return await this.#copy(row, held);
    }
    return await this.withdraw(row);
  }

  /** Sends what the session does not hold yet; where that is unknown, it only asks. */
  async #copy(row: TraceRow, held: Held | undefined): Promise<boolean> {
    const session = row.session ?? "";
    const { chunks, values, last } = this.#batch(row.traceId, held);
    const outcome = await this.#core
      .session(session)
      .receive(this.#core.tenant, { session, traceId: row.traceId, epoch: row.epoch, chunks, values });
    // The trace may have been bound anew, or forgotten, while the session answered.
    if (this.#core.state.rows.get(row.traceId)?.epoch !== row.epoch) return true;
    if (outcome.outcome === "held") this.#hold(row, outcome.next, chunks.at(-1)?.traceRevision, last);
    else this.#yield(row, session, outcome);
    return true;
  }

  #hold(row: TraceRow, next: number, sent: number | undefined, last: number): void {
    const after =
      sent !== undefined && next === sent + 1 ? last : this.#core.state.log.revisionBefore(row.traceId, next);
    this.#held = { epoch: row.epoch, next, after };
    this.#core.state.handover.held(next);
  }

  #yield(row: TraceRow, session: string, outcome: Exclude<CopyOutcome, { outcome: "held" }>): void {
    switch (outcome.outcome) {
      case "stale":
        this.#core.write((state) => state.rows.put({ ...row, epoch: outcome.epoch + 1 }));
        return;
      case "full":
        this.#refuse(row, session);
        return;
      case "busy":
        throw new Error(`session ${session} is being forgotten`);
    }
  }

  /** The trace stays its own session, and says to which it belongs. */
  #refuse(row: TraceRow, session: string): void {
    const core = this.#core;
    core.write((state) => {
      state.rows.put({ ...row, refused: session });
      state.log.takeBack(row.traceId, Date.now());
      core.oweReport(state, Date.now());
    });
    core.discard();
    core.subscribers.dismiss();
    core.kick();
  }

  /**
   * Tells a session that the trace was bound away from it: after the copy, so that a viewer who follows finds it. Answers
   * whether there was one to tell.
   */
  async withdraw(row: TraceRow): Promise<boolean> {
    const from = row.leaving[0];
    if (from === undefined) return false;
    const to = isBoundAway(row, this.#core.state.id) ? (row.session ?? "") : row.traceId;
    await this.#core
      .session(from)
      .withdraw(this.#core.tenant, { session: from, traceId: row.traceId, epoch: row.epoch, to });
    const now = this.#core.state.rows.get(row.traceId);
    // Bound anew meanwhile: perhaps back to where it was just withdrawn from. The new binding's list stands.
    if (now?.epoch !== row.epoch) return true;
    this.#core.write((state) => state.rows.put({ ...now, leaving: now.leaving.filter((id) => id !== from) }));
    return true;
  }

  #batch(
    traceId: string,
    held: Held | undefined,
  ): { chunks: readonly NewChunk[]; values: readonly OffloadedValue[]; last: number } {
    const { log, handover } = this.#core.state;
    const chunks: NewChunk[] = [];
    const values = new Map<string, OffloadedValue>();
    let bytes = 0;
    let last = held?.after ?? 0;
    if (held === undefined) return { chunks, values: [], last };
    const inMemory = handover.from(held.next);
    for (const { revision, ...chunk } of inMemory.length > 0 ? inMemory : log.chunks(held.after, traceId)) {
      last = revision;
      if (chunk.kind === "gone") continue;
      chunks.push(chunk);
      bytes += chunk.body.length + chunk.facts.length;
      for (const hash of chunk.hashes) {
        const value = values.has(hash) ? undefined : log.values.get(hash);
        if (value === undefined) continue;
        values.set(hash, value);
        bytes += value.body.length;
      }
      if (bytes >= COPY_BATCH_BYTES) break;
    }
    return { chunks, values: Array.from(values.values()), last };
  }
}
