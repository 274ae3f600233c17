import type { Bindings } from "../../config.ts";
import { log } from "../../lib/log.ts";
import { pool } from "../../lib/pool.ts";
import { knownLocation } from "../../location.ts";
import { checkTenant, learnLocation, ownLogOf, rememberShards, sessionAt, tenantOf } from "../../place.ts";
import type { Cause, Elsewhere, Here, LogCall, ObjectCall, ObjectName, ShardCall } from "../../place.ts";
import type { LogHead, LogIds } from "../../session/contract/directory.ts";
import { Subscribers } from "../subscribers.ts";
import { ReplicaQueries } from "./copy/replica-queries.ts";
import { OwnerCopy } from "./copy/sending.ts";
import { DueRows } from "./due-rows.ts";
import { GroupCommit } from "./group-commit.ts";
import { JobRunner, scheduleJobs } from "./jobs.ts";
import { HeadQueue } from "./head-queue.ts";
import { ShardTables } from "./log/tables.ts";
import { LogMemory } from "./log-memory.ts";
import { makeDue } from "./report-again.ts";
import { Mover } from "./move/mover.ts";
import { OwnLog } from "./move/own-log.ts";
import { ReportQueue } from "./report-queue.ts";
import { ShardRoom } from "./shard-room.ts";
import { SessionState } from "./state.ts";
import type { LogCalls, ShardParts } from "./state.ts";
import type { Copy, CopyOutcome, ReplicaQuery, Revocation, TraceDeletion } from "./copy/protocol.ts";

/** Logs whose due jobs run at once: they mostly wait for other objects. */
const LOGS_AT_ONCE = 20;
/** Due logs that ask together where their copies begin: some kilobytes of memory each. */
const LOGS_A_PAGE = 1_000;
/** A log whose jobs could not even be read is looked at again after so long. */
const UNREADABLE_MILLIS = 60_000;

/** The object's methods by which logs call each other. They may answer that the log is elsewhere. */
export type LogMethods = {
  storeCopy(context: LogCall, copy: Copy): unknown;
  revoke(context: LogCall, revocation: Revocation): unknown;
  copyAgain(context: LogCall, session: string): unknown;
  deleteTrace(context: LogCall, deletion: TraceDeletion): unknown;
  deleteSession(context: LogCall): unknown;
  queryReplicas(context: ObjectCall, queries: readonly ReplicaQuery[]): unknown;
};

const CALLED_HERE = [
  "storeCopy",
  "revoke",
  "copyAgain",
  "deleteTrace",
  "deleteSession",
  "queryReplicas",
] as const satisfies readonly (keyof LogMethods)[];

function callsOf(shard: Shard): Here["calls"] {
  return Object.fromEntries(
    CALLED_HERE.map((method) => [
      method,
      async (context: never, message: never) => await shard.call(context, method, message),
    ]),
  );
}

/** One log of a shard, with its jobs. */
export class ShardLog {
  readonly id: string;
  readonly state: SessionState;
  readonly copier: OwnerCopy;
  readonly mover: Mover;
  readonly jobs: JobRunner;
  readonly #held = new Set<Promise<unknown>>();
  #kept = 0;

