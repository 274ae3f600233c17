import type { ListCounts, ListCursor, ListQuery } from "../../../session/contract/directory.ts";
import type { ListFacts, ListFilter } from "../../../session/list/list-filter.ts";
import { hasStatus, isInRange, needsText } from "../../../session/list/list-filter.ts";
import type { Status } from "../../../session/liveness.ts";
import { TopK } from "../../../lib/top-k.ts";
import { ListCells } from "./cells.ts";
import type { RowValue } from "./cells.ts";
import { RowOrder } from "./row-order.ts";
import type { Place } from "./row-order.ts";
import { SearchCache } from "./search-cache.ts";
import type { Search } from "./search-cache.ts";
import { noCounts, StatusCounts } from "./status-counts.ts";

export type ListedRow = { readonly n: number; readonly value: number; readonly status: Status };

type Turn = { readonly n: number; readonly shown: boolean };
type Found = { readonly rows: readonly number[]; readonly counts: ListCounts };

/** Of so few rows each is looked at. */
const FEW = 1_000;

/**
 * The whole list's numbers in memory, folded from the rows on first use and kept up with them. A page costs
 * what it is long; where a time narrows the list, what is of that time.
 */
export class ListColumns {
  readonly #cells: ListCells;
  #counts: StatusCounts;
  readonly #orders = new Map<RowValue, RowOrder>();
  readonly #searches: SearchCache;

  constructor(sql: SqlStorage) {
    this.#cells = new ListCells(sql);
    this.#counts = new StatusCounts(this.#cells, () => this.#cells.rows());
    this.#searches = new SearchCache(this.#cells);
  }

  /** `search`: the text by which the session is found. */
  put(n: number, facts: ListFacts, search: string): void {
    const known = this.#cells.find(n);
    if (known >= 0 && this.#cells.isAlive(known)) this.#leave(known);
    const row = this.#cells.put(n, facts);
    this.#counts.enter(row);
    this.#searches.enter(row, search);
    for (const order of this.#orders.values()) order.move(row);
  }

  remove(n: number): void {
    const row = this.#cells.find(n);
    if (row < 0 || !this.#cells.isAlive(row)) return;
    this.#leave(row);
    if (this.#cells.remove(row) === "stayed") return;
    this.#counts = new StatusCounts(this.#cells, () => this.#cells.rows());
    this.#orders.clear();
    this.#searches.clear();
  }

  /** `find` asks full text for the numbers of the rows that hold what is searched for. */
  page(
    query: ListQuery,
    find: (filter: ListFilter) => readonly number[],
    now: number,
  ): { readonly rows: readonly ListedRow[]; readonly counts: ListCounts } {
    const { filter } = query;
    const search = needsText(filter) ? this.#searches.get(filter, find) : undefined;
    const { rows, counts } = this.#find(query, search, now);
    const listed = rows.map((row) => ({
      n: this.#cells.n(row),
      value: this.#cells.value(row, query.sort),
      status: this.#cells.status(row, now),
    }));
    return { rows: listed, counts };
  }

  /**
   * Rows that time alone has moved into the filter or out of it since then, and which: those whose status changed, or,
   * where nobody knows what was shown then, all whose status was not settled.
   */
  turned(filter: ListFilter, since: number, now: number, then: "known" | "unknown"): Turn[] {
    const cells = this.#cells;
    const turned: Turn[] = [];
    for (let row = 0; row < cells.length; row++) {
      if (cells.schedule(row).length < 2 || cells.settles(row) < since || !this.#isShown(row, filter)) continue;
      const shown = hasStatus(filter, cells.status(row, now));
      if (then === "known" && hasStatus(filter, cells.status(row, since)) === shown) continue;
      turned.push({ n: cells.n(row), shown });
    }
    return turned;
  }

  /** When time alone will next move a row into the filter or out of it. */
  nextTurn(filter: ListFilter, now: number): number | undefined {
    let next = Number.POSITIVE_INFINITY;
    for (const row of this.#counts.unsettled(now)) {
      if (!this.#isShown(row, filter)) continue;
      const activity = this.#cells.activity(row);
      const shown = hasStatus(filter, this.#cells.status(row, now));
      const turn = this.#cells
        .schedule(row)
        .find(({ after, status }) => activity + after > now && hasStatus(filter, status) !== shown);
      if (turn !== undefined) next = Math.min(next, activity + turn.after);
    }
    return Number.isFinite(next) ? next : undefined;
  }

  #find(query: ListQuery, search: Search | undefined, now: number): Found {
    const { kind, since, until } = query.filter;
    if (since !== undefined || until !== undefined)
      return this.#scan(query, search?.rows() ?? this.#ofTime(query.filter), now);
    const counts = (search?.counts ?? this.#counts).count(kind, now);
    if (search !== undefined && counts.all < FEW) return this.#scan(query, search.rows(), now);
    return { rows: this.#follow(query, counts, search, now), counts };
  }

  /** A page along the order of all rows, up to where it is full or nothing more can come. */
  #follow(
    { filter, sort, order, cursor, limit }: ListQuery,
    counts: ListCounts,
    search: Search | undefined,
    now: number,
  ): number[] {
    let left = filter.statuses.length === 0 ? counts.all : 0;
    for (const status of new Set(filter.statuses)) left += counts[status];
    const rows: number[] = [];
    if (left === 0) return rows;
    for (const row of this.#order(sort).from(cursor && this.#placeOf(cursor), order)) {
      if (search?.has(row) === false || !this.#isShown(row, filter)) continue;
      if (!hasStatus(filter, this.#cells.status(row, now))) continue;
      rows.push(row);
      if (rows.length === limit || rows.length === left) break;
    }
    return rows;
  }

  /** A page and the counts by a look at each of these rows. */
  #scan({ filter, sort, order, cursor, limit }: ListQuery, among: Iterable<number>, now: number): Found {
    const cells = this.#cells;
    const counts = noCounts();
    const foremost = new TopK(limit, order);
    const place = cursor && this.#placeOf(cursor);
    for (const row of among) {
      if (!this.#isShown(row, filter)) continue;
      const status = cells.status(row, now);
      counts.all++;
      counts[status]++;
      if (!hasStatus(filter, status)) continue;
      const value = cells.value(row, sort);
      if (place === undefined || foremost.compare(value, row, place.value, place.row) > 0) foremost.offer(value, row);
    }
    return { rows: foremost.ranked, counts };
  }

  #leave(row: number): void {
    this.#counts.leave(row);
    this.#searches.leave(row);
  }

  #isShown(row: number, filter: ListFilter): boolean {
    const cells = this.#cells;
    return cells.isAlive(row) && isInRange(filter, cells.kind(row), cells.start(row), cells.end(row));
  }

  /** Rows among which are all of that time. */
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

  /** Its row may be gone: then it stands between two others. */
  #placeOf({ value, n }: ListCursor): Place {
    const row = this.#cells.firstFrom(n);
    return { value, row: this.#cells.find(n) < 0 ? row - 0.5 : row };
  }
}
