/** A span with an earlier version in the log. `ran`: that version was running; otherwise it had ended. */
export type Continuation = { readonly position: number; readonly ran: boolean };

/** An entry is twice the position, plus one if the span ran. Each span that was reported while it ran has one. */
type OfRevision = { readonly trace: number; readonly continued: number[] };

/** Positions of a revision whose spans have an earlier version in the log: only their differences are new. */
export class Continuations {
  readonly #revisions = new Map<number, OfRevision>();
  #size = 0;

  get bytes(): number {
    return this.#size * NUMBER_BYTES + this.#revisions.size * REVISION_BYTES;
  }

  add(trace: number, revision: number, { position, ran }: Continuation): void {
    const entry = position * 2 + (ran ? 1 : 0);
    const known = this.#revisions.get(revision);
    if (known === undefined) this.#revisions.set(revision, { trace, continued: [entry] });
    else known.continued.push(entry);
    this.#size++;
  }

  of(revision: number): readonly Continuation[] {
    const continued = this.#revisions.get(revision)?.continued ?? [];
    return continued.map((entry) => ({ position: entry >>> 1, ran: entry % 2 === 1 }));
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
