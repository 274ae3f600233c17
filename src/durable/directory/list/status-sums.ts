import type { ListCounts } from "../../../session/contract/directory.ts";
import { STATUSES } from "../../../session/list/list-filter.ts";
import type { ListFilter } from "../../../session/list/list-filter.ts";
import { RunningSums } from "../../../session/list/list-sums.ts";
import type { ListSums } from "../../../session/list/list-sums.ts";
import type { Status } from "../../../session/liveness.ts";
import type { ListCells } from "./cells.ts";

/** The sums of some rows by status. */
export class SumsByStatus {
  readonly #sums = Object.fromEntries(STATUSES.map((status) => [status, new RunningSums()])) as Readonly<
    Record<Status, RunningSums>
  >;

  of(status: Status): RunningSums {
    return this.#sums[status];
  }

  addAll(others: SumsByStatus): void {
    for (const status of STATUSES) this.of(status).addAll(others.of(status));
  }

  clear(): void {
    for (const status of STATUSES) this.of(status).clear();
  }

  get counts(): ListCounts {
    const counts = { all: 0, waiting: 0, stalled: 0, running: 0, idle: 0, failed: 0, finished: 0 };
    for (const status of STATUSES) {
      const { sessions } = this.of(status);
      counts[status] = sessions;
      counts.all += sessions;
    }
    return counts;
  }

  /** Of the statuses that a filter admits. */
  sums({ statuses }: ListFilter): ListSums {
    const sums = new RunningSums();
    for (const status of statuses.length === 0 ? STATUSES : new Set(statuses)) sums.addAll(this.of(status));
    return sums.value;
  }
}

/** Sums of rows by status, kept up to date. Rows whose status time alone changes no more are not visited again. */
export class StatusSums {
  readonly #cells: ListCells;
  readonly #rows: () => Iterable<number>;
  readonly #settled = { session: new SumsByStatus(), trace: new SumsByStatus() };
  readonly #unsettled = new Set<number>();
  #now = 0;

  /** `rows`: the rows to sum. */
  constructor(cells: ListCells, rows: () => Iterable<number>) {
    this.#cells = cells;
    this.#rows = rows;
    for (const row of rows()) this.#unsettled.add(row);
  }

  /** Before a summed row changes or is removed. */
  remove(row: number): void {
    if (!this.#unsettled.delete(row)) this.#addSettled(row, -1);
  }

  add(row: number): void {
    this.#unsettled.add(row);
  }

  /** Rows whose status time alone may still change; after a clock was set back, all rows. */
  unsettled(now: number): ReadonlySet<number> {
    const cells = this.#cells;
    if (now < this.#now) {
      for (const kind of [this.#settled.session, this.#settled.trace]) kind.clear();
      for (const row of this.#rows()) this.#unsettled.add(row);
    }
    this.#now = now;
    for (const row of this.#unsettled) {
      if (cells.lastTransitionAt(row) > now) continue;
      this.#unsettled.delete(row);
      this.#addSettled(row, 1);
    }
    return this.#unsettled;
  }

  sum(kind: ListFilter["kind"], now: number): SumsByStatus {
    const sums = new SumsByStatus();
    for (const row of this.unsettled(now)) {
      if (kind !== "all" && this.#cells.kind(row) !== kind) continue;
      sums.of(this.#cells.status(row, now)).add(this.#cells.amounts(row));
    }
    for (const settled of kind === "all" ? (["session", "trace"] as const) : [kind])
      sums.addAll(this.#settled[settled]);
    return sums;
  }

  #addSettled(row: number, times: 1 | -1): void {
    const last = this.#cells.schedule(row).at(-1)?.status;
    if (last !== undefined) this.#settled[this.#cells.kind(row)].of(last).add(this.#cells.amounts(row), times);
  }
}
