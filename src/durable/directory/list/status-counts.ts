import type { ListCounts } from "../../../session/contract/directory.ts";
import type { ListFilter } from "../../../session/list/list-filter.ts";
import type { ListCells } from "./cells.ts";

type Counts = { -readonly [Word in keyof ListCounts]: number };

export function noCounts(): Counts {
  return { all: 0, waiting: 0, stalled: 0, running: 0, idle: 0, failed: 0, finished: 0 };
}

/** Counts of rows by status. Rows whose status time alone changes no more are not visited again. */
export class StatusCounts {
  readonly #cells: ListCells;
  readonly #rows: () => Iterable<number>;
  readonly #settled = { session: noCounts(), trace: noCounts() };
  readonly #unsettled = new Set<number>();
  #now = 0;

  /** `rows`: the rows to count. */
  constructor(cells: ListCells, rows: () => Iterable<number>) {
    this.#cells = cells;
    this.#rows = rows;
    for (const row of rows()) this.#unsettled.add(row);
  }

  /** Before a counted row changes or is removed. */
  remove(row: number): void {
    if (!this.#unsettled.delete(row)) this.#countSettled(row, -1);
  }

  add(row: number): void {
    this.#unsettled.add(row);
  }

  /** Rows whose status time alone may still change; after a clock was set back, all rows. */
  unsettled(now: number): ReadonlySet<number> {
    const cells = this.#cells;
    if (now < this.#now) {
      for (const kind of [this.#settled.session, this.#settled.trace]) Object.assign(kind, noCounts());
      for (const row of this.#rows()) this.#unsettled.add(row);
    }
    this.#now = now;
    for (const row of this.#unsettled) {
      if (cells.lastTransitionAt(row) > now) continue;
      this.#unsettled.delete(row);
      this.#countSettled(row, 1);
    }
    return this.#unsettled;
  }

  count(kind: ListFilter["kind"], now: number): Counts {
    const counts = noCounts();
    const add = (word: keyof Counts, count: number): void => {
      counts[word] += count;
    };
    for (const row of this.unsettled(now)) {
      if (kind !== "all" && this.#cells.kind(row) !== kind) continue;
      add("all", 1);
      add(this.#cells.status(row, now), 1);
    }
    for (const settled of kind === "all" ? (["session", "trace"] as const) : [kind]) {
      for (const [word, count] of Object.entries(this.#settled[settled])) add(word as keyof Counts, count);
    }
    return counts;
  }

  #countSettled(row: number, by: 1 | -1): void {
    const counts = this.#settled[this.#cells.kind(row)];
    counts.all += by;
    const last = this.#cells.schedule(row).at(-1)?.status;
    if (last !== undefined) counts[last] += by;
  }
}
