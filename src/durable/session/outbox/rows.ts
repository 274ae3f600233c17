import { LOST_RUN_MILLIS } from "../../../session/contract/outbox.ts";
import type { OutboxRow } from "../../../session/contract/outbox.ts";

/** Commits make an owner deliver at most so often. */
const RING_MILLIS = 1_000;

/** `until`: when it counts as lost, Unix milliseconds. */
export type NumberedRun = { readonly number: number; readonly until: number };

/** The run that delivers the owned trace now. In memory only: after a wake at most one run repeats what another did. */
export class DeliveryRun {
  #rangAt = 0;
  #run: NumberedRun | undefined;
  #last = 0;

  rang(now: number): void {
    this.#rangAt = now;
  }

  /** If the clock was set back since, the last time says nothing. */
  nextRingAt(now: number): number {
    return this.#rangAt > now ? now : Math.max(now, this.#rangAt + RING_MILLIS);
  }

  /** The number of a new run; `undefined` while another one is under way. */
  begin(now: number): number | undefined {
    if (this.#run !== undefined && now < this.#run.until && now >= this.#run.until - LOST_RUN_MILLIS) return undefined;
    this.#last = Math.max(this.#last + 1, now);
    this.#run = { number: this.#last, until: now + LOST_RUN_MILLIS };
    return this.#last;
  }

  /** Whether the rows of this run may be stored: no other one began, and nothing was rewound. */
  isCurrent(number: number): boolean {
    return this.#run === undefined ? this.#last === 0 : this.#run.number === number;
  }

  /** The run under way, which goes on when the log moves. */
  get current(): NumberedRun | undefined {
    return this.#run;
  }

  arrive(run: NumberedRun | undefined): void {
    this.#run = run;
    this.#last = run?.number ?? 0;
  }

  end(): void {
    this.#run = undefined;
  }
}

/** How far each sink is with the owned trace: one key-value entry each. They go with the trace. */
export class OutboxRows {
  readonly #storage: DurableObjectStorage;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
  }

  of(traceId: string): OutboxRow[] {
    return Array.from(this.#storage.kv.list<OutboxRow>({ prefix: keyOf(traceId, "") }), ([, row]) => row);
  }

  upsert(traceId: string, row: OutboxRow): void {
    this.#storage.kv.put(keyOf(traceId, row.sink), row);
  }

  delete(traceId: string, sink: string): void {
    this.#storage.kv.delete(keyOf(traceId, sink));
  }

  deleteTrace(traceId: string): void {
    for (const { sink } of this.of(traceId)) this.delete(traceId, sink);
  }
}

function keyOf(traceId: string, sink: string): string {
  return `outbox ${traceId} ${sink}`;
}
