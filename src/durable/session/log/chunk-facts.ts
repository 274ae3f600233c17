import { decodeFacts } from "../../../trace/facts/facts.ts";
import type { SpanFacts } from "../../../trace/facts/facts.ts";
import { decodeRecordFacts } from "../../../trace/facts/codec/record-facts-codec.ts";
import type { RecordFacts } from "../../../trace/facts/record-facts.ts";
import { admitRecords, claimOfRecord, knowsRecord } from "../../../trace/table/record-admission.ts";
import type { Claim } from "../../../trace/table/session-names.ts";
import type { SpanTable } from "../../../trace/table/span-table.ts";

/** What an object folds of one chunk, in the chunk's order. */
export type ChunkFacts =
  | { readonly kind: "spans"; readonly facts: readonly SpanFacts[] }
  | { readonly kind: "logs"; readonly facts: readonly RecordFacts[] };

/** `undefined` where another version of the program encoded them. */
export function decodeChunkFacts(kind: ChunkFacts["kind"], encoded: string): ChunkFacts | undefined {
  if (kind === "spans") {
    const facts = decodeFacts(encoded);
    return facts && { kind, facts };
  }
  const facts = decodeRecordFacts(encoded);
  return facts && { kind, facts };
}

/** Positions of what would change nothing. */
export function knownPositions(table: SpanTable, traceId: string, chunk: ChunkFacts): number[] {
  const known: number[] = [];
  if (chunk.kind === "spans") {
    chunk.facts.forEach((fact, position) => {
      if (table.compare(traceId, fact) === "known") known.push(position);
    });
  } else {
    chunk.facts.forEach((fact, position) => {
      if (knowsRecord(table, traceId, fact)) known.push(position);
    });
  }
  return known;
}

export function admitChunk(table: SpanTable, traceId: string, chunk: ChunkFacts, revision: number): void {
  if (chunk.kind === "logs") admitRecords(table, traceId, chunk.facts, revision);
  else chunk.facts.forEach((fact, position) => table.admit(traceId, fact, revision, position));
}

/** What it counts towards the ceiling of a session. */
export function countOf({ kind, facts }: ChunkFacts): number {
  return kind === "spans" ? facts.length : facts.reduce((sum, { spans }) => sum + 1 + spans.length, 0);
}

export function claimsOf({ kind, facts }: ChunkFacts): readonly Claim[] {
  return kind === "spans" ? facts : facts.map(claimOfRecord);
}
