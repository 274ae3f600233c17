import type { Receipt } from "../../../facts/delivery.ts";
import type { ChunkEncoding } from "../../../lib/chunk-encoding.ts";

export type ChunkKind = "spans" | "logs" | "tombstone";

export type Chunk = {
  readonly revision: number;
  readonly traceId: string;
  /** Place in the trace's own order; 0 for a tombstone. */
  readonly traceRevision: number;
  readonly kind: ChunkKind;
  /** Unix milliseconds. */
  readonly received: number;
  readonly encoding: ChunkEncoding;
  readonly receipt: Receipt;
  /** Hashes of the offloaded values that its previews name. */
  readonly hashes: readonly string[];
  /** Of `spans` and `logs`: encoded facts. Of a tombstone: the session that the trace moved to, or "". */
  readonly facts: string;
  readonly body: Uint8Array;
};

export type NewChunk = Omit<Chunk, "revision">;

/** A row may hold 2,000,000 bytes; these shares for body and facts leave room for its other columns. */
export const BODY_PART_BYTES = 1_000_000;
/** In UTF-16 units, each at most three bytes of UTF-8. */
export const FACTS_PART_UNITS = 300_000;

export function cutBytes(bytes: Uint8Array, size: number): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size) parts.push(bytes.subarray(at, at + size));
  return parts;
}

/** Never between the halves of a surrogate pair: SQLite's text is UTF-8. */
export function cutText(text: string, units: number): string[] {
  const parts: string[] = [];
  for (let at = 0; at < text.length;) {
    let end = Math.min(at + units, text.length);
    const last = text.charCodeAt(end - 1);
    if (end < text.length && last >= 0xd800 && last < 0xdc00) end--;
    parts.push(text.slice(at, end));
    at = end;
  }
  return parts;
}
