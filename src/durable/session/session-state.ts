import { SpanTable } from "../../trace/table/span-table.ts";
import { admitChunk, decodeChunkFacts } from "./chunk-facts.ts";
import type { ChunkFacts } from "./chunk-facts.ts";
import { deriveChunkFacts } from "./derive-chunk-facts.ts";
import { Jobs } from "./jobs.ts";
import { SessionLog } from "./session-log.ts";
import { isBoundAway, isShown, TraceRows } from "./trace-rows.ts";

/** Everything an object holds in memory: folded from its rows when it wakes, and never anything that they could not give again. */
export class SessionState {
  readonly log: SessionLog;
  readonly rows: TraceRows;
  readonly jobs: Jobs;
  /** Facts of the traces that the session shows. */
  readonly shown: SpanTable;
  #hidden: SpanTable | undefined;
  /** Last revision given to a trace, in the trace's own order. */
  readonly traceHeads = new Map<string, number>();
  readonly #goneTo = new Map<string, string>();
  readonly #newest = new Map<string, number>();
  /** Last revision of each view. */
  shownHead = 0;
  homeHead = 0;
  /** Revision of the last mark that a trace left. */
  lastLeave = 0;
  /** Revision at which the trace of this object's own name was forgotten last: who followed it from before begins anew. */
  homeBegan = 0;
  /** Unix milliseconds, of what is shown. */
  lastArrival = 0;
  /** Bytes of bodies and large values in the log. */
  bytes = 0;
  readonly #storage: DurableObjectStorage;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
    this.log = new SessionLog(storage.sql);
    const exists = this.log.life.incarnation !== undefined;
    this.rows = new TraceRows(storage.sql, exists);
    this.jobs = new Jobs(storage);
    this.shown = new SpanTable();
    if (exists) this.#fold();
  }

  /** Facts of the trace whose home this is, while another session shows it: most objects have none. */
  get hidden(): SpanTable {
    return (this.#hidden ??= new SpanTable());
  }

  get id(): string {
    return this.log.life.id;
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
    const row = this.rows.get(traceId);
    const shown = isShown(row, this.id);
    const table = shown ? this.shown : this.hidden;
    admitChunk(table, traceId, facts, revision);
    this.traceHeads.set(traceId, chunk.traceRevision);
    this.#newest.set(traceId, Math.max(this.newest(traceId), chunk.received));
    this.bytes += chunk.bytes;
    if (row?.role === "home") this.homeHead = revision;
    if (!shown) return;
    this.shownHead = revision;
    this.lastArrival = Math.max(this.lastArrival, chunk.received);
    this.#goneTo.delete(traceId);
  }

  /** Takes in a mark that a trace left. */
  leave(traceId: string, session: string, revision: number): void {
    this.shownHead = revision;
    this.lastLeave = revision;
    if (traceId === this.id && session === "") this.homeBegan = revision;
    this.#goneTo.set(traceId, session);
  }

  /** When a trace arrived last, Unix milliseconds; 0 where nothing of it is here. */
  newest(traceId: string): number {
    return this.#newest.get(traceId) ?? 0;
  }

  /** The last arrival of the trace that has been silent for longest, Unix milliseconds; `undefined` where none is shown. */
  oldestArrival(): number | undefined {
    let oldest: number | undefined;
    for (const [, newest] of this.arrivals()) if (oldest === undefined || newest < oldest) oldest = newest;
    return oldest;
  }

  /** The traces that the session shows, with their last arrival. */
  *arrivals(): Generator<readonly [traceId: string, newest: number]> {
    for (const arrival of this.#newest) if (this.shows(arrival[0])) yield arrival;
  }

  /** The sessions that traces went to which were shown here, or would be if they named none. */
  get destinations(): string[] {
    const sessions = new Map(this.#goneTo);
    const home = this.rows.home();
    if (home !== undefined && isBoundAway(home, this.id)) sessions.set(home.traceId, home.session ?? "");
    return Array.from(new Set(sessions.values())).filter((session) => session !== "");
  }

  #fold(): void {
    const id = this.id;
    this.bytes = this.log.values.weight();
    for (const chunk of this.log.facts()) {
      const { kind, traceId, revision } = chunk;
      if (kind === "gone") {
        this.leave(traceId, chunk.facts, revision);
        continue;
      }
      const facts = decodeChunkFacts(kind, chunk.facts) ?? this.#derive(kind, revision);
      this.admit(traceId, facts, revision, chunk);
    }
    const home = this.rows.home();
    if (home !== undefined && (isBoundAway(home, id) || home.leaving.length > 0)) this.jobs.owe("copy", 0);
    if (this.log.life.listed) this.jobs.owe("directory", 0);
    if (this.log.life.forgetting) this.jobs.owe("forget", 0);
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
