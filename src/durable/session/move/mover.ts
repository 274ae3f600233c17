import { log } from "../../../lib/log.ts";
import { pool } from "../../../lib/pool.ts";
import { moveAt } from "../../../place.ts";
import type { LogCall } from "../../../place.ts";
import type { Chunk } from "../log/chunk.ts";
import { ChunkBatch } from "../log/chunk-batch.ts";
import type { SessionState } from "../state.ts";
import type { Adoption, JoinPage, MoveEnd, MovePage, Occupied } from "./protocol.ts";
import { moveThresholds } from "./thresholds.ts";

/** The log's work under way is waited for so long; else the move begins anew later. */
const DRAIN_MILLIS = 10_000;
/** The log is closed for writing for so long at most; one that joins another, for each call. */
const CLOSED_MILLIS = 10_000;
/** Owners of traces called at once. */
const OWNERS_AT_ONCE = 20;

/** What a move has to know of the log beside its state. */
export type MovingLog = {
  readonly state: SessionState;
  /** Work under way that may write to the log when what it waits for has answered. */
  readonly unsettled: () => readonly Promise<unknown>[];
  /** The context of calls that concern the log. */
  readonly context: () => LogCall;
};

/**
 * Moves a log that has grown from its shard to an object of its own. Pages are copied while the shard admits; then no new job starts, the
 * log is closed for writing, and what is left is copied. The shard stores the pointer after the object has everything. Until then the
 * shard's log is the only one: the object does not answer without the move's number, which only the shard knows before.
 */
export class Mover {
  readonly #log: MovingLog;
  #number: number | undefined;
  #moving: Promise<unknown> | undefined;
  #isLeaving = false;
  #closed: PromiseWithResolvers<void> | undefined;

  constructor(moving: MovingLog) {
    this.#log = moving;
  }

  /** No job starts, and none copies on: the log's rows are about to leave. */
  get isLeaving(): boolean {
    return this.#isLeaving;
  }

  /** Resolves when the log takes calls again, or is elsewhere; `undefined` while it takes calls. */
  get closed(): Promise<void> | undefined {
    return this.#closed?.promise;
  }

  /** Whether this move is under way, and may still be stored. */
  isUnderWay(move: number): boolean {
    return this.#number === move;
  }

  /** One run at a time. After a fault the shard's log goes on as if nothing had been. */
  async run(): Promise<void> {
    const { state } = this.#log;
    if (!state.exists || !state.isOutgrown) return state.jobs.done("move");
    const move = state.nextMove();
    const own = moveAt(state.env, "own", { ...this.#log.context(), move }, state.exporter);
    const earlier = await this.#whileMoving(move, async () => {
      try {
        const occupied = await this.#copy(own);
        if (occupied !== undefined) return occupied.move;
      } catch (error) {
        // If this call is lost, the object asks by itself.
        void own.abandonMove().catch(() => undefined);
        throw error;
      }
      state.leave(move);
      return undefined;
    });
    if (earlier !== undefined) await this.#join(earlier);
    await this.handOver();
  }

