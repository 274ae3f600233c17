import { addRefusal } from "../../session/contract/refused-exports.ts";
import type { RecentExportsUpdate, RecentExports } from "../../session/contract/stream-events.ts";
import type { DirectoryRows } from "./rows/session-rows.ts";

const KEPT = 20;
/** Isolates tell of repeats each 10 s: of one isolate each is written, of many at once few are. */
const REPEATS_MILLIS = 5_000;

/** What reached the receiver last: one row, which lacks at most the repeats of refusals that were told within the last seconds. */
export class RecentArrivals {
  readonly #rows: DirectoryRows;
  #value: RecentExports | undefined;
  #written = 0;

  constructor(rows: DirectoryRows) {
    this.#rows = rows;
  }

  get value(): RecentExports {
    this.#value ??= read(this.#rows.meta("recentExports"));
    return this.#value;
  }

  add(news: RecentExportsUpdate, now: number): void {
    const known = this.value;
    let { refused } = known;
    let isNew = news.last.length > 0;
    for (const refusal of news.refused.toReversed()) {
      const { lines, isFirst } = addRefusal(refused, refusal);
      refused = lines;
      isNew ||= isFirst;
    }
    this.#value = {
      last: [...news.last, ...known.last].toSorted((a, b) => b.at - a.at).slice(0, KEPT),
      refused,
      dropped: { metrics: known.dropped.metrics + news.dropped.metrics },
    };
    if (!isNew && (news.refused.length === 0 || Math.abs(now - this.#written) < REPEATS_MILLIS)) return;
    this.#rows.setMeta("recentExports", JSON.stringify(this.#value));
    this.#written = now;
  }
}

function read(stored: string | undefined): RecentExports {
  // Rows of earlier versions have no refusals of their own.
  const { last = [], refused = [], dropped = { metrics: 0 } }: Partial<RecentExports> = JSON.parse(stored ?? "{}");
  return { last, refused, dropped: dropped };
}
