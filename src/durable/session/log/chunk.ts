import type { ChunkEncoding, Receipt } from "../../../trace/delivery.ts";

export type ChunkKind = "spans" | "logs" | "gone";

export type Chunk = {
  readonly revision: number;
  readonly traceId: string;
  /** Place in the trace's own order; 0 for `gone`. */
  readonly traceRevision: number;
  readonly kind: ChunkKind;
  /** Unix milliseconds. */
  readonly received: number;
  readonly encoding: ChunkEncoding;
  readonly receipt: Receipt;
  /** Hashes of the values that its previews name. */
  readonly hashes: readonly string[];
  /** Of `spans` and `logs`: encoded facts. Of `gone`: the session the trace went to, or "". */
  readonly facts: string;
  readonly body: Uint8Array;
};

export type NewChunk = Omit<Chunk, "revision">;
