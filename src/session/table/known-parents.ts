import { grown } from "../../lib/grown.ts";

const FIRST_CAPACITY = 64;

/**
 * Parents that were found, by row. Each fold needs all of them, and their rows are far apart in memory; a parent once found
 * stays where it is until rows are evicted, or a span with its id is added.
 */
export class KnownParents {
  /** The parent's row + 1; 0 if unknown. */
  #parents = new Int32Array(FIRST_CAPACITY);

  get bytes(): number {
    return this.#parents.byteLength;
  }

  /** -1 if unknown. */
  of(row: number): number {
    return (this.#parents[row] ?? 0) - 1;
  }

  set(row: number, parent: number): void {
    if (row >= this.#parents.length) this.#parents = grown(this.#parents, row + 1);
    this.#parents[row] = parent + 1;
  }

  forget(row: number): void {
    if (row < this.#parents.length) this.#parents[row] = 0;
  }

  clear(): void {
    this.#parents.fill(0);
  }
}