  constructor(shard: Shard, id: string) {
    this.id = id;
    this.state = new SessionState(shard, id, {
      scheduleFrom: scheduleJobs,
      startDue: (now, cause) => {
        const runs = this.jobs.startDue(now, cause);
        if (runs !== undefined) shard.waitUntil(runs);
      },
    });
    this.copier = new OwnerCopy(this.state, () => this.mover.isLeaving);
    this.mover = new Mover({
      state: this.state,
      unsettled: () => [...this.jobs.unsettled, ...this.#held],
      context: () => shard.contextOf(id),
    });
    this.jobs = new JobRunner(this.state, this.copier, this.mover, (work) => shard.waitUntil(work));
  }

  /** An estimate of its memory, in bytes. */
  get weight(): number {
    return this.state.weight;
  }

  /** Work is under way: a second instance of the log in memory would not know of it. */
  get isActive(): boolean {
    return this.#kept > 0 || this.#held.size > 0 || this.jobs.isActive || this.copier.isActive;
  }

  /** Does work that waits for others, and then writes. The log stays in memory, and does not move, meanwhile. */
  async hold<T>(work: (log: this) => Promise<T>): Promise<T> {
    const held = work(this);
    this.#held.add(held);
    try {
      return await held;
    } finally {
      this.#held.delete(held);
    }
  }

  /** This session is asked anew what it has of the owned trace. */
  copyAgain(session: string, cause: Cause): void {
    const { state } = this;
    if (!state.exists || state.traces.owned()?.session !== session) return;
    this.copier.evict();
    state.jobs.schedule("copy", Date.now());
    state.kick(cause);
  }

  /** Runs the due jobs, and keeps the log in memory meanwhile. */
  async runDue(): Promise<void> {
    await this.#keep(async () => await this.jobs.runDue());
  }

  /** The log is in its own object, by this move, and the shard may know nothing of it. */
  async adopt(move: number): ReturnType<Mover["adopt"]> {
    return await this.#keep(async () => await this.mover.adopt(move));
  }

  /** The log stays in memory meanwhile, and may move. */
  async #keep<T>(work: () => Promise<T>): Promise<T> {
    this.#kept++;
    try {
      return await work();
    } finally {
      this.#kept--;
    }
  }
}

/** Many logs in one object, and what they share: tables, alarm, commits, reports. Logs in memory are the ones used last. */
export class Shard implements ShardParts {
  readonly storage: DurableObjectStorage;
  readonly env: Bindings;
  readonly subscribers: Subscribers;
  readonly tables: ShardTables;
  readonly due: DueRows;
  readonly commits: GroupCommit;
  readonly reports: ReportQueue;
  readonly heads: HeadQueue;
  readonly #queries: ReplicaQueries;
  readonly room: ShardRoom;
  readonly #ctx: DurableObjectState;
  readonly #methods: LogMethods;
  readonly #logs = new LogMemory<ShardLog>();
  readonly #id: ObjectName;
  /** The object itself, for its logs that call each other. */
  readonly here: Here;
  /** In an object that holds one log alone. */
  readonly own: OwnLog | undefined;
  /** How many shards the tenant has, as the first call says; 0 before it. */
  #shards = 0;

