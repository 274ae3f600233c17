import { countBefore } from "../../lib/binary-search.ts";

/** An entry is position × 2^32 + the revision that superseded it (32 bits, as in rows). */
const PER_POSITION = 2 ** 32;

/** Ascending. */
type OfRevision = { readonly trace: number; readonly entries: number[] };

/** Positions in the log of superseded span versions. */
export class Superseded {
  readonly #revisions = new Map<number, OfRevision>();
  #size = 0;

  get bytes(): number {
    return this.#size * NUMBER_BYTES + this.#revisions.size * REVISION_BYTES;
  }

  /** `since`: the revision that superseded the position. */
  add(trace: number, revision: number, position: number, since: number): void {
    let known = this.#revisions.get(revision);
    if (known === undefined) this.#revisions.set(revision, (known = { trace, entries: [] }));
    const { entries } = known;
    const place = placeOf(entries, position);
    if (place < entries.length && positionIn(entries[place]) === position) return;
    entries.splice(place, 0, position * PER_POSITION + since);
    this.#size++;
  }

  /** Positions of a revision that are superseded in the log up to `until`, ascending. */
  positions(revision: number, until: number): readonly number[] {
    const entries = this.#revisions.get(revision)?.entries ?? [];
    return entries.filter((entry) => entry % PER_POSITION <= until).map(positionIn);
  }

  evictTrace(trace: number): void {
    for (const [revision, known] of this.#revisions) {
      if (known.trace !== trace) continue;
      this.#revisions.delete(revision);
      this.#size -= known.entries.length;
    }
  }
}

/** With the room that lists have to grow. */
const NUMBER_BYTES = 16;
/** An entry of a map, an object, a list. */
const REVISION_BYTES = 120;

function positionIn(entry = 0): number {
  return Math.floor(entry / PER_POSITION);
}

/** Index of the position in the list, or where to insert it. Binary search, as spans may end in any order. */
function placeOf(entries: readonly number[], position: number): number {
  return countBefore(entries.length, (index) => positionIn(entries[index]) < position);
}
