/** Levels of a path that are written out: enough for an attribute of a link, with two levels of value. */
const SHOWN = 8;

/** Where a decoder stands in a request, kept as two small stacks so that naming a field costs nothing until one is wrong. */
export class Trail {
  readonly #names: string[] = [];
  readonly #indexes: number[] = [];
  #depth = 0;

  enter(name: string): void {
    this.#names[this.#depth] = name;
    this.#indexes[this.#depth] = -1;
    this.#depth += 1;
  }

  /** The element of the list entered last. */
  item(index: number): void {
    this.#indexes[this.#depth - 1] = index;
  }

  leave(): void {
    this.#depth -= 1;
  }

  /** `resourceSpans[0].scopeSpans[0].spans[3]`, and `.field` if there is one. The middle of a deep path is left out. */
  path(field: string): string {
    let path = "";
    for (let at = 0; at < this.#depth; at++) {
      const index = this.#indexes[at] ?? -1;
      const isFarIn = this.#depth > SHOWN && at >= SHOWN / 2 && at < this.#depth - SHOWN / 2;
      if (isFarIn) path += at === SHOWN / 2 ? "…" : "";
      else path += `${at === 0 ? "" : "."}${this.#names[at]}${index < 0 ? "" : `[${index}]`}`;
    }
    if (field === "") return path;
    return path === "" ? field : `${path}.${field}`;
  }
}
