type OfRevision = { readonly trace: number; readonly positions: number[]; readonly since: number[] };

/** Where in the log encodings of spans stand that better ones have beaten. */
export class Superseded {
  readonly #revisions = new Map<number, OfRevision>();

  /** `since`: the revision with which the position was beaten. */
  add(trace: number, revision: number, position: number, since: number): void {
    const known = this.#revisions.get(revision);
    if (known === undefined) {
      this.#revisions.set(revision, { trace, positions: [position], since: [since] });
      return;
    }
    const { positions } = known;
    const place = positions.findLastIndex((other) => other <= position);
    if (positions[place] === position) return;
    positions.splice(place + 1, 0, position);
    known.since.splice(place + 1, 0, since);
  }

  /** Positions of a revision that were beaten by the log up to `until`, ascending. */
  positions(revision: number, until: number): readonly number[] {
    const known = this.#revisions.get(revision);
    return known?.positions.filter((_, at) => (known.since[at] ?? 0) <= until) ?? [];
  }

  dropTrace(trace: number): void {
    for (const [revision, known] of this.#revisions) if (known.trace === trace) this.#revisions.delete(revision);
  }
}
