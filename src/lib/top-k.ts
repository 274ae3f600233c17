/** The first so many of any number of entries, in an order of its own: a heap whose root is the last of them. */
export class TopK {
  readonly #limit: number;
  readonly #sign: number;
  readonly #values: number[] = [];
  readonly #places: number[] = [];

  /** By value, then by place; `desc`: the largest first. */
  constructor(limit: number, order: "asc" | "desc") {
    this.#limit = limit;
    this.#sign = order === "asc" ? 1 : -1;
  }

  offer(value: number, place: number): void {
    const length = this.#values.length;
    if (length < this.#limit) {
      this.#values.push(value);
      this.#places.push(place);
      this.#rise(length);
    } else if (this.compare(value, place, this.#values[0] ?? 0, this.#places[0] ?? 0) < 0) {
      this.#values[0] = value;
      this.#places[0] = place;
      this.#sink();
    }
  }

  /** Negative if the first comes before the second. */
  compare(value: number, place: number, otherValue: number, otherPlace: number): number {
    return this.#sign * (value - otherValue || place - otherPlace);
  }

  /** Places, first to last. */
  get ranked(): number[] {
    return this.#places
      .map((place, at) => ({ place, value: this.#values[at] ?? 0 }))
      .toSorted((a, b) => this.compare(a.value, a.place, b.value, b.place))
      .map(({ place }) => place);
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
    return this.compare(this.#values[a] ?? 0, this.#places[a] ?? 0, this.#values[b] ?? 0, this.#places[b] ?? 0);
  }

  #swap(a: number, b: number): void {
    [this.#values[a], this.#values[b]] = [this.#values[b] ?? 0, this.#values[a] ?? 0];
    [this.#places[a], this.#places[b]] = [this.#places[b] ?? 0, this.#places[a] ?? 0];
  }
}