  /**
   * The own object of this id has a log, by a move that this shard stored before its file was lost. Its row points there again. What a new
   * log of the id took since goes there first.
   */
  async adopt(move: number): Promise<Exclude<Adoption, "absent">> {
    const { state } = this.#log;
    while (this.#moving !== undefined) await this.#moving.catch(() => undefined);
    if (state.isDeleting) throw new Error("the log is being deleted; try again");
    const { movedBy = 0 } = state;
    if (movedBy >= move) return "held";
    if (state.log.meta.isDeleted) return "deleted";
    const hasBegun = state.exists;
    if (hasBegun) await this.#join(move);
    else state.adopt(move);
    await this.handOver();
    return hasBegun ? "joined" : "adopted";
  }

  /** The log goes to its object, which has the one from before, as if its deliveries had arrived there. A repeat changes nothing. */
  async #join(move: number): Promise<void> {
    const { state } = this.#log;
    const own = moveAt(state.env, "own", { ...this.#log.context(), move });
    await this.#whileMoving(move, async () => {
      await this.#closeAfterWork(async () => {
        const lacking = new Set<string>();
        for (let part = pageOf(state, 0); ; part = pageOf(state, part.last)) {
          const page = joinPageOf(state, part);
          // A page that came late is there when it is sent again: it takes no such time then.
          const lacked = await withinMillis(CLOSED_MILLIS, async () => await own.joinMoved(page));
          for (const traceId of lacked) lacking.add(traceId);
          if (part.isLast) break;
        }
        // Before this log is gone, so that a fault repeats it. Their questions wait until it is.
        const callOwner = async (traceId: string) =>
          await withinMillis(CLOSED_MILLIS, async () => await state.objectOf(traceId, undefined).copyAgain(state.id));
        await pool(Array.from(lacking), OWNERS_AT_ONCE, callOwner);
      });
      state.leave(move);
    });
  }

  async #whileMoving<T>(move: number, work: () => Promise<T>): Promise<T> {
    if (this.#moving !== undefined) throw new Error("the log moves already");
    this.#number = move;
    try {
      return await (this.#moving = work());
    } finally {
      this.#number = undefined;
      this.#moving = undefined;
      this.#isLeaving = false;
      this.#closed?.resolve();
      this.#closed = undefined;
    }
  }

  async #copy(own: ReturnType<typeof moveAt>): Promise<Occupied | undefined> {
    const { state } = this.#log;
    const check = this.#checkUnchanged();
    let part = pageOf(state, 0);
    for (; !part.isLast; part = pageOf(state, part.last)) {
      const occupied = await own.takePage(part.page);
      if (occupied !== undefined) return occupied;
      check();
    }
    const { after } = part.page;
    const rest = async () => {
      for (part = pageOf(state, after); !part.isLast; part = pageOf(state, part.last)) {
        const occupied = await own.takePage(part.page);
        if (occupied !== undefined) return occupied;
      }
      return await own.completeMove(endOf(state, part.page));
    };
    return await this.#closeAfterWork(async () => await withinMillis(CLOSED_MILLIS, rest));
  }

  /** Closes the log for writing, and does the last part of its way. What the log is then is all that it is until this has ended. */
  async #closeAfterWork<T>(work: () => Promise<T>): Promise<T> {
    const check = this.#checkUnchanged();
    this.#isLeaving = true;
    await this.#drain();
    check();
    // Without an `await` since the last work ended: nothing can write to the log from here on.
    this.#closed = Promise.withResolvers();
    const done = await work();
    check();
    return done;
  }

  /** Throws if the log has lost or changed any of its rows since: what was sent of it is void. New ones change nothing. */
  #checkUnchanged(): () => void {
    const { state } = this.#log;
    const before = state.log;
    const { changes } = before;
    return () => {
      if (!state.isReadable || state.log !== before || before.changes !== changes)
        throw new Error("the log changed while it moved");
    };
  }

  /** A job that waits for a closed log may be what this log waits for: calls are taken meanwhile. */
  async #drain(): Promise<void> {
    await withinMillis(DRAIN_MILLIS, async () => {
      for (let work = this.#log.unsettled(); work.length > 0; work = this.#log.unsettled())
        await Promise.allSettled(work);
    });
  }

  /** The log has moved: its viewers attach again, and its object runs its jobs. Repeated until that object has answered. */
  async handOver(): Promise<void> {
    const { state } = this.#log;
    const { movedBy } = state;
    if (movedBy === undefined) return;
    state.subscribers.closeAll();
    const found = await moveAt(state.env, "own", { ...this.#log.context(), move: movedBy }).openMoved(
      state.reportSchedule,
    );
    if (state.movedBy !== movedBy) return;
    if (found === "open") return state.handedOver();
    log("moved-log-lost", { level: "error", id: state.id });
    // First the list: no new log of this id begins, and reports, before the pointer is gone.
    await state.directory(undefined).markLost(state.id);
    if (state.movedBy === movedBy) state.forget();
  }
}

type Part = { readonly page: MovePage; readonly last: number; readonly isLast: boolean };

/** The next chunks after a revision, up to about the bytes of a page; one at least if there is one. */
function pageOf({ log: rows }: SessionState, after: number): Part {
  const { pageBytes } = moveThresholds();
  const batch = new ChunkBatch<Chunk>(rows.values);
  let isLast = true;
  for (const chunk of rows.chunks(after)) {
    isLast = batch.bytes < pageBytes;
    if (!isLast) break;
    batch.add(chunk);
  }
  const { chunks, values } = batch;
  return { page: { after, chunks, values }, last: chunks.at(-1)?.revision ?? after, isLast };
}

function joinPageOf(state: SessionState, { page: { chunks, values }, isLast }: Part): JoinPage {
  return { chunks, values, traces: Array.from(state.traces.all()), movedTo: state.fold.movedTo, isLast };
}

function endOf(state: SessionState, page: MovePage): MoveEnd {
  const { log: rows, traces, outbox, id, exporter } = state;
  const run = state.delivery.current;
  return {
    page,
    meta: rows.meta.moving(rows.head),
    traces: Array.from(traces.all()),
    outbox: outbox.of(id),
    ...(run === undefined ? {} : { run }),
    ...(exporter === undefined ? {} : { exporter }),
  };
}

async function withinMillis<T>(millis: number, work: () => Promise<T>): Promise<T> {
  const timer = new AbortController();
  const late = scheduler.wait(millis, { signal: timer.signal }).then(() => {
    throw new Error(`the log could not move within ${millis} ms`);
  });
  late.catch(() => undefined);
  try {
    return await Promise.race([work(), late]);
  } finally {
    timer.abort();
  }
}
