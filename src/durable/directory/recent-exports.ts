import { addRefusal } from "../../session/contract/refused-exports.ts";
import type { RecentExportsUpdate, RecentExports } from "../../session/contract/stream-events.ts";
import type { DirectoryRows } from "./rows/session-rows.ts";

const MOST_EXPORTS = 20;
/** Isolates report repeats every 10 s: each of one isolate is written, and few of many at once. */
const REPEATS_MILLIS = 5_000;
/** Exports of less than so many milliseconds after the last write are written with the next ones, or with the report that they cause. */
const WRITE_MILLIS = 2_000;

/** The exports that the receiver got last: one row, which lacks at most those of the last seconds. */
export class RecentExportsRow {
  readonly #rows: DirectoryRows;
  #value: RecentExports | undefined;
  #written = 0;
  #isWritten = true;

  constructor(rows: DirectoryRows) {
    this.#rows = rows;
  }

  get value(): RecentExports {
    this.#value ??= read(this.#rows.meta.get("recentExports"));
    return this.#value;
  }

  add(update: RecentExportsUpdate, now: number): void {
    const known = this.value;
    let { refused } = known;
    let isFirstRefusal = false;
    for (const refusal of update.refused.toReversed()) {
      const { lines, isFirst } = addRefusal(refused, refusal);
      refused = lines;
      isFirstRefusal ||= isFirst;
    }
    this.#value = {
      last: [...update.last, ...known.last].toSorted((a, b) => b.at - a.at).slice(0, MOST_EXPORTS),
      refused,
      dropped: { metrics: known.dropped.metrics + update.dropped.metrics },
    };
    this.#isWritten = false;
    const pause = update.last.length > 0 ? WRITE_MILLIS : REPEATS_MILLIS;
    if (isFirstRefusal || Math.abs(now - this.#written) >= pause) this.write(now);
  }

  /** Writes what is not written yet. */
  write(now: number): void {
    if (this.#isWritten) return;
    this.#rows.meta.set("recentExports", JSON.stringify(this.#value));
    this.#written = now;
    this.#isWritten = true;
  }
}

function read(stored: string | undefined): RecentExports {
  return stored === undefined
    ? { last: [], refused: [], dropped: { metrics: 0 } }
    : (JSON.parse(stored) as RecentExports);
}
