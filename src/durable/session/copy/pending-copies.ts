import type { Chunk } from "../log/chunk.ts";
import { PENDING_COPIES_BYTES } from "../limits.ts";

/**
 * Chunks that an owner appended and the session's replica lacks, so that a copy need not read them back from the log. Consecutive
 * in the trace's own order. The log has all of them: chunks that are missing here are read there.
 */
export class PendingCopies {
  #chunks: Chunk[] = [];
  #bytes = 0;

  add(chunk: Chunk): void {
    const last = this.#chunks.at(-1);
    if (last !== undefined && last.traceRevision + 1 !== chunk.traceRevision) this.#clear();
    this.#chunks.push(chunk);
    this.#bytes += weightOf(chunk);
    if (this.#bytes > PENDING_COPIES_BYTES) this.#clear();
  }

  /** The chunks from this trace revision on; none if that one is not here. */
  from(traceRevision: number): readonly Chunk[] {
    const first = this.#chunks[0]?.traceRevision ?? 0;
    return first > traceRevision ? [] : this.#chunks.slice(traceRevision - first);
  }

  /** The replica has everything before this trace revision. */
  acknowledge(traceRevision: number): void {
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
