import type { SpanTable } from "../../session/table/span-table.ts";
import { decodeChunkFacts, deriveChunkFacts } from "./log/chunk-facts.ts";
import type { ChunkFacts } from "./log/chunk-facts.ts";
import { PendingCopies } from "./copy/pending-copies.ts";
import { Jobs } from "./jobs.ts";
import { LogFold } from "./log/log-fold.ts";
import { SessionLog } from "./log/session-log.ts";
import { fenceOf } from "./log/deletion-fence.ts";
import { isMoved, isVisible, TraceRows } from "./log/rows.ts";

/**
 * An object's state in memory, always rebuilt from its rows. The log is folded when its fold is read first; writing alone does
 * not need it.
 */
export class SessionState {
  readonly log: SessionLog;
  readonly rows: TraceRows;
  readonly jobs: Jobs;
  readonly pendingCopies = new PendingCopies();
  readonly #storage: DurableObjectStorage;
  readonly #onFold: (state: SessionState) => void;
  #fold: LogFold | undefined;

  constructor(storage: DurableObjectStorage, onFold: (state: SessionState) => void) {
    this.#storage = storage;
    this.#onFold = onFold;
    this.log = new SessionLog(storage.sql);
    const exists = this.log.meta.generation !== undefined;
    this.rows = new TraceRows(storage.sql, exists);
    this.jobs = new Jobs(storage);
    const owned = this.rows.owned();
    if (owned !== undefined && (isMoved(owned, this.id) || owned.revoking.length > 0)) this.jobs.schedule("copy", 0);
    if (this.log.meta.listed) this.jobs.schedule("directory", 0);
    if (this.log.meta.deleting) this.jobs.schedule("delete", 0);
  }

  /** The epoch of the first binding of the owned trace: later than all before a deletion, whatever the clock says. */
  firstEpoch(now: number): number {
    return Math.max(now, fenceOf(this.#storage, "trace") + 1);
  }

  get visible(): SpanTable {
    return this.folded.visible;
  }

  get moved(): SpanTable {
    return this.folded.moved;
  }

  get traceHeads(): ReadonlyMap<string, number> {
    return this.folded.traceHeads;
  }

  get sessionHead(): number {
    return this.folded.sessionHead;
  }

  get ownedHead(): number {
    return this.folded.ownedHead;
  }

  get lastTombstone(): number {
    return this.folded.lastTombstone;
  }

  get ownedSince(): number {
    return this.folded.ownedSince;
  }

  get lastArrival(): number {
    return this.folded.lastArrival;
  }

  get bytes(): number {
    return this.folded.bytes;
  }

  /** Adds the bytes of offloaded values that were stored. */
  addBytes(bytes: number): void {
    this.folded.bytes += bytes;
  }

  get id(): string {
    return this.log.meta.id;
  }

  shows(traceId: string): boolean {
    return isVisible(this.rows.get(traceId), this.id);
  }

  /** Folds a chunk that was just appended. */
  admit(
    traceId: string,
    facts: ChunkFacts,
    revision: number,
    chunk: { traceRevision: number; received: number; bytes: number },
  ): void {
    this.#admit(this.folded, traceId, facts, { ...chunk, revision });
  }

  /** Folds a tombstone that was just appended. A log that is not folded yet will be with it. */
  admitTombstone(traceId: string, session: string, revision: number): void {
    this.#fold?.admitTombstone(traceId, session, revision, { isOwned: traceId === this.id });
  }

  /** The log differs from its fold now. */
  evictFold(): void {
    this.#fold = undefined;
  }

  /** When the last delivery of a trace was received, Unix milliseconds; 0 without one. */
  lastReceived(traceId: string): number {
    return this.folded.lastReceived.get(traceId) ?? 0;
  }

  /** When the trace without deliveries for longest received its last one, Unix milliseconds; `undefined` without a visible trace. */
  oldestReceived(): number | undefined {
    let oldest: number | undefined;
    for (const [, newest] of this.visibleTraces()) if (oldest === undefined || newest < oldest) oldest = newest;
    return oldest;
  }

  /** When the last trace left, by tombstones and revoked replicas, Unix milliseconds; 0 if none did. */
  lastMovedAt(): number {
    let last = this.log.tombstones.lastReceived();
    for (const { role, epoch } of this.rows.all()) if (role === "revoked") last = Math.max(last, epoch);
    return last;
  }

  /** The traces that the session shows, with the time of their last delivery. */
  *visibleTraces(): Generator<readonly [traceId: string, newest: number]> {
    for (const arrival of this.folded.lastReceived) if (this.shows(arrival[0])) yield arrival;
  }

  /** The sessions that traces moved to. */
  get destinations(): string[] {
    const sessions = new Map(this.folded.movedTo);
    const owned = this.rows.owned();
    if (owned !== undefined && isMoved(owned, this.id)) sessions.set(owned.traceId, owned.session ?? "");
    return Array.from(new Set(sessions.values())).filter((session) => session !== "");
  }

  get folded(): LogFold {
    if (this.#fold !== undefined) return this.#fold;
    this.#deleteUnreferenced();
    const fold = new LogFold(this.log.meta.generation === undefined ? 0 : this.log.values.weight());
    if (this.log.meta.generation !== undefined) this.#foldLog(fold);
    this.#fold = fold;
    this.#onFold(this);
    return fold;
  }

  /** Once for all traces that were deleted since: it reads the whole log. */
  #deleteUnreferenced(): void {
    const { meta, values } = this.log;
    if (!meta.hasUnreferenced) return;
    this.#storage.transactionSync(() => {
      values.deleteUnreferenced();
      meta.setUnreferenced(false);
    });
  }

  #foldLog(fold: LogFold): void {
    for (const chunk of this.log.facts()) {
      const { kind, traceId, revision } = chunk;
      if (kind === "tombstone") {
        fold.admitTombstone(traceId, chunk.facts, revision, { isOwned: traceId === this.id });
        continue;
      }
      const facts = decodeChunkFacts(kind, chunk.facts) ?? this.#derive(kind, revision);
      this.#admit(fold, traceId, facts, chunk);
    }
  }

  #admit(fold: LogFold, traceId: string, facts: ChunkFacts, chunk: Parameters<LogFold["admit"]>[2]): void {
    const row = this.rows.get(traceId);
    fold.admit(traceId, facts, chunk, { isVisible: isVisible(row, this.id), isOwned: row?.role === "owner" });
  }

  /** Facts of an older version: derived anew from the bytes, once. */
  #derive(kind: ChunkFacts["kind"], revision: number): ChunkFacts {
    const chunk = this.log.chunk(revision);
    if (chunk === undefined) return { kind, facts: [] };
    const { facts, encoded } = deriveChunkFacts({ ...chunk, kind });
    this.#storage.transactionSync(() => this.log.rewriteFacts(revision, encoded));
    return facts;
  }
}
