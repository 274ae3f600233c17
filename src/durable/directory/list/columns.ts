import type { ListCounts, ListCursor, ListQuery } from "../../../session/contract/directory.ts";
import type { ListFacts, ListFilter } from "../../../session/list/list-filter.ts";
import { hasStatus, isInRange, needsText } from "../../../session/list/list-filter.ts";
import type { ListSums } from "../../../session/list/list-sums.ts";
import type { Status } from "../../../session/liveness.ts";
import { TopK } from "../../../lib/top-k.ts";
import { ListCells } from "./cells.ts";
import type { RowValue } from "./cells.ts";
import { RowOrder } from "./row-order.ts";
import type { OrderPosition } from "./row-order.ts";
import { SearchCache } from "./search-cache.ts";
import type { Search } from "./search-cache.ts";
import { StatusSums, SumsByStatus } from "./status-sums.ts";

export type ListedRow = { readonly n: number; readonly value: number; readonly status: Status };

type Transition = { readonly n: number; readonly shown: boolean };
type FoundRows = { readonly rows: readonly number[]; readonly sums: SumsByStatus };

/** So few rows are scanned one by one. */
const FEW = 1_000;

/**
 * The numbers of the whole list in memory, read from the rows on first use and kept up to date. The cost of a page is
 * proportional to its length, or, if the list is narrowed to a time, to the sessions of that time.
 */
export class ListColumns {
  readonly #cells: ListCells;
  #sums: StatusSums;
  readonly #orders = new Map<RowValue, RowOrder>();
  readonly #searches: SearchCache;

  constructor(sql: SqlStorage) {
    this.#cells = new ListCells(sql);
    this.#sums = new StatusSums(this.#cells, () => this.#cells.rows());
    this.#searches = new SearchCache(this.#cells);
  }

