import type { ListFilter } from "../../../session/list/list-filter.ts";
import { matchesText } from "../../../session/list/search-text.ts";
import type { ListCells } from "./cells.ts";
import { StatusCounts } from "./status-counts.ts";

/** Searches whose finds are kept: as many as a few people look at. */
const MOST_SEARCHES = 8;

/** What one search finds, kept up with what changes. */
export class Search {
  readonly #asked: Pick<ListFilter, "phrases" | "names">;
  #found: Uint8Array;
  readonly counts: StatusCounts;

  constructor(cells: ListCells, asked: Pick<ListFilter, "phrases" | "names">, rows: Iterable<number>) {
    this.#asked = asked;
    this.#found = new Uint8Array(cells.length);
    for (const row of rows) this.#found[row] = 1;
    this.counts = new StatusCounts(cells, () => this.rows());
  }

  has(row: number): boolean {
    return this.#found[row] === 1;
  }

  /** Ascending. */
  *rows(): Generator<number> {
    for (let row = this.#found.indexOf(1); row >= 0; row = this.#found.indexOf(1, row + 1)) yield row;
  }

  /** Before the row changes or goes. */
  leave(row: number): void {
    if (!this.has(row)) return;
    this.counts.leave(row);
    this.#found[row] = 0;
  }

  /** After the row was given this text. */
  enter(row: number, text: string): void {
    if (!matchesText(text, this.#asked.phrases, this.#asked.names)) return;
    if (row >= this.#found.length) {
      const grown = new Uint8Array(Math.ceil((row + 1) * 1.25));
      grown.set(this.#found);
      this.#found = grown;
    }
    this.#found[row] = 1;
    this.counts.enter(row);
  }
}

/** The last searches: full text is asked once for each. */
export class SearchCache {
  readonly #cells: ListCells;
  /** The least recently used first. */
  readonly #searches = new Map<string, Search>();

  constructor(cells: ListCells) {
    this.#cells = cells;
  }

  /** `find` asks full text for the numbers of rows. */
  get(filter: ListFilter, find: (filter: ListFilter) => readonly number[]): Search {
    const { phrases, names } = filter;
    const key = JSON.stringify([phrases, names]);
    const search =
      this.#searches.get(key) ??
      new Search(
        this.#cells,
        { phrases, names },
        find(filter).map((n) => this.#cells.find(n)),
      );
    this.#searches.delete(key);
    this.#searches.set(key, search);
    const [oldest] = this.#searches.keys();
    if (this.#searches.size > MOST_SEARCHES && oldest !== undefined) this.#searches.delete(oldest);
    return search;
  }

  leave(row: number): void {
    for (const search of this.#searches.values()) search.leave(row);
  }

  enter(row: number, text: string): void {
    for (const search of this.#searches.values()) search.enter(row, text);
  }

  /** Rows stand elsewhere now. */
  clear(): void {
    this.#searches.clear();
  }
}
