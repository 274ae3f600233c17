import type { SpanTable } from "../../session/table/span-table.ts";
import { decodeChunkFacts, deriveChunkFacts } from "./log/chunk-facts.ts";
import type { ChunkFacts } from "./log/chunk-facts.ts";
import { PendingCopies } from "./copy/pending-copies.ts";
import { Jobs } from "./jobs.ts";
import { LogFold } from "./log/log-fold.ts";
import { SessionLog } from "./log/session-log.ts";
import { fenceOf } from "./log/deletion-fence.ts";
import { isBoundAway, isShown, TraceRows } from "./log/rows.ts";

/**
 * Everything an object holds in memory: made of its rows, and never anything that they could not give again. The log is
 * folded when somebody asks what it comes to: what only writes to it does without.
 */
export class SessionState {
  readonly log: SessionLog;
  readonly rows: TraceRows;
  readonly jobs: Jobs;
  readonly handover = new PendingCopies();
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
    const home = this.rows.home();
    if (home !== undefined && (isBoundAway(home, this.id) || home.leaving.length > 0)) this.jobs.owe("copy", 0);
    if (this.log.meta.listed) this.jobs.owe("directory", 0);
    if (this.log.meta.forgetting) this.jobs.owe("forget", 0);
  }

  /** The first binding of a trace that comes home here now: later than all that were before a deletion, whatever the clock says. */
  firstEpoch(now: number): number {
    return Math.max(now, fenceOf(this.#storage, "trace") + 1);
  }

  get shown(): SpanTable {
    return this.folded.shown;
  }

  get hidden(): SpanTable {
    return this.folded.hidden;
  }

  get traceHeads(): ReadonlyMap<string, number> {
    return this.folded.traceHeads;
  }

  get shownHead(): number {
    return this.folded.shownHead;
  }

  get homeHead(): number {
    return this.folded.homeHead;
  }

  get lastLeave(): number {
    return this.folded.lastLeave;
  }

  get homeBegan(): number {
    return this.folded.homeBegan;
  }

  get lastArrival(): number {
    return this.folded.lastArrival;
  }

  get bytes(): number {
    return this.folded.bytes;
  }

  /** Bytes of large values that were stored. */
  addBytes(bytes: number): void {
    this.folded.bytes += bytes;
  }

  get id(): string {
    return this.log.meta.id;
  }

  shows(traceId: string): boolean {
    return isShown(this.rows.get(traceId), this.id);
  }

  /** Takes in a chunk that was just appended. */
  admit(
    traceId: string,
    facts: ChunkFacts,
    revision: number,
    chunk: { traceRevision: number; received: number; bytes: number },
  ): void {
    this.#admit(this.folded, traceId, facts, { ...chunk, revision });
  }

  /** Takes in a mark that a trace left. What is not folded yet will be with the mark. */
  leave(traceId: string, session: string, revision: number): void {
    this.#fold?.leave(traceId, session, revision, { isOwn: traceId === this.id });
  }

  /** The log is not what was folded any more. */
  unfold(): void {
    this.#fold = undefined;
  }

  /** When a trace arrived last, Unix milliseconds; 0 where nothing of it is here. */
  newest(traceId: string): number {
    return this.folded.newest.get(traceId) ?? 0;
  }

  /** The last arrival of the trace that has been silent for longest, Unix milliseconds; `undefined` where none is shown. */
  oldestArrival(): number | undefined {
    let oldest: number | undefined;
    for (const [, newest] of this.arrivals()) if (oldest === undefined || newest < oldest) oldest = newest;
    return oldest;
  }

  /** When the last trace left, as marks and what was withdrawn say, Unix milliseconds; 0 where none did. */
  lastLeft(): number {
    let last = this.log.tombstones.last();
    for (const { role, epoch } of this.rows.all()) if (role === "withdrawn") last = Math.max(last, epoch);
    return last;
  }

  /** The traces that the session shows, with their last arrival. */
  *arrivals(): Generator<readonly [traceId: string, newest: number]> {
    for (const arrival of this.folded.newest) if (this.shows(arrival[0])) yield arrival;
  }

  /** The sessions that traces went to which were shown here, or would be if they named none. */
  get destinations(): string[] {
    const sessions = new Map(this.folded.goneTo);
    const home = this.rows.home();
    if (home !== undefined && isBoundAway(home, this.id)) sessions.set(home.traceId, home.session ?? "");
    return Array.from(new Set(sessions.values())).filter((session) => session !== "");
  }

  get folded(): LogFold {
    if (this.#fold !== undefined) return this.#fold;
    this.#tidy();
    const fold = new LogFold(this.log.meta.generation === undefined ? 0 : this.log.values.weight());
    if (this.log.meta.generation !== undefined) this.#foldLog(fold);
    this.#fold = fold;
    this.#onFold(this);
    return fold;
  }

  /** Once for all traces that went since: it reads the whole log. */
  #tidy(): void {
    const { meta: life, values } = this.log;
    if (!life.untidy) return;
    this.#storage.transactionSync(() => {
      values.dropUnnamed();
      life.setUntidy(false);
    });
  }

  #foldLog(fold: LogFold): void {
    for (const chunk of this.log.facts()) {
      const { kind, traceId, revision } = chunk;
      if (kind === "gone") {
        fold.leave(traceId, chunk.facts, revision, { isOwn: traceId === this.id });
        continue;
      }
      const facts = decodeChunkFacts(kind, chunk.facts) ?? this.#derive(kind, revision);
      this.#admit(fold, traceId, facts, chunk);
    }
  }

  #admit(fold: LogFold, traceId: string, facts: ChunkFacts, chunk: Parameters<LogFold["admit"]>[2]): void {
    const row = this.rows.get(traceId);
    fold.admit(traceId, facts, chunk, { isShown: isShown(row, this.id), isHome: row?.role === "home" });
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
