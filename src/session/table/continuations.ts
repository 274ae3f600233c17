/** Spans of which something was in the log before: `ran`, a report that it runs; else it had been told to its end. */
export type Continuation = { readonly position: number; readonly ran: boolean };

/** Twice the position, and one more if it ran: there is one of every span that was told of before its end. */
type OfRevision = { readonly trace: number; readonly continued: number[] };

/** Which positions of a revision hold spans that the log told of before, in a worse encoding: what they tell anew is the rest. */
export class Continuations {
  readonly #revisions = new Map<number, OfRevision>();
  #size = 0;

  get bytes(): number {
    return this.#size * NUMBER_BYTES + this.#revisions.size * REVISION_BYTES;
  }

  add(trace: number, revision: number, { position, ran }: Continuation): void {
    const noted = position * 2 + (ran ? 1 : 0);
    const known = this.#revisions.get(revision);
    if (known === undefined) this.#revisions.set(revision, { trace, continued: [noted] });
    else known.continued.push(noted);
    this.#size++;
  }

  of(revision: number): readonly Continuation[] {
    const continued = this.#revisions.get(revision)?.continued ?? [];
    return continued.map((noted) => ({ position: noted >>> 1, ran: noted % 2 === 1 }));
  }

  evictTrace(trace: number): void {
    for (const [revision, known] of this.#revisions) {
      if (known.trace !== trace) continue;
      this.#revisions.delete(revision);
      this.#size -= known.continued.length;
    }
  }
}

/** With the room that lists have to grow. */
const NUMBER_BYTES = 16;
/** An entry of a map, an object, a list. */
const REVISION_BYTES = 120;
