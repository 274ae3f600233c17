/** Of each position a number: above this the position itself, below it the revision with which it was beaten (32 bits, as rows hold it). */
const PER_POSITION = 2 ** 32;

/** Ascending. */
type OfRevision = { readonly trace: number; readonly beaten: number[] };

/** Where in the log encodings of spans stand that better ones have beaten. */
export class Superseded {
  readonly #revisions = new Map<number, OfRevision>();
  #size = 0;

  get bytes(): number {
    return this.#size * NUMBER_BYTES + this.#revisions.size * REVISION_BYTES;
  }

  /** `since`: the revision with which the position was beaten. */
  add(trace: number, revision: number, position: number, since: number): void {
    let known = this.#revisions.get(revision);
    if (known === undefined) this.#revisions.set(revision, (known = { trace, beaten: [] }));
    const { beaten } = known;
    const place = placeOf(beaten, position);
    if (place < beaten.length && positionIn(beaten[place]) === position) return;
    beaten.splice(place, 0, position * PER_POSITION + since);
    this.#size++;
  }

  /** Positions of a revision that were beaten by the log up to `until`, ascending. */
  positions(revision: number, until: number): readonly number[] {
    const beaten = this.#revisions.get(revision)?.beaten ?? [];
    return beaten.filter((entry) => entry % PER_POSITION <= until).map(positionIn);
  }

  evictTrace(trace: number): void {
    for (const [revision, known] of this.#revisions) {
      if (known.trace !== trace) continue;
      this.#revisions.delete(revision);
      this.#size -= known.beaten.length;
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

/** Where the position stands in the list, or would. Spans may end in any order: each is looked for by halves. */
function placeOf(beaten: readonly number[], position: number): number {
  let from = 0;
  let to = beaten.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (positionIn(beaten[middle]) < position) from = middle + 1;
    else to = middle;
  }
  return from;
}
