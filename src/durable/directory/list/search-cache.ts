import { Lru } from "../../../lib/lru.ts";
import type { ListFilter } from "../../../session/list/list-filter.ts";
import { matchesText } from "../../../session/list/search-text.ts";
import type { ListCells } from "./cells.ts";
import { StatusSums } from "./status-sums.ts";

/** Cached searches: as many as a few people use at once. */
const MOST_SEARCHES = 8;

/** The rows that one search finds, kept up to date. */
export class Search {
  readonly #query: Pick<ListFilter, "phrases" | "names">;
  #found: Uint8Array;
  readonly sums: StatusSums;

  constructor(cells: ListCells, query: Pick<ListFilter, "phrases" | "names">, rows: Iterable<number>) {
    this.#query = query;
    this.#found = new Uint8Array(cells.length);
    for (const row of rows) this.#found[row] = 1;
    this.sums = new StatusSums(cells, () => this.rows());
  }

  has(row: number): boolean {
    return this.#found[row] === 1;
  }

  /** Ascending. */
  *rows(): Generator<number> {
    for (let row = this.#found.indexOf(1); row >= 0; row = this.#found.indexOf(1, row + 1)) yield row;
  }

  /** Before the row changes or is removed. */
  remove(row: number): void {
    if (!this.has(row)) return;
    this.sums.remove(row);
    this.#found[row] = 0;
  }

  /** After the row was given this text. */
  add(row: number, text: string): void {
    if (!matchesText(text, this.#query.phrases, this.#query.names)) return;
    if (row >= this.#found.length) {
      const grown = new Uint8Array(Math.ceil((row + 1) * 1.25));
      grown.set(this.#found);
      this.#found = grown;
    }
    this.#found[row] = 1;
    this.sums.add(row);
  }
}

/** The last searches: each queries full text once. */
export class SearchCache {
  readonly #cells: ListCells;
  readonly #searches = new Lru<string, Search>(MOST_SEARCHES);

  constructor(cells: ListCells) {
    this.#cells = cells;
  }

  /** `find` queries full text for the numbers of rows. */
  get(filter: ListFilter, find: (filter: ListFilter) => readonly number[]): Search {
    const { phrases, names } = filter;
    const key = JSON.stringify([phrases, names]);
    const known = this.#searches.get(key);
    if (known !== undefined) return known;
    const rows = find(filter).map((n) => this.#cells.find(n));
    const search = new Search(this.#cells, { phrases, names }, rows);
    this.#searches.set(key, search);
    return search;
  }

  remove(row: number): void {
    for (const search of this.#searches.values()) search.remove(row);
  }

  add(row: number, text: string): void {
    for (const search of this.#searches.values()) search.add(row, text);
  }

  /** The indices of rows have changed. */
  clear(): void {
    this.#searches.clear();
  }
}
