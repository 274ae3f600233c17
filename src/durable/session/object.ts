import { DurableObject } from "cloudflare:workers";
import type { Bindings } from "../../config.ts";
import { latestTrace } from "../../session/latest-trace.ts";
import type { LatestTrace } from "../../session/latest-trace.ts";
import type { AppendOutcome, Delivery, OffloadedValue } from "../../facts/delivery.ts";
import { log } from "../../lib/log.ts";
import { ELSEWHERE_STATUS, MOVE_HEADER } from "../../place.ts";
import type { Elsewhere, LogCall, ObjectCall } from "../../place.ts";
import type { LogIds } from "../../session/contract/directory.ts";
import type { Cursor, LogPage, View } from "../../session/contract/log-page.ts";
import type { CursorMoves, OutboxPage, OwnedChunk } from "../../session/contract/outbox.ts";
import type { OwnedPage, OwnedPlace, OwnersPage } from "../../session/contract/owned-traces.ts";
import type { RecordsPage } from "../../session/contract/log-reader.ts";
import type { ObjectWaiting } from "../../session/contract/upstreams.ts";
import type { SpanLookupPage } from "../../session/contract/span-lookup.ts";
import { tracesWithSpans } from "../../session/traces-with-spans.ts";
import { Subscribers } from "../subscribers.ts";
import { append } from "./admission.ts";
import type {
  Copy,
  CopyOutcome,
  ReplicaAnswer,
  ReplicaQuery,
  TraceDeletion,
  TraceDeletionOutcome,
  Revocation,
} from "./copy/protocol.ts";
import { queryReplica, revoke, storeCopy } from "./copy/receiving.ts";
import { joinLog } from "./move/join.ts";
import type {
  Adoption,
  JoinPage,
  MoveEnd,
  MovedState,
  MoveOutcome,
  MovePage,
  Occupied,
  ReportSchedule,
} from "./move/protocol.ts";
import type { OwnLog } from "./move/own-log.ts";
import { moveCursors, openOutbox, readOwned, rewind } from "./outbox/delivering.ts";
import { waitingIn } from "./outbox/waiting.ts";
import { readOwner, readOwners } from "./owners.ts";
import { locate, peek, readPage, readRecords, readValue, readValues } from "./reading.ts";
import { idsAfter } from "./report-again.ts";
import { beginDeletion, deleteTrace } from "./retention/deleting.ts";
import { Shard, ShardLog } from "./shard.ts";

const SHARD_FULL =
  "the object that holds it is full: it makes room by deleting the sessions that were silent for longest";

/**
 * A shard of a tenant's logs, or one log that has grown, live: admits, persists, publishes. A log is the owner of a trace, a session, or
 * both. Public methods are RPC; all but `append`, `logIds`, `queryReplicas`, `readOwners`, `reportAgain` and `waiting` concern the log that the context names, and
 * answer where it is if it is elsewhere.
 */
export class SessionObject extends DurableObject<Bindings> {
  readonly #shard: Shard;

  constructor(ctx: DurableObjectState, env: Bindings) {
    super(ctx, env);
    this.#shard = new Shard(ctx, env, this);
  }

  #at<T>(context: LogCall, work: (log: ShardLog) => T): Answer<T> {
    this.#shard.check(context);
    const found = this.#shard.find(context.id, context.move);
    if (found instanceof ShardLog) return work(found);
    if (!(found instanceof Promise)) return found;
    return found.then(() => this.#at(context, work)) as Answer<T>;
  }

  /** Admits each delivery at the owner of its trace. Returns when they are on disk; the outcomes are in the deliveries' order. */
  append(context: ObjectCall, deliveries: readonly Delivery[]): AppendOutcome[] | Promise<AppendOutcome[]> {
    this.#shard.check(context);
    const { isFull, making } = this.#shard.room.look(Date.now());
    if (making !== undefined) this.#shard.waitUntil(making);
    if (isFull) return deliveries.map(() => ({ outcome: "full", reason: SHARD_FULL }));
    const outcomes = this.#shard.commits.run(() => deliveries.map((delivery) => this.#append(context, delivery)));
    return outcomes instanceof Promise ? outcomes.then(settled) : settled(outcomes);
  }

  /** A transient fault in one harms no other. One whose log is closed for writing is admitted when it is open again. */
  #append(context: ObjectCall, delivery: Delivery): AppendOutcome | Promise<AppendOutcome> {
    try {
      const found = this.#shard.find(delivery.traceId, context.move);
      if (found instanceof ShardLog) return append(found.state, context, delivery);
      if (!(found instanceof Promise)) return found;
      return found.then(async () => await this.#shard.commits.run(() => this.#append(context, delivery)));
    } catch (error) {
      log("delivery-failed", { level: "warn", traceId: delivery.traceId, error });
      return { outcome: "failed", reason: error instanceof Error ? error.message : String(error) };
    }
  }

