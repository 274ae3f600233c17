import { timeOf } from "../generation.ts";
import { settingsOf } from "../../config.ts";
import type { Bindings } from "../../config.ts";
import type { Settings } from "../../session/contract/settings.ts";
import { nanoseconds } from "../../lib/nanoseconds.ts";
import { directoryOf } from "../../place.ts";
import type { Cause } from "../../place.ts";
import type { LogHead, ReportOutcome, SessionReport } from "../../session/contract/directory.ts";
import type { LocationHint } from "../../session/contract/location.ts";
import type { LogEntry, View } from "../../session/contract/log-page.ts";
import { ReportedSpans } from "../../session/numbers/reported-spans.ts";
import { searchText } from "../../session/list/search-text.ts";
import { searchableIn } from "../../session/list/searchable.ts";
import { rollUp } from "../../session/roll-up.ts";
import { sessionDigest } from "../../session/digest/session-digest.ts";
import { queriesOfParts, summariseParts } from "../../session/summarise.ts";
import type { QuerySummary, SessionSummary } from "../../session/summary.ts";
import type { SpanTable } from "../../session/table/span-table.ts";
import { LogSubscribers } from "./log-subscribers.ts";
import type { Subscribers } from "../subscribers.ts";
import type {
  Copy,
  CopyOutcome,
  ReplicaQuery,
  Revocation,
  TraceDeletion,
  TraceDeletionOutcome,
} from "./copy/protocol.ts";
import type { NewChunk } from "./log/chunk.ts";
import { PendingCopies } from "./copy/pending-copies.ts";
import type { DueRows } from "./due-rows.ts";
import { JobSchedule } from "./job-schedule.ts";
import { decodeChunkFacts, deriveChunkFacts } from "./log/chunk-facts.ts";
import type { ChunkFacts } from "./log/chunk-facts.ts";
import { LogFold } from "./log/log-fold.ts";
import { LogMeta } from "./log/log-meta.ts";
import { isMoved, isVisible } from "./binding.ts";
import { TraceRows } from "./log/rows.ts";
import { DeliveryRun, OutboxRows } from "./outbox/rows.ts";
import { SessionLog } from "./log/session-log.ts";
import type { ShardTables } from "./log/tables.ts";
import type { HeadQueue } from "./head-queue.ts";
import { moveThresholds } from "./move/thresholds.ts";
import type { ReportSchedule } from "./move/protocol.ts";
import type { ReportQueue } from "./report-queue.ts";

/** What logs ask of each other. */
export type LogCalls = {
  storeCopy(copy: Copy): Promise<CopyOutcome>;
  revoke(revocation: Revocation): Promise<void>;
  copyAgain(session: string): Promise<void>;
  deleteTrace(deletion: TraceDeletion): Promise<TraceDeletionOutcome>;
  deleteSession(): Promise<"absent" | "begun" | "deleted">;
};

/** What the logs of a shard share, as far as the state of one has to know it. */
export type ShardParts = {
  readonly storage: DurableObjectStorage;
  readonly env: Bindings;
  readonly tenant: string;
  readonly subscribers: Subscribers;
  readonly tables: ShardTables;
  readonly due: DueRows;
  readonly reports: ReportQueue;
  readonly heads: HeadQueue;
  /** Whether the object holds one log alone. */
  readonly isOwn: boolean;
  /** The log of another session, or of the owner of another trace. */
  calls(id: string, cause: Cause): LogCalls;
  /** Asks another session where the copy of a trace is to begin, together with the other logs that ask now. */
  queryReplica(query: ReplicaQuery, cause: Cause): Promise<CopyOutcome>;
  /** The rows that the logs share may differ in memory from those on disk: the next use reads them anew. */
  evictRows(): void;
};

/** The jobs of a log, as far as its state has to know them. */
type JobRuns = {
  /** Schedules the jobs that are due by what the rows say, or by what the fold says. */
  readonly scheduleFrom: (source: "rows" | "fold", state: SessionState) => void;
  /** Starts the jobs that are due and do not wait for the alarm. */
  readonly startDue: (now: number, cause: Cause) => void;
};

