import { log } from "../../../lib/log.ts";
import { moveAt } from "../../../place.ts";
import type { Elsewhere, LogCall } from "../../../place.ts";
import { OutboxRows } from "../outbox/rows.ts";
import { LogMeta } from "../log/log-meta.ts";
import { TraceRows } from "../log/rows.ts";
import { SessionLog } from "../log/session-log.ts";
import type { OwnState } from "../log/tables.ts";
import type { SessionState, ShardParts } from "../state.ts";
import type { Adoption, MoveEnd, MovedState, MovePage, Occupied, ReportSchedule } from "./protocol.ts";

/** A log of which no page came for so long asks its shard whether the move goes on. */
const ARRIVING_MILLIS = 600_000;
const RETRY_MILLIS = 5_000;

/** The one log of an object that is no shard: how it arrives, that it is here, and how its id goes back to the shard. */
export class OwnLog {
  readonly id: string;
  readonly #shard: ShardParts;
  readonly #state: () => SessionState;
  readonly #context: () => LogCall;
  #leaving: Promise<void> | undefined;
  /** The shard may know nothing of the log, and send what a new one took. In memory only: the shard is looked for again. */
  #isLost = false;

  /** `state`: of the log, in memory. */
  constructor(shard: ShardParts, id: string, state: () => SessionState, context: () => LogCall) {
    this.id = id;
    this.#shard = shard;
    this.#state = state;
    this.#context = context;
  }