  /** The logs after an id, a page of them; `""`: from the first on. */
  logIds(context: ObjectCall, after: string): LogIds {
    this.#shard.check(context);
    return idsAfter(this.#shard.tables, after);
  }

  /** Makes the logs after an id report again, and look whether their copies are complete, a page of them; `""`: from the first on. */
  reportAgain(context: ObjectCall, after: string): LogIds {
    this.#shard.check(context);
    return this.#shard.reportAgain(after);
  }

  /** An owner copies chunks of its trace to this session. */
  storeCopy(context: LogCall, copy: Copy): Answer<CopyOutcome> | Promise<Answer<CopyOutcome>> {
    this.#shard.check(context);
    // The log may leave memory, or move, while the copy waits.
    return this.#shard.commits.run(() => this.#at(context, ({ state }) => storeCopy(state, context, copy)));
  }

  /** Owners ask where copies of their traces to sessions of this object begin. Nothing waits: a closed session is asked again by itself. */
  queryReplicas(context: ObjectCall, queries: readonly ReplicaQuery[]): ReplicaAnswer[] {
    this.#shard.check(context);
    return queries.map((query) => this.#queryReplica(context, query));
  }

  /** A fault in one harms no other. */
  #queryReplica(context: ObjectCall, query: ReplicaQuery): ReplicaAnswer {
    try {
      const found = this.#shard.find(query.session, context.move);
      if (found instanceof ShardLog) return queryReplica(found.state, context, query);
      return found instanceof Promise ? { outcome: "unknown" } : found;
    } catch (error) {
      log("replica-not-readable", { level: "warn", id: query.session, error });
      return { outcome: "unknown" };
    }
  }

  revoke(context: LogCall, revocation: Revocation): Answer<void> {
    return this.#at(context, ({ state }) => revoke(state, context, revocation));
  }

  /** A session may have less of the trace that this log owns than it had. A log that is closed for writing may be what the caller waits for: it looks later. */
  copyAgain(context: LogCall, session: string): Answer<void> {
    this.#shard.check(context);
    const found = this.#shard.find(context.id, context.move);
    if ("outcome" in found) return found;
    this.#shard.log(context.id).copyAgain(session, context);
  }

  async deleteTrace(context: LogCall, deletion: TraceDeletion): Promise<TraceDeletionOutcome | Elsewhere> {
    return await this.#hold(context, async ({ state, copier }) => await deleteTrace(state, copier, context, deletion));
  }

  async #hold<T>(context: LogCall, work: (log: ShardLog) => Promise<T>): Promise<T | Elsewhere> {
    return await this.#at(context, async (found) => await found.hold(work));
  }

