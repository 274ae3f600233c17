import type { ListFilter } from "../../trace/list/list-filter.ts";
import { matchesText } from "../../trace/list/search-text.ts";

/** Searches whose finds are kept: as many as a few people look at. */
const MOST_SEARCHES = 8;

type Search = Pick<ListFilter, "phrases" | "names"> & { found: Uint8Array };

/** What was found by the last searches, by row, kept up with what changes: full text is asked once for each. */
export class SearchCache {
  /** The least recently used first. */
  readonly #searches = new Map<string, Search>();

  /** 1 for each row that is found; `find` asks full text. */
  found({ phrases, names }: ListFilter, length: number, find: () => Iterable<number>): Uint8Array {
    const key = JSON.stringify([phrases, names]);
    let search = this.#searches.get(key);
    if (search === undefined) {
      search = { phrases, names, found: new Uint8Array(length) };
      for (const row of find()) search.found[row] = 1;
    }
    this.#searches.delete(key);
    this.#searches.set(key, search);
    const [oldest] = this.#searches.keys();
    if (this.#searches.size > MOST_SEARCHES && oldest !== undefined) this.#searches.delete(oldest);
    return search.found;
  }

  /** The row holds this text now. */
  put(row: number, text: string): void {
    for (const search of this.#searches.values()) {
      if (row >= search.found.length) {
        const grown = new Uint8Array(Math.ceil((row + 1) * 1.25));
        grown.set(search.found);
        search.found = grown;
      }
      search.found[row] = matchesText(text, search.phrases, search.names) ? 1 : 0;
    }
  }

  /** Rows stand elsewhere now. */
  clear(): void {
    this.#searches.clear();
  }
}
