import type { Tally } from "../summary.ts";

/** Counts calls by the name of what was called. */
export class Tallies {
  readonly #tallies = new Map<string, { calls: number; errors: number }>();

  add(name: string | undefined, isError: boolean): void {
    if (name === undefined) return;
    const tally = this.#tallies.get(name) ?? { calls: 0, errors: 0 };
    tally.calls++;
    if (isError) tally.errors++;
    this.#tallies.set(name, tally);
  }

  /** By calls, most first, then by name. */
  get sorted(): Tally[] {
    return [...this.#tallies]
      .map(([name, { calls, errors }]) => ({ name, calls, errors }))
      .toSorted((a, b) => b.calls - a.calls || (a.name < b.name ? -1 : 1));
  }
}