  get #own(): OwnState | undefined {
    return this.#shard.tables.own;
  }

  /** Callers get the move's number from the shard alone, which stored it when all rows were here. */
  whereIs(move: number | undefined): "here" | Elsewhere | Promise<void> {
    const own = this.#own;
    if (own === undefined && move !== undefined) void this.#missing(move);
    if (own === undefined || own.move !== move || own.state === "arriving") return { outcome: "elsewhere" };
    if (own.state === "leaving") return this.leave();
    if (own.state === "arrived") this.#setOpen(own);
    this.#isLost = false;
    return "here";
  }

  takePage(move: number, page: MovePage): Occupied | undefined {
    const occupied = this.#occupiedBefore(move);
    if (occupied !== undefined) return occupied;
    this.#state().transaction(() => {
      const own = this.#begin(move);
      if (own.state === "arriving") this.#insert(own, page);
    });
    return undefined;
  }

  /** The log of an earlier move is here, and was open: its shard lost the pointer with its file, or it would not move a log of this id. */
  #occupiedBefore(move: number): Occupied | undefined {
    const own = this.#own;
    if (own?.state !== "open" || own.move >= move || !this.#state().exists) return undefined;
    this.#isLost = true;
    return { outcome: "occupied", move: own.move };
  }

  /** All rows are here when it answers. A repeat changes nothing. */
  completeMove(move: number, { page, meta, traces, outbox, run, exporter }: MoveEnd): Occupied | undefined {
    const occupied = this.#occupiedBefore(move);
    if (occupied !== undefined) return occupied;
    this.#state().transaction(() => {
      const own = this.#begin(move);
      if (own.state !== "arriving") return;
      const rows = this.#insert(own, page);
      const traceRows = new TraceRows(this.#shard.tables.sql, rows.meta);
      for (const row of traces) traceRows.upsert(row);
      const outboxRows = new OutboxRows(this.#shard.storage);
      for (const row of outbox) outboxRows.upsert(this.id, row);
      rows.meta.arrive(own.log, meta);
      rows.meta.flush();
      this.#shard.tables.setOwn({ ...own, state: "arrived" });
    });
    const state = this.#state();
    state.evict();
    if (this.#own?.state !== "arrived") return undefined;
    state.delivery.arrive(run);
    state.exporter = exporter;
    return undefined;
  }

  /**
   * The shard's file may have been lost, and its pointer with it: has the shard take it back. Only where the log was open: of a move that
   * did not come so far the shard alone knew whether it was stored.
   */
  async findShard(): Promise<Adoption> {
    const own = this.#own;
    const { generation, isDeleting } = this.#state();
    if (own?.state !== "open" || generation === undefined) return "absent";
    this.#isLost = true;
    const wasDeleted = !isDeleting && (await this.#state().directory(undefined).isVoid({ id: this.id, generation }));
    const context = this.#context();
    const outcome = wasDeleted ? "deleted" : await moveAt(this.#shard.env, "shard", context).adoptMoved(own.move);
    if (outcome === "held") this.#isLost = false;
    if (outcome === "deleted" && this.#isOpen(own.move)) await this.#erase();
    return outcome;
  }

  /** Whether what a new log took is to be added. Never once the shard points here: a message that comes late would bring back what was deleted since. */
  takesNewLog(move: number): boolean {
    return this.#isLost && this.#isOpen(move);
  }

  #isOpen(move: number): boolean {
    return this.#own?.move === move && this.#own.state === "open";
  }

  /** The log should be here, and nothing is: its file was lost, or the shard has the id again. */
  async #missing(move: number): Promise<void> {
    try {
      await moveAt(this.#shard.env, "shard", { ...this.#context(), move }).checkMoved();
    } catch (error) {
      log("moved-log-missing", { level: "warn", id: this.id, error });
    }
  }

  /** The shard has stored that the log is here. A repeat changes nothing. */
  open(move: number, schedule?: ReportSchedule): MovedState {
    const own = this.#own;
    if (own === undefined) return "lost";
    this.#isLost = false;
    if (own.move !== move || own.state !== "arrived") return "open";
    this.#setOpen(own);
    if (schedule === undefined) return "open";
    const state = this.#state();
    // The next report has to wait: the shard has made one.
    if (schedule.wait > 0) state.reportedSpans.generation = state.generation;
    state.reportOn(schedule);
    return "open";
  }

  /** Starts the jobs of an open log. */
  start(): void {
    if (this.#own?.state !== "open") return;
    const state = this.#state();
    // The fold knows what has to be delivered and when it expires.
    if (state.exists) void state.fold;
    state.kick(undefined);
  }

  /** The shard will never store this move. */
  async abandon(move: number): Promise<void> {
    const own = this.#own;
    if (own?.move === move && (own.state === "arriving" || own.state === "arrived")) await this.#erase();
  }

  /** The alarm fired. Where the log is open, its jobs are left to run. */
  async alarm(): Promise<"settled" | "open"> {
    const own = this.#own;
    if (own === undefined) return "settled";
    if (own.state === "open") return "open";
    if (own.state === "leaving") {
      await this.leave();
      return "settled";
    }
    const outcome = await moveAt(this.#shard.env, "shard", this.#context()).moveOutcome(own.move);
    if (outcome === "stored") {
      this.open(own.move);
      this.start();
    } else if (outcome === "void") await this.abandon(own.move);
    else this.#shard.due.set(this.id, Date.now() + ARRIVING_MILLIS);
    return "settled";
  }

  /** The log was deleted, and its fences are over: the shard has the id again, and nothing is left here. */
  leave(): Promise<void> {
    return (this.#leaving ??= this.#leave().finally(() => (this.#leaving = undefined)));
  }

  async #leave(): Promise<void> {
    const own = this.#own;
    if (own === undefined) return;
    if (own.state !== "leaving")
      this.#state().transaction(() => {
        this.#shard.tables.setOwn({ ...own, state: "leaving" });
        this.#shard.due.set(this.id, Date.now() + RETRY_MILLIS);
      });
    const lastNumber = Math.max(this.#state().log.meta.lastNumber, this.#shard.tables.lastNumber);
    await moveAt(this.#shard.env, "shard", this.#context()).releaseMoved(own.move, lastNumber);
    // A later move may have begun since.
    if (this.#own?.move === own.move) await this.#erase();
  }

  async #erase(): Promise<void> {
    this.#state().subscribers.closeAll();
    await this.#shard.storage.deleteAlarm();
    await this.#shard.storage.deleteAll();
    this.#shard.evictRows();
    this.#state().evict();
  }

  #setOpen(own: OwnState): void {
    this.#state().transaction(() => {
      this.#shard.tables.setOwn({ ...own, state: "open" });
      // All jobs are derived from the log when it is read.
      this.#shard.due.set(this.id, Date.now() + 1_000);
    });
    this.#state().evict();
  }

  /** The rows of an earlier move are void, also those of a log that was open and deleted: the shard has its id again, or it would not move it. */
  #begin(move: number): OwnState {
    const { tables, due } = this.#shard;
    const known = this.#own;
    if (known?.move === move) return known;
    if (known !== undefined && known.move > move) throw new Error("a later move of this log has begun");
    if (known !== undefined) this.#deleteRows();
    const now = Date.now();
    const own: OwnState = { move, log: tables.nextLog(now), state: "arriving" };
    tables.setOwn(own);
    due.set(this.id, now + ARRIVING_MILLIS);
    return own;
  }

  #deleteRows(): void {
    for (const table of ["log", "due", "trace", "chunk", "chunk_part", "value"])
      this.#shard.tables.sql.exec(`DELETE FROM ${table}`);
    new OutboxRows(this.#shard.storage).deleteTrace(this.id);
    const state = this.#state();
    state.evict();
    state.subscribers.closeAll();
  }

  /** Chunks that are here already change nothing. */
  #insert(own: OwnState, { after, chunks, values }: MovePage): SessionLog {
    const { tables } = this.#shard;
    const meta = new LogMeta(tables, this.id);
    meta.arrive(own.log);
    const rows = new SessionLog(tables.sql, meta);
    if (rows.head < after) throw new Error("a page of the moving log is missing");
    for (const chunk of chunks) if (chunk.revision > rows.head) rows.insert(chunk);
    for (const value of values) rows.values.insert(value);
    return rows;
  }
}