  /** `search`: the text by which a search finds the session. */
  upsert(n: number, facts: ListFacts, search: string): void {
    const known = this.#cells.find(n);
    if (known >= 0 && this.#cells.isListed(known)) this.#unsum(known);
    const row = this.#cells.upsert(n, facts);
    this.#sums.add(row);
    this.#searches.add(row, search);
    for (const order of this.#orders.values()) order.move(row);
  }

  remove(n: number): void {
    const row = this.#cells.find(n);
    if (row < 0 || !this.#cells.isListed(row)) return;
    this.#unsum(row);
    if (this.#cells.remove(row) === "stayed") return;
    this.#sums = new StatusSums(this.#cells, () => this.#cells.rows());
    this.#orders.clear();
    this.#searches.clear();
  }

  /** Sessions by status. */
  counts(now: number): ListCounts {
    return this.#sums.sum("session", now).counts;
  }

  /** `find` queries full text for the numbers of matching rows. */
  page(
    query: ListQuery,
    find: (filter: ListFilter) => readonly number[],
    now: number,
  ): { readonly rows: readonly ListedRow[]; readonly counts: ListCounts; readonly sums: ListSums } {
    const { filter } = query;
    const search = needsText(filter) ? this.#searches.get(filter, find) : undefined;
    const { rows, sums } = this.#find(query, search, now);
    const listed = rows.map((row) => ({
      n: this.#cells.n(row),
      value: this.#cells.value(row, query.sort),
      status: this.#cells.status(row, now),
    }));
    return { rows: listed, counts: sums.counts, sums: sums.sums(filter) };
  }

  /**
   * Rows that time alone has moved into the filter or out of it since then: rows with another status, or, if the statuses of
   * then are unknown, all rows whose status could still change.
   */
  transitionsSince(filter: ListFilter, since: number, now: number, then: "known" | "unknown"): Transition[] {
    const cells = this.#cells;
    const transitions: Transition[] = [];
    for (let row = 0; row < cells.length; row++) {
      if (cells.schedule(row).length < 2 || cells.lastTransitionAt(row) < since || !this.#isInRange(row, filter))
        continue;
      const shown = hasStatus(filter, cells.status(row, now));
      if (then === "known" && hasStatus(filter, cells.status(row, since)) === shown) continue;
      transitions.push({ n: cells.n(row), shown });
    }
    return transitions;
  }

  /** When time alone moves the next row into the filter or out of it. */
  nextTransition(filter: ListFilter, now: number): number | undefined {
    let next = Number.POSITIVE_INFINITY;
    for (const row of this.#sums.unsettled(now)) {
      if (!this.#isInRange(row, filter)) continue;
      const activity = this.#cells.activity(row);
      const shown = hasStatus(filter, this.#cells.status(row, now));
      const transition = this.#cells
        .schedule(row)
        .find(({ after, status }) => activity + after > now && hasStatus(filter, status) !== shown);
      if (transition !== undefined) next = Math.min(next, activity + transition.after);
    }
    return Number.isFinite(next) ? next : undefined;
  }

  #find(query: ListQuery, search: Search | undefined, now: number): FoundRows {
    const { kind, since, until } = query.filter;
    if (since !== undefined || until !== undefined)
      return this.#scan(query, search?.rows() ?? this.#ofTime(query.filter), now);
    const sums = (search?.sums ?? this.#sums).sum(kind, now);
    const { counts } = sums;
    if (search !== undefined && counts.all < FEW) return this.#scan(query, search.rows(), now);
    return { rows: this.#follow(query, counts, search, now), sums };
  }

  /** A page along the order of all rows, until it is full or no match is left. */
  #follow(
    { filter, sort, order, cursor, limit }: ListQuery,
    counts: ListCounts,
    search: Search | undefined,
    now: number,
  ): number[] {
    let remaining = filter.statuses.length === 0 ? counts.all : 0;
    for (const status of new Set(filter.statuses)) remaining += counts[status];
    const rows: number[] = [];
    if (remaining === 0) return rows;
    for (const row of this.#order(sort).from(cursor && this.#positionOf(cursor), order)) {
      if (search?.has(row) === false || !this.#isInRange(row, filter)) continue;
      if (!hasStatus(filter, this.#cells.status(row, now))) continue;
      rows.push(row);
      if (rows.length === limit || rows.length === remaining) break;
    }
    return rows;
  }

  /** A page and the sums, by a scan of these rows. */
  #scan({ filter, sort, order, cursor, limit }: ListQuery, among: Iterable<number>, now: number): FoundRows {
    const cells = this.#cells;
    const sums = new SumsByStatus();
    const topRows = new TopK(limit, order);
    const position = cursor && this.#positionOf(cursor);
    for (const row of among) {
      if (!this.#isInRange(row, filter)) continue;
      const status = cells.status(row, now);
      sums.of(status).add(cells.amounts(row));
      if (!hasStatus(filter, status)) continue;
      const value = cells.value(row, sort);
      if (position === undefined || topRows.compare(value, row, position.value, position.row) > 0)
        topRows.offer(value, row);
    }
    return { rows: topRows.ranked, sums };
  }

  #unsum(row: number): void {
    this.#sums.remove(row);
    this.#searches.remove(row);
  }

  #isInRange(row: number, filter: ListFilter): boolean {
    const cells = this.#cells;
    return cells.isListed(row) && isInRange(filter, cells.kind(row), cells.start(row), cells.end(row));
  }

  /** Candidate rows of that time. */
  #ofTime({ since, until }: ListFilter): Iterable<number> {
    if (since !== undefined) return this.#order("end").from({ value: since, row: -1 }, "asc");
    if (until !== undefined) return this.#order("start").from({ value: until, row: Number.POSITIVE_INFINITY }, "desc");
    return this.#cells.rows();
  }

  #order(of: RowValue): RowOrder {
    let order = this.#orders.get(of);
    if (order === undefined) {
      order = new RowOrder(this.#cells.length, (row) => this.#cells.value(row, of));
      this.#orders.set(of, order);
    }
    return order;
  }

  /** The row of the cursor may be removed: then its position is between two others. */
  #positionOf({ value, n }: ListCursor): OrderPosition {
    const row = this.#cells.firstFrom(n);
    return { value, row: this.#cells.find(n) < 0 ? row - 0.5 : row };
  }
}