type Rows = { readonly log: SessionLog; readonly traces: TraceRows; readonly jobs: JobSchedule };
/** Bytes of memory of a log without its fold. */
const BARE_BYTES = 1_000;
/** The object of a log that has moved is called again after so long, if it did not answer. */
const HAND_OVER_MILLIS = 5_000;

type FoldedSummary = { readonly of: string; readonly summary: SessionSummary; readonly search: string };

/**
 * The state of one log, which its parts share: its rows, their fold, its subscribers and neighbours. Memory is always
 * rebuilt from the rows. The log is folded when its fold is read first; writing alone does not need it.
 */
export class SessionState {
  /** The id that names the log: a trace's, or a session's. */
  readonly id: string;
  readonly storage: DurableObjectStorage;
  readonly subscribers: LogSubscribers;
  readonly outbox: OutboxRows;
  readonly delivery = new DeliveryRun();
  readonly reportedSpans = new ReportedSpans();
  /** Where the last export came from, if not from where the tenant's objects are made. In memory only: the log's own object is made near it. */
  exporter: LocationHint | undefined;
  readonly #shard: ShardParts;
  readonly #runs: JobRuns;
  #rows: Rows | undefined;
  #pendingCopies = new PendingCopies();
  #fold: LogFold | undefined;
  #summary: FoldedSummary | undefined;
  /** Not on disk: after a wake one report is superfluous. `byShard`: by the shard, before the log moved here. */
  #lastReport = { at: 0, interval: 0, byShard: false };

  constructor(shard: ShardParts, id: string, runs: JobRuns) {
    this.id = id;
    this.storage = shard.storage;
    this.subscribers = new LogSubscribers(shard.subscribers, id);
    this.outbox = new OutboxRows(shard.storage);
    this.#shard = shard;
    this.#runs = runs;
  }

  get log(): SessionLog {
    return this.#read().log;
  }

  get traces(): TraceRows {
    return this.#read().traces;
  }

  get jobs(): JobSchedule {
    return this.#read().jobs;
  }

  get settings(): Settings {
    return settingsOf(this.#shard.env, this.#shard.tenant);
  }

  get env(): Bindings {
    return this.#shard.env;
  }

  /** The queue that makes Workers deliver, where one is bound. */
  get deliveries(): Bindings["DELIVERIES"] {
    return this.#shard.env.DELIVERIES;
  }

  get tenant(): string {
    return this.#shard.tenant;
  }

  get pendingCopies(): PendingCopies {
    return this.#pendingCopies;
  }

  /** `undefined` until the first append, and after a deletion. */
  get generation(): string | undefined {
    return this.log.meta.generation;
  }

  get exists(): boolean {
    return this.generation !== undefined;
  }

  /** A deletion is under way: nothing is shown or admitted until it has ended. */
  get isDeleting(): boolean {
    return this.log.meta.deleting;
  }

  get isReadable(): boolean {
    return this.exists && !this.isDeleting;
  }

  /** The session shows no span and no log record. */
  get isEmpty(): boolean {
    return this.visible.itemCount === 0;
  }

  /** The move by which the log came to an object of its own; `undefined` while it is here. */
  get movedBy(): number | undefined {
    return this.log.meta.move;
  }

  /** Whether the log is in an object of its own. */
  get isAlone(): boolean {
    return this.#shard.isOwn;
  }

  /** Whether the log is to move to an object of its own: it would stand before its neighbours' acknowledgements. */
  get isOutgrown(): boolean {
    if (this.isAlone || this.isDeleting) return false;
    return this.#isLarge || this.subscribers.countAll() >= moveThresholds().watchers;
  }

  get #isLarge(): boolean {
    const { bytes, items } = moveThresholds();
    return this.fold.bytes >= bytes || this.fold.items >= items;
  }

