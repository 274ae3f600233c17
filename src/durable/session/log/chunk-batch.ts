import type { OffloadedValue } from "../../../facts/delivery.ts";
import type { NewChunk } from "./chunk.ts";
import type { ValueRows } from "./rows.ts";

/** Chunks that one call takes to another log, with the offloaded values that they name, each once. */
export class ChunkBatch<Kind extends NewChunk> {
  readonly chunks: Kind[] = [];
  /** Bodies, values, and facts by their UTF-16 units. */
  bytes = 0;
  readonly #stored: ValueRows;
  readonly #values = new Map<string, OffloadedValue>();

  /** `stored`: the values of the log that the chunks are from. */
  constructor(stored: ValueRows) {
    this.#stored = stored;
  }

  get values(): readonly OffloadedValue[] {
    return Array.from(this.#values.values());
  }

  add(chunk: Kind): void {
    this.chunks.push(chunk);
    this.bytes += chunk.body.length + chunk.facts.length;
    for (const hash of chunk.hashes) {
      const value = this.#values.has(hash) ? undefined : this.#stored.get(hash);
      if (value === undefined) continue;
      this.#values.set(hash, value);
      this.bytes += value.body.length;
    }
  }
}