  /** `methods`: of the object, by which others call its logs. */
  constructor(ctx: DurableObjectState, env: Bindings, methods: LogMethods) {
    this.#ctx = ctx;
    // The runtime makes the text anew each time that it is asked.
    this.#id = { name: ctx.id.name };
    this.here = { name: ctx.id.name, calls: callsOf(this) };
    this.#methods = methods;
    this.storage = ctx.storage;
    this.env = env;
    this.subscribers = new Subscribers(ctx);
    this.tables = new ShardTables(ctx.storage, {
      shards: () => this.#shards,
      location: () => knownLocation(this.tenant),
    });
    this.due = new DueRows(ctx.storage, this.tables);
    this.commits = new GroupCommit(ctx.storage);
    this.heads = new HeadQueue(this);
    this.reports = new ReportQueue(env, () => this.tenant, this.heads);
    this.#queries = new ReplicaQueries(this);
    this.room = new ShardRoom(env, this.tables, async (id) => await this.calls(id, undefined).deleteSession());
    const id = ownLogOf(this.#id.name);
    this.own =
      id === undefined
        ? undefined
        : new OwnLog(
            this,
            id,
            () => this.log(id).state,
            () => this.contextOf(id),
          );
  }

  get isOwn(): boolean {
    return this.own !== undefined;
  }

  get tenant(): string {
    return tenantOf(this.#id);
  }

  headOf(id: string): LogHead | undefined {
    return this.log(id).state.head;
  }

  waitUntil(work: Promise<unknown>): void {
    this.#ctx.waitUntil(work);
  }

  /** Throws for a call of another tenant, or by another number of shards. */
  check(context: ShardCall): void {
    checkTenant(this.#id, context);
    if (this.#shards === context.shards) return;
    this.tables.checkShards(context.shards);
    this.#shards = context.shards;
    rememberShards(context);
    learnLocation(context.tenant, this.tables.location);
  }

  log(id: string): ShardLog {
    return this.#logs.get(id) ?? this.#logs.add(new ShardLog(this, id));
  }

  evictRows(): void {
    this.tables.evict();
    this.due.evict();
  }

  /** A log that a call concerns, or where else it is. A promise: look again when it has resolved. */
  find(id: string, move: number | undefined): ShardLog | Elsewhere | Promise<void> {
    if (this.own !== undefined) {
      const place = this.own.whereIs(move);
      return place === "here" ? this.log(id) : place;
    }
    const found = this.log(id);
    if (found.mover.closed !== undefined) return found.mover.closed;
    const { movedBy } = found.state;
    return movedBy === undefined ? found : { outcome: "elsewhere", move: movedBy };
  }

  /** The context of calls about a log that no call caused. */
  contextOf(id: string): LogCall {
    if (this.#shards === 0 && !this.tables.exists) throw new Error("the number of shards is not known here");
    const shards = this.#shards === 0 ? this.tables.shards : this.#shards;
    return { tenant: this.tenant, shards, id };
  }

  calls(id: string, cause: Cause): LogCalls {
    return sessionAt(this.env, cause ?? this.tenant, id, this.here);
  }

  async queryReplica(query: ReplicaQuery, cause: Cause): Promise<CopyOutcome> {
    return await this.#queries.ask(query, cause);
  }

  async queryAlone(query: ReplicaQuery, cause: Cause): Promise<CopyOutcome> {
    return await this.calls(query.session, cause).storeCopy({ ...query, chunks: [], values: [] });
  }

  /** A call of another log of this shard: it takes the place of the RPC, since the runtime ends with all objects if one dies that calls itself. */
  async call<Method extends keyof LogMethods>(
    context: Parameters<LogMethods[Method]>[0],
    method: Method,
    message: Parameters<LogMethods[Method]>[1],
  ): Promise<unknown> {
    // Like an RPC, it is never part of what its caller writes.
    await Promise.resolve();
    const methods: Record<keyof LogMethods, (context: never, message: never) => unknown> = this.#methods;
    return await methods[method](context as never, message as never);
  }

  /** Makes the logs after an id due, a page of them. Logs in memory derive their jobs anew when they are read next. */
  reportAgain(after: string): LogIds {
    const now = Date.now();
    const { isDue, ...page } = this.storage.transactionSync(() => makeDue(this.tables, after, now));
    for (const one of this.#logs.all()) {
      // What its session has may be less than it had.
      one.copier.evict();
      if (!one.isActive) one.state.evict();
    }
    if (isDue) this.due.arm(now);
    return page;
  }

  /** Runs the due jobs of all logs. A fault in one harms no other. */
  async alarm(): Promise<void> {
    if (this.tables.exists) {
      const { tenant } = this;
      rememberShards({ tenant, shards: this.tables.shards });
      learnLocation(tenant, this.tables.location);
    }
    const due = this.due.fired(Date.now());
    for (let at = 0; at < due.length; at += LOGS_A_PAGE) await this.#runPage(due.slice(at, at + LOGS_A_PAGE));
    this.due.arm(Date.now());
  }

  async #runPage(ids: readonly string[]): Promise<void> {
    if (this.own === undefined) this.#askReplicas(ids);
    await pool(ids, LOGS_AT_ONCE, async (id) => {
      try {
        await this.#runDue(this.log(id));
      } catch (error) {
        log("log-not-readable", { level: "error", id, error });
        if (this.tables.exists) this.due.set(id, Date.now() + UNREADABLE_MILLIS);
      }
    });
  }

  /** In one turn, so that the queries go together. Each log waits for its own answer when it is about to copy. */
  #askReplicas(ids: readonly string[]): void {
    const now = Date.now();
    for (const id of ids) {
      try {
        const { state, copier } = this.log(id);
        if (state.exists && state.jobs.isDue("copy", now)) this.waitUntil(copier.ask(undefined));
      } catch {
        // Its run says why it is not readable.
      }
    }
  }

  async #runDue(due: ShardLog): Promise<void> {
    const { own } = this;
    if (own !== undefined && (await own.alarm()) === "settled") return;
    if (due.state.exists) return await due.runDue();
    if (due.state.movedBy !== undefined) return await due.hold(async ({ mover }) => await mover.handOver());
    // The row may be one that a job of the deleted log left.
    const { wake = 0 } = due.state.log.meta;
    if (wake > Date.now()) return this.due.set(due.id, wake);
    return own === undefined ? due.state.forget() : await own.leave();
  }
}
