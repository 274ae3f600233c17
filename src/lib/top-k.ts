/** The first `limit` of any number of entries by value. A heap: its root is the last entry that still belongs to them. */
export class TopK {
  readonly #limit: number;
  readonly #sign: number;
  readonly #values: number[] = [];
  readonly #indexes: number[] = [];

  /** Orders by value, then by index; `desc`: the largest first. */
  constructor(limit: number, order: "asc" | "desc") {
    this.#limit = limit;
    this.#sign = order === "asc" ? 1 : -1;
  }

  offer(value: number, index: number): void {
    const length = this.#values.length;
    if (length < this.#limit) {
      this.#values.push(value);
      this.#indexes.push(index);
      this.#rise(length);
    } else if (this.compare(value, index, this.#values[0] ?? 0, this.#indexes[0] ?? 0) < 0) {
      this.#values[0] = value;
      this.#indexes[0] = index;
      this.#sink();
    }
  }

  /** Negative if the first entry comes before the second. */
  compare(value: number, index: number, otherValue: number, otherIndex: number): number {
    return this.#sign * (value - otherValue || index - otherIndex);
  }

  /** Indexes of the entries, first to last. */
  get ranked(): number[] {
    return this.#indexes
      .map((index, at) => ({ index, value: this.#values[at] ?? 0 }))
      .toSorted((a, b) => this.compare(a.value, a.index, b.value, b.index))
      .map(({ index }) => index);
  }

  #rise(from: number): void {
    let at = from;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (this.#order(at, above) <= 0) return;
      this.#swap(at, above);
      at = above;
    }
  }

  #sink(): void {
    let at = 0;
    for (;;) {
      let last = at;
      for (const below of [2 * at + 1, 2 * at + 2]) {
        if (below < this.#values.length && this.#order(below, last) > 0) last = below;
      }
      if (last === at) return;
      this.#swap(at, last);
      at = last;
    }
  }

  #order(a: number, b: number): number {
    return this.compare(this.#values[a] ?? 0, this.#indexes[a] ?? 0, this.#values[b] ?? 0, this.#indexes[b] ?? 0);
  }

  #swap(a: number, b: number): void {
    [this.#values[a], this.#values[b]] = [this.#values[b] ?? 0, this.#values[a] ?? 0];
    [this.#indexes[a], this.#indexes[b]] = [this.#indexes[b] ?? 0, this.#indexes[a] ?? 0];
  }
}
