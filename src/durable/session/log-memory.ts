/** Bytes of logs in memory, of all shards in one isolate, which has 128 MB. */
export const MEMORY_BYTES = 32_000_000;
/** Logs that were used so many milliseconds ago at most may be more. */
const RECENT_MILLIS = 10_000;
/** Of the recent ones those of so many bytes stay in any case: to fold a large log anew for each of its deliveries costs more than all else. The smaller ones stay up to `MEMORY_BYTES`, whatever the large ones take. */
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
/** Bytes of all logs, and of those that are not large. */
let total = 0;
let small = 0;

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
    count(uses.get(log), -1);
    uses.delete(log);
    const at = Date.now();
    const use = { weight, at, evict: () => this.#logs.delete(log.id) };
    uses.set(log, use);
    count(use, 1);
    if (total > MEMORY_BYTES) evictOldest(log, at);
  }
}

const isLarge = ({ weight }: Use): boolean => weight >= LARGE_BYTES;

function count(use: Use | undefined, sign: 1 | -1): void {
  if (use === undefined) return;
  total += sign * use.weight;
  if (!isLarge(use)) small += sign * use.weight;
}

function evictOldest(current: Log, now: number): void {
  for (const [log, use] of uses) {
    // The logs that follow were used later. A time after the present one is from before the clock was set back.
    const isRecent = use.at <= now && now - use.at <= RECENT_MILLIS;
    if ((isRecent ? small : total) <= MEMORY_BYTES) return;
    if (log === current || log.isActive || (isRecent && isLarge(use))) continue;
    uses.delete(log);
    count(use, -1);
    use.evict();
  }
}
