import type { Chunk } from "../log/chunk.ts";
import { HANDOVER_BYTES } from "../limits.ts";

/**
 * What a home appended and its session does not hold yet, so that a copy need not read it back from the log. Consecutive in
 * the trace's own order. The log has all of it: where something is missing here, it is read there.
 */
export class PendingCopies {
  #chunks: Chunk[] = [];
  #bytes = 0;

  add(chunk: Chunk): void {
    const last = this.#chunks.at(-1);
    if (last !== undefined && last.traceRevision + 1 !== chunk.traceRevision) this.#clear();
    this.#chunks.push(chunk);
    this.#bytes += weightOf(chunk);
    if (this.#bytes > HANDOVER_BYTES) this.#clear();
  }

  /** The chunks from this one of the trace's on; none where that one is not here. */
  from(traceRevision: number): readonly Chunk[] {
    const first = this.#chunks[0]?.traceRevision ?? 0;
    return first > traceRevision ? [] : this.#chunks.slice(traceRevision - first);
  }

  /** The session holds what comes before this one. */
  held(traceRevision: number): void {
    this.#chunks = [...this.from(traceRevision)];
    this.#bytes = this.#chunks.reduce((sum, chunk) => sum + weightOf(chunk), 0);
  }

  #clear(): void {
    this.#chunks = [];
    this.#bytes = 0;
  }
}

function weightOf({ body, facts }: Chunk): number {
  return body.length + facts.length;
}