  #read(): Rows {
    if (this.#rows !== undefined) return this.#rows;
    const { sql } = this.storage;
    const meta = new LogMeta(this.#shard.tables, this.id);
    const jobs = new JobSchedule(this.#shard.due, meta);
    this.#rows = { log: new SessionLog(sql, meta), traces: new TraceRows(sql, meta), jobs };
    this.#runs.scheduleFrom("rows", this);
    return this.#rows;
  }

  /** Evicts the state in memory, which may differ from the one on disk: the next use reads it anew. */
  evict(): void {
    this.#rows = undefined;
    this.#pendingCopies = new PendingCopies();
    this.#fold = undefined;
    this.#summary = undefined;
  }

  /** The log differs from its fold now. */
  evictFold(): void {
    this.#fold = undefined;
  }

  /** One transaction, with the time of the jobs that it schedules. */
  write<T>(change: () => T): T {
    return this.transaction(() => {
      const result = change();
      this.jobs.arm(Date.now());
      return result;
    });
  }

  /** If it fails, the state in memory is evicted with it. */
  transaction<T>(change: () => T): T {
    try {
      return this.storage.transactionSync(change);
    } catch (error) {
      this.evict();
      this.#shard.evictRows();
      throw error;
    }
  }

  /**
   * Deletes the row of a deleted log, whose fences are a day old: no copy of it is under way any more. Or that of a log whose own object gave
   * it up then. `lastNumber`: at least all epochs and generations that the log had there.
   */
  forget(lastNumber = 0): void {
    this.transaction(() => {
      this.log.meta.forget();
      this.#shard.tables.rememberNumber(lastNumber);
      this.#shard.due.remove(this.id);
    });
    this.evict();
  }

  /** The number of a new move: numbers of a shard only rise. */
  nextMove(): number {
    return this.transaction(() => this.#shard.tables.nextMove(Date.now()));
  }

  /** The log is in an object of its own from here on. Its row points there, and stays due until that object has answered. */
  leave(move: number): void {
    this.transaction(() => {
      this.log.deleteAll();
      this.outbox.deleteTrace(this.id);
      this.jobs.clear();
      this.log.meta.leave(move);
      this.log.meta.flush();
      this.#shard.due.set(this.id, Date.now() + HAND_OVER_MILLIS);
    });
    this.evict();
  }

  /** The shard's file was lost, and the log is in its own object: its row points there again. There is no other row of it. */
  adopt(move: number): void {
    const now = Date.now();
    this.transaction(() => {
      this.#shard.tables.adoptMove(move, now);
      this.log.meta.leave(move);
      this.log.meta.flush();
      this.#shard.due.set(this.id, now + HAND_OVER_MILLIS);
    });
    this.evict();
  }

  handedOver(): void {
    this.#shard.due.remove(this.id);
    this.evict();
  }

  /** An estimate of its memory, in bytes. */
  get weight(): number {
    return BARE_BYTES + (this.#fold?.weight ?? 0);
  }

  get fold(): LogFold {
    if (this.#fold !== undefined) return this.#fold;
    this.#deleteUnreferenced();
    const fold = new LogFold(this.exists ? this.log.values.weight() : 0);
    if (this.exists) this.#foldLog(fold);
    this.#fold = fold;
    this.#runs.scheduleFrom("fold", this);
    return fold;
  }

  /** Facts of the traces that the session shows. */
  get visible(): SpanTable {
    return this.fold.visible;
  }

  /** Once for all traces that were deleted since: it reads the whole log. */
  #deleteUnreferenced(): void {
    const { meta, values } = this.log;
    if (!meta.hasUnreferenced) return;
    this.storage.transactionSync(() => {
      values.deleteUnreferenced();
      meta.setUnreferenced(false);
      meta.flush();
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
    const row = this.traces.get(traceId);
    fold.admit(traceId, facts, chunk, { isVisible: isVisible(row, this.id), isOwned: row?.role === "owner" });
  }

  /** Facts of an older version: derived anew from the bytes, once. */
  #derive(kind: ChunkFacts["kind"], revision: number): ChunkFacts {
    const chunk = this.log.chunk(revision);
    if (chunk === undefined) return { kind, facts: [] };
    const { facts, encoded } = deriveChunkFacts({ ...chunk, kind });
    this.storage.transactionSync(() => this.log.rewriteFacts(revision, encoded));
    return facts;
  }

  /** Folds a chunk that was just appended. */
  admit(
    traceId: string,
    facts: ChunkFacts,
    revision: number,
    chunk: Pick<NewChunk, "traceRevision" | "received" | "facts" | "receipt"> & { readonly bytes: number },
  ): void {
    this.#admit(this.fold, traceId, facts, { ...chunk, revision, isImported: chunk.receipt.isImported === true });
    // Of its watchers there may be too many, too: they are counted when one comes.
    if (!this.isAlone && this.#isLarge) this.jobs.schedule("move", Date.now());
  }

  /** Folds a tombstone that was just appended. A log that is not folded yet will be with it. */
  admitTombstone(traceId: string, session: string, revision: number): void {
    this.#fold?.admitTombstone(traceId, session, revision, { isOwned: traceId === this.id });
  }

  /** Adds the bytes of offloaded values that were stored. */
  addBytes(bytes: number): void {
    this.fold.bytes += bytes;
  }

  /** The epoch of the first binding of the owned trace: later than all before a deletion, whatever the clock says. All before it are void; call inside the transaction that writes. */
  firstEpoch(now: number): number {
    const { meta } = this.log;
    const epoch = Math.max(now, meta.fence("trace") + 1, this.#shard.tables.lastNumber + 1);
    meta.raiseFence("trace", epoch - 1);
    return epoch;
  }

  shows(traceId: string): boolean {
    return isVisible(this.traces.get(traceId), this.id);
  }

  /** The traces that the session shows, with the time of their last delivery. */
  *visibleTraces(): Generator<readonly [traceId: string, newest: number]> {
    for (const arrival of this.fold.lastReceived) if (this.shows(arrival[0])) yield arrival;
  }

  /** The last of a trace's own revisions that is here; 0 without one. A log that is not folded stays so. */
  traceHead(traceId: string): number {
    return this.#fold === undefined ? this.log.traceHead(traceId) : (this.#fold.traceHeads.get(traceId) ?? 0);
  }

  /** When the last delivery of a trace was received, Unix milliseconds; 0 without one. */
  lastReceived(traceId: string): number {
    return this.fold.lastReceived.get(traceId) ?? 0;
  }

  /** When the trace without deliveries for longest received its last one, Unix milliseconds; `undefined` without a visible trace. */
  oldestReceived(): number | undefined {
    let oldest: number | undefined;
    for (const [, newest] of this.visibleTraces()) if (oldest === undefined || newest < oldest) oldest = newest;
    return oldest;
  }

  /** When the last trace left, by its tombstone, or the log began, Unix milliseconds of this object's clock. */
  lastMovedAt(): number {
    return Math.max(this.log.tombstones.lastReceived(), timeOf(this.generation ?? ""));
  }

  /** The sessions that traces moved to. */
  get destinations(): string[] {
    const sessions = new Map(this.fold.movedTo);
    const owned = this.traces.owned();
    if (owned !== undefined && isMoved(owned, this.id)) sessions.set(owned.traceId, owned.session ?? "");
    return Array.from(new Set(sessions.values())).filter((session) => session !== "");
  }

  summary(): SessionSummary | undefined {
    const summary = this.#summarise()?.summary;
    // Beside the fold: a change of watchers must not fold the session anew.
    return summary && { ...summary, watchers: this.subscribers.count("session") };
  }

  /** The text by which the list finds the session. */
  search(): string {
    return this.#summarise()?.search ?? "";
  }

  queries(): readonly QuerySummary[] {
    return queriesOfParts(this.fold.parts.folds(this.settings.prices));
  }

  #summarise(): FoldedSummary | undefined {
    const { visible, sessionHead, lastArrival, isImported } = this.fold;
    if (visible.itemCount === 0) return undefined;
    const of = `${this.generation}.${sessionHead}`;
    if (this.#summary?.of !== of) {
      const belongsTo = this.traces.owned()?.refused;
      const about = {
        id: this.id,
        lastArrival: nanoseconds(lastArrival),
        watchers: 0,
        ...(belongsTo === undefined ? {} : { belongsTo }),
      };
      const parts = this.fold.parts.folds(this.settings.prices);
      const rolled = rollUp(parts);
      const folded = summariseParts(visible, about, parts, sessionDigest, rolled);
      const summary: SessionSummary = isImported ? { ...folded, liveness: { ...folded.liveness, isImported } } : folded;
      this.#summary = { of, summary, search: searchText(searchableIn(summary, parts, rolled)) };
    }
    return this.#summary;
  }

  /** The log of another session, or of the owner of another trace. */
  objectOf(id: string, cause: Cause): LogCalls {
    return this.#shard.calls(id, cause);
  }

  /** Where the copy of a trace is to begin in another session. */
  async queryReplica(query: ReplicaQuery, cause: Cause): Promise<CopyOutcome> {
    return await this.#shard.queryReplica(query, cause);
  }

  directory(cause: Cause) {
    return directoryOf(this.#shard.env, cause ?? this.#shard.tenant);
  }

  /** Reports to the directory, together with the other logs of the shard that report now. */
  async sendReport(report: SessionReport, cause: Cause): Promise<ReportOutcome> {
    return await this.#shard.reports.send(report, cause);
  }

  publish(view: View, previous: number, entry: LogEntry): void {
    const { generation } = this;
    if (generation === undefined) return;
    this.subscribers.publish(view, { generation, previous, revision: entry.revision, entry });
  }

  /** Schedules a report to the directory, at once if there was none for a while; call inside the transaction that gives cause. */
  scheduleReport(now: number): void {
    this.log.meta.setListed(true);
    const at = this.nextReportAt(now);
    this.jobs.schedule("report", at);
    if (at > now) this.announceHead();
  }

  /** The session has a revision of which the directory knows nothing, and that it will not report at once. */
  announceHead(): void {
    this.#shard.heads.mark(this.id);
  }

  /** How far the session is; `undefined` for one that shows nothing. */
  get head(): LogHead | undefined {
    const { generation, id } = this;
    if (generation === undefined || this.isDeleting || this.isEmpty) return undefined;
    const reportedRevision = this.shows(id) ? (this.fold.traceHeads.get(id) ?? 0) : 0;
    return { id, generation, revision: this.fold.sessionHead, reportedRevision };
  }

  nextReportAt(now: number): number {
    const { at, interval } = this.#lastReport;
    // If the clock was set back since, it does not say how much of the interval is over.
    return at > now ? now : Math.max(now, at + interval);
  }

  reported(at: number, interval: number): void {
    this.#lastReport = { at, interval, byShard: false };
  }

  /** For the object that the log has moved to. */
  get reportSchedule(): ReportSchedule {
    return { wait: this.nextReportAt(Date.now()) - Date.now(), isFollowed: this.#shard.heads.isFollowed };
  }

  /** The shard has just reported the log: the next report is due then. */
  reportOn({ wait, isFollowed }: ReportSchedule): void {
    this.#shard.heads.follow(isFollowed);
    if (wait <= 0) return;
    this.#lastReport = { at: Date.now(), interval: wait, byShard: true };
    this.announceHead();
  }

  /** When the first report of this object is due, Unix milliseconds; 0: at once. */
  get firstReportAt(): number {
    return this.#lastReport.byShard ? this.nextReportAt(Date.now()) : 0;
  }

  /** Starts jobs that are due in the background, with the trace of the cause; the alarm repeats them after a fault. */
  kick(cause: Cause): void {
    const now = Date.now();
    this.#runs.startDue(now, cause);
    this.jobs.arm(now);
  }
}
