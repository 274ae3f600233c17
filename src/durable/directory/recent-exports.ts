import { addRefusal } from "../../session/contract/refused-exports.ts";
import type { RecentExportsUpdate, RecentExports } from "../../session/contract/stream-events.ts";
import type { DirectoryRows } from "./rows/session-rows.ts";

const MOST_EXPORTS = 20;
/** Isolates report repeats every 10 s: each of one isolate is written, and few of many at once. */
const REPEATS_MILLIS = 5_000;

/** The exports that the receiver got last: one row, which lacks at most repeats of refusals from the last seconds. */
export class RecentExportsRow {
  readonly #rows: DirectoryRows;
  #value: RecentExports | undefined;
  #written = 0;

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
    let isNew = update.last.length > 0;
    for (const refusal of update.refused.toReversed()) {
      const { lines, isFirst } = addRefusal(refused, refusal);
      refused = lines;
      isNew ||= isFirst;
    }
    this.#value = {
      last: [...update.last, ...known.last].toSorted((a, b) => b.at - a.at).slice(0, MOST_EXPORTS),
      refused,
      dropped: { metrics: known.dropped.metrics + update.dropped.metrics },
    };
    if (!isNew && (update.refused.length === 0 || Math.abs(now - this.#written) < REPEATS_MILLIS)) return;
    this.#rows.meta.set("recentExports", JSON.stringify(this.#value));
    this.#written = now;
  }
}

function read(stored: string | undefined): RecentExports {
  return stored === undefined
    ? { last: [], refused: [], dropped: { metrics: 0 } }
    : (JSON.parse(stored) as RecentExports);
}
