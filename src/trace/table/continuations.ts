/** Spans of which something was in the log before: `ran`, a report that it runs; else it had been told to its end. */
export type Continuation = { readonly position: number; readonly ran: boolean };

/** Which positions of a revision hold spans that the log told of before, in a worse encoding: what they tell anew is the rest. */
export class Continuations {
  readonly #byRevision = new Map<number, { readonly trace: number; readonly continued: Continuation[] }>();

  note(trace: number, revision: number, continuation: Continuation): void {
    const known = this.#byRevision.get(revision);
    if (known === undefined) this.#byRevision.set(revision, { trace, continued: [continuation] });
    else known.continued.push(continuation);
  }

  of(revision: number): readonly Continuation[] {
    return this.#byRevision.get(revision)?.continued ?? [];
  }

  dropTrace(trace: number): void {
    for (const [revision, known] of this.#byRevision) if (known.trace === trace) this.#byRevision.delete(revision);
  }
}
