import { log } from "../../../lib/log.ts";
import { moveAt } from "../../../place.ts";
import type { LogCall } from "../../../place.ts";
import type { Chunk } from "../log/chunk.ts";
import { ChunkBatch } from "../log/chunk-batch.ts";
import type { SessionState } from "../state.ts";
import type { MoveEnd, MovePage } from "./protocol.ts";
import { moveThresholds } from "./thresholds.ts";

/** The log's work under way is waited for so long; else the move begins anew later. */
const DRAIN_MILLIS = 10_000;
/** The log is closed for writing for so long at most. */
const CLOSED_MILLIS = 10_000;

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
    this.#number = move;
    try {
      try {
        await this.#copy(own);
      } catch (error) {
        // If this call is lost, the object asks by itself.
        void own.abandonMove().catch(() => undefined);
        throw error;
      }
      state.leave(move);
    } finally {
      this.#number = undefined;
      this.#isLeaving = false;
      this.#closed?.resolve();
      this.#closed = undefined;
    }
    await this.handOver();
  }

  async #copy(own: ReturnType<typeof moveAt>): Promise<void> {
    const { state } = this.#log;
    const before = state.log;
    const { changes } = before;
    const check = () => {
      if (!state.isReadable || state.log !== before || before.changes !== changes)
        throw new Error("the log changed while it moved");
    };
    let part = pageOf(state, 0);
    for (; !part.isLast; part = pageOf(state, part.last)) {
      await own.takePage(part.page);
      check();
    }
    this.#isLeaving = true;
    await this.#drain();
    check();
    // Without an `await` since the last work ended: nothing can write to the log from here on.
    this.#closed = Promise.withResolvers();
    const { after } = part.page;
    await withinMillis(CLOSED_MILLIS, async () => {
      for (part = pageOf(state, after); !part.isLast; part = pageOf(state, part.last)) await own.takePage(part.page);
      await own.completeMove(endOf(state, part.page));
    });
    check();
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
    const found = await moveAt(state.env, "own", { ...this.#log.context(), move: movedBy }).openMoved();
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

async function withinMillis(millis: number, work: () => Promise<void>): Promise<void> {
  const timer = new AbortController();
  const late = scheduler.wait(millis, { signal: timer.signal }).then(() => {
    throw new Error(`the log could not move within ${millis} ms`);
  });
  late.catch(() => undefined);
  try {
    await Promise.race([work(), late]);
  } finally {
    timer.abort();
  }
}