  /** Called by the directory for a session with traces that should have expired, or with unknown storage usage. */
  async expireOverdue(context: LogCall): Promise<"absent" | "present" | Elsewhere> {
    return await this.#hold(context, async ({ state, jobs }) => {
      if (!state.exists) return "absent";
      await jobs.run("expire", context);
      if (state.isDeleting) await jobs.run("delete", context);
      if (!state.exists) return "absent";
      await jobs.run("report", context);
      return "present";
    });
  }

  read(
    context: LogCall,
    view: View,
    from: Cursor | undefined,
    maxBytes: number,
    until?: number,
    also?: "claims",
  ): Answer<LogPage> {
    return this.#at(context, ({ state }) => readPage(state, view, from, maxBytes, until, also));
  }

  peek(context: LogCall, view: View, also?: "queries"): Answer<LogPage> {
    return this.#at(context, ({ state }) => peek(state, view, also));
  }

  /** Where the log has a span, and what its session knows of it. */
  locate(context: LogCall, traceId: string, spanId: string, otlpKind?: number): Answer<SpanLookupPage> {
    return this.#at(context, ({ state }) => locate(state, traceId, spanId, otlpKind));
  }

  /** The trace that began last; `undefined` without spans. */
  latestTrace(context: LogCall): Answer<LatestTrace | undefined> {
    return this.#at(context, ({ state }) => {
      if (!state.isReadable) return undefined;
      const { recent, parts } = state.fold;
      return latestTrace(recent, parts.folds(state.settings.prices));
    });
  }

  records(context: LogCall, traceId: string, after: number, maxBytes: number): Answer<RecordsPage> {
    return this.#at(context, ({ state }) => readRecords(state, traceId, after, maxBytes));
  }

  /** Makes the owner of a trace deliver it to sinks, if it has anything that they lack. */
  deliver(context: LogCall): Answer<void> {
    return this.#at(context, ({ state }) => {
      if (!state.exists) return;
      state.jobs.schedule("deliver", state.delivery.nextRingAt(Date.now()));
      state.kick(context);
    });
  }

  /** What sinks lack of the traces that logs of this object own. */
  waiting(context: ObjectCall): ObjectWaiting {
    this.#shard.check(context);
    const own = this.#shard.tables.own;
    if (own !== undefined && own.move !== context.move) return { upstreams: {}, isPartial: false, moved: [] };
    return waitingIn(this.#shard);
  }

  openOutbox(context: LogCall, traceId: string): Answer<OutboxPage> {
    return this.#at(context, ({ state }) => openOutbox(state, traceId));
  }

  readOwned(context: LogCall, traceId: string, after: number, maxBytes: number): Answer<OwnedChunk[]> {
    return this.#at(context, ({ state }) => readOwned(state, traceId, after, maxBytes));
  }

  /** The traces that logs of this shard own, after an id, with later deliveries than `since` (Unix milliseconds): up to about `maxBytes`. */
  readOwners(context: ObjectCall, after: string, since: number, maxBytes: number): OwnersPage {
    this.#shard.check(context);
    return readOwners(this.#shard, after, since, maxBytes);
  }

  /** More of one of them, or all of one that has moved; `undefined` if it has no delivery later than `since`. */
  readOwner(context: LogCall, after: OwnedPlace, maxBytes: number, since?: number): Answer<OwnedPage | undefined> {
    return this.#at(context, ({ state }) => readOwner(state, after, maxBytes, since));
  }

  moveCursors(context: LogCall, traceId: string, moves: CursorMoves): Answer<void> {
    return this.#at(context, ({ state }) => moveCursors(state, traceId, moves));
  }

  /** Delivers the trace to a sink again, from after one of its own revisions on. */
  rewind(context: LogCall, traceId: string, sink: string, to: number): Answer<void> {
    return this.#at(context, ({ state }) => {
      rewind(state, traceId, sink, to);
      // The log is here: it answers nothing.
      void this.deliver(context);
    });
  }

  /** Ids of the visible traces with spans, in the order of their first spans. */
  traces(context: LogCall): Answer<string[]> {
    return this.#at(context, ({ state }) => (state.isReadable ? tracesWithSpans(state.visible) : []));
  }

  value(context: LogCall, hash: string): Answer<OffloadedValue | undefined> {
    return this.#at(context, ({ state }) => readValue(state, hash));
  }

  /** The first of these values, up to about `maxBytes`; one at least. `undefined` for an unknown hash. */
  values(context: LogCall, hashes: readonly string[], maxBytes: number): Answer<(OffloadedValue | undefined)[]> {
    return this.#at(context, ({ state }) => readValues(state, hashes, maxBytes));
  }

  /** `begun`: nothing is shown any more, but an owner could not be called yet, and admits spans until it is. */
  async deleteSession(context: LogCall): Promise<"absent" | "begun" | "deleted" | Elsewhere> {
    return await this.#hold(context, async ({ state, jobs }) => {
      if (!beginDeletion(state)) return "absent";
      state.jobs.arm(Date.now());
      await jobs.run("delete", context);
      if (!state.isDeleting) return "deleted";
      state.jobs.arm(Date.now());
      return "begun";
    });
  }

  /** Chunks of a log that moves here. */
  takePage(context: LogCall, page: MovePage): Occupied | undefined {
    return this.#own(context).takePage(context.move ?? 0, page);
  }

  /** All of a log that moves here has arrived. */
  completeMove(context: LogCall, end: MoveEnd): Occupied | undefined {
    return this.#own(context).completeMove(context.move ?? 0, end);
  }

  /** The shard has stored that the log is here. `schedule`: absent from an earlier version of the program. */
  openMoved(context: LogCall, schedule?: ReportSchedule): MovedState {
    const own = this.#own(context);
    const found = own.open(context.move ?? 0, schedule);
    // Also when all logs of the shard are to report again.
    if (found === "open") this.#shard.reportAgain("");
    own.start();
    return found;
  }

  /** The shard will never store that the log is here. */
  async abandonMove(context: LogCall): Promise<void> {
    await this.#own(context).abandon(context.move ?? 0);
  }

  /** The shard's file may have been lost: has it point here again, if a log is here. */
  async findShard(context: LogCall): Promise<Adoption> {
    return await this.#own(context).findShard();
  }

  /** What a log of this id took that began after the shard's file was lost. Answers the copied traces that it did not take whole. */
  joinMoved(context: LogCall, page: JoinPage): readonly string[] {
    if (!this.#own(context).takesNewLog(context.move ?? 0))
      throw new Error("the shard points here, or to another object");
    return joinLog(this.#shard.log(context.id).state, context, page);
  }

  #own(context: LogCall): OwnLog {
    this.#shard.check(context);
    if (this.#shard.own === undefined) throw new Error("no log moves to a shard");
    return this.#shard.own;
  }

  /** What this shard knows of a move of one of its logs. */
  moveOutcome(context: LogCall, move: number): MoveOutcome {
    this.#shard.check(context);
    const { state, mover } = this.#shard.log(context.id);
    if (state.movedBy === move) return "stored";
    return mover.isUnderWay(move) ? "under way" : "void";
  }

  /** A log that has moved was called where this shard says, and is not there. */
  async checkMoved(context: LogCall): Promise<void> {
    this.#shard.check(context);
    await this.#shard.log(context.id).hold(async ({ state, mover }) => {
      if (state.movedBy !== undefined && state.movedBy === context.move) await mover.handOver();
    });
  }

  /** The own object of a log says that it is there, by this move. */
  async adoptMoved(context: LogCall, move: number): Promise<Exclude<Adoption, "absent">> {
    this.#shard.check(context);
    if (this.#shard.isOwn) throw new Error("only a shard knows where logs are");
    return await this.#shard.log(context.id).adopt(move);
  }

  /** The own object of a deleted log gives its id back. */
  releaseMoved(context: LogCall, move: number, lastNumber?: number): void {
    this.#shard.check(context);
    const { state } = this.#shard.log(context.id);
    if (state.movedBy === move) state.forget(lastNumber);
  }

  /** A subscriber's socket: `log` names the log, `view` the view that it follows, `move` the move that brought the log here; `shards` as in other calls. */
  override async fetch(request: Request): Promise<Response> {
    if (request.headers.get("Upgrade") !== "websocket") return new Response(null, { status: 426 });
    const { searchParams } = new URL(request.url);
    const view = searchParams.get("view") === "trace" ? "trace" : "session";
    const id = searchParams.get("log") ?? "";
    const shards = Number(searchParams.get("shards"));
    const move = searchParams.get("move");
    const context = { tenant: this.#shard.tenant, shards, id, ...(move === null ? {} : { move: Number(move) }) };
    const answer = await this.#at(context, ({ state }) => {
      const response = state.subscribers.accept(view);
      this.#watchersChanged(id);
      return response;
    });
    return answer instanceof Response ? answer : elsewhere(answer);
  }

  override webSocketClose(socket: WebSocket, code: number): void {
    // 1005 and 1006 mean that no code was received, and must not be sent.
    socket.close(code === 1005 || code === 1006 ? 1000 : code);
    this.#watchersChanged(Subscribers.of(socket));
  }

  override webSocketError(socket: WebSocket): void {
    this.#watchersChanged(Subscribers.of(socket));
  }

  override async alarm(): Promise<void> {
    await this.#shard.alarm();
  }

  #watchersChanged(id: string): void {
    const { state } = this.#shard.log(id);
    if (!state.exists) return;
    const { isOutgrown } = state;
    if (state.isEmpty && !isOutgrown) return;
    state.write(() => {
      if (!state.isEmpty) state.scheduleReport(Date.now());
      if (isOutgrown) state.jobs.schedule("move", Date.now());
    });
    // A subscriber's socket has no context.
    state.kick(undefined);
  }
}

/** A log's answer, at once or when the log is no longer closed for writing. */
type Answer<T> = T | Elsewhere | Promise<Awaited<T> | Elsewhere>;

/** At once, unless a log is closed for writing. */
function settled(outcomes: (AppendOutcome | Promise<AppendOutcome>)[]): AppendOutcome[] | Promise<AppendOutcome[]> {
  const areSettled = outcomes.every((outcome): outcome is AppendOutcome => !(outcome instanceof Promise));
  return areSettled ? outcomes : Promise.all(outcomes.map(async (outcome) => await outcome));
}

function elsewhere({ move }: Elsewhere): Response {
  return new Response(null, {
    status: ELSEWHERE_STATUS,
    ...(move === undefined ? {} : { headers: { [MOVE_HEADER]: String(move) } }),
  });
}
