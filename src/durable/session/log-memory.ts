/** Bytes of logs in memory, of all shards in one isolate, which has 128 MB. */
const MEMORY_BYTES = 32_000_000;
/** Logs that were used so many milliseconds ago at most stay up to more bytes. */
const RECENT_MILLIS = 10_000;
const RECENT_BYTES = 64_000_000;
/** Of the recent ones those of so many bytes stay in any case: to fold a large log anew for each of its deliveries costs more than all else. */
const LARGE_BYTES = 1_000_000;

type Log = {
  readonly id: string;
  /** Bytes. */
  readonly weight: number;
  /** Stays in memory. */
  readonly isActive: boolean;
};

type Use = { readonly weight: number; readonly at: number; readonly evict: () => void };

/** The logs of all shards of the isolate, the least recently used first. */
const uses = new Map<Log, Use>();
let total = 0;

/** The logs of a shard that are in memory. The least recently used ones of the isolate are evicted: disk has all of them. */
export class LogMemory<Kept extends Log> {
  readonly #logs = new Map<string, Kept>();

  get(id: string): Kept | undefined {
    const log = this.#logs.get(id);
    if (log !== undefined) this.#use(log);
    return log;
  }

  all(): Iterable<Kept> {
    return this.#logs.values();
  }

  add(log: Kept): Kept {
    this.#logs.set(log.id, log);
    this.#use(log);
    return log;
  }

  /** A log counts with what it weighs now: what it gains by this use counts from the next. */
  #use(log: Kept): void {
    const { weight } = log;
    total += weight - (uses.get(log)?.weight ?? 0);
    uses.delete(log);
    const at = Date.now();
    uses.set(log, { weight, at, evict: () => this.#logs.delete(log.id) });
    if (total > MEMORY_BYTES) evictOldest(log, at);
  }
}

function evictOldest(current: Log, now: number): void {
  for (const [log, { weight, at, evict }] of uses) {
    // The logs that follow were used later. A time after the present one is from before the clock was set back.
    const isRecent = at <= now && now - at <= RECENT_MILLIS;
    if (total <= (isRecent ? RECENT_BYTES : MEMORY_BYTES)) return;
    if (log === current || log.isActive || (isRecent && weight >= LARGE_BYTES)) continue;
    uses.delete(log);
    total -= weight;
    evict();
  }
}
