import { brotli, inflate } from "../../../lib/body-codec.ts";
import type { ChunkEncoding } from "../../../lib/chunk-encoding.ts";
import { deriveFacts } from "../../../facts/facts.ts";
import { decodeFacts, encodeFacts } from "../../../facts/codec/encode.ts";
import type { SpanFacts } from "../../../facts/facts.ts";
import { decodeRecordFacts, encodeRecordFacts } from "../../../logs/record-facts-codec.ts";
import { deriveRecordFacts } from "../../../logs/record-facts.ts";
import type { RecordFacts } from "../../../logs/record-facts.ts";
import type { Delivery } from "../../../facts/delivery.ts";
import type { ResourceLogs } from "../../../otel/log-record.ts";
import type { ResourceSpans } from "../../../otel/span.ts";
import { admitRecords, claimOfRecord, knowsRecord } from "../../../session/table/admit-records.ts";
import type { Claim } from "../../../session/table/session-ids.ts";
import type { SpanTable } from "../../../session/table/span-table.ts";

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

type Stored = {
  readonly kind: ChunkFacts["kind"];
  readonly encoding: ChunkEncoding;
  readonly body: Uint8Array;
};

/** Facts that an older version of the program derived are derived anew. Objects read bodies here and in {@link withoutKnown} alone. */
export function deriveChunkFacts({ kind, encoding, body }: Stored): {
  readonly facts: ChunkFacts;
  readonly encoded: string;
} {
  const resources = resourcesIn({ encoding, body });
  if (kind === "spans") {
    const facts = ofSpans(resources as readonly ResourceSpans[]);
    return { facts: { kind, facts }, encoded: encodeFacts(facts) };
  }
  const facts = ofRecords(resources as readonly ResourceLogs[]);
  return { facts: { kind, facts }, encoded: encodeRecordFacts(facts) };
}

/** Our own canonical text, written by this program: its shape was checked when it came in. */
function resourcesIn({ encoding, body }: Pick<Stored, "encoding" | "body">): unknown {
  return JSON.parse(new TextDecoder().decode(inflate(encoding, body)));
}

/** A delivery without the spans or log records at these positions. Of these it has others too. */
export function withoutKnown(
  { kind, encoding, body, receipt }: Stored & Pick<Delivery, "receipt">,
  known: readonly number[],
): Pick<Delivery, "spans" | "facts" | "encoding" | "body" | "receipt"> {
  const left = new Set(known);
  let position = 0;
  const isNew = () => !left.has(position++);
  const resources = resourcesIn({ encoding, body });
  const kept =
    kind === "spans"
      ? (resources as readonly ResourceSpans[]).map(({ scopeSpans = [], ...resource }) => ({
          ...resource,
          scopeSpans: scopeSpans.map(({ spans = [], ...scope }) => ({ ...scope, spans: spans.filter(isNew) })),
        }))
      : (resources as readonly ResourceLogs[]).map(({ scopeLogs = [], ...resource }) => ({
          ...resource,
          scopeLogs: scopeLogs.map(({ logRecords = [], ...scope }) => ({
            ...scope,
            logRecords: logRecords.filter(isNew),
          })),
        }));
  const text = new TextEncoder().encode(JSON.stringify(kept));
  const count = position - known.length;
  const counted = kind === "spans" ? { spans: count } : { spans: 0, records: count };
  const { encoded: facts } = deriveChunkFacts({ kind, encoding: "identity", body: text });
  return { spans: count, facts, encoding: "brotli", body: brotli(text), receipt: { ...receipt, ...counted } };
}

function ofSpans(resources: readonly ResourceSpans[]): SpanFacts[] {
  const facts: SpanFacts[] = [];
  for (const { resource, scopeSpans } of resources) {
    for (const { scope, spans } of scopeSpans ?? []) {
      for (const span of spans ?? []) facts.push(deriveFacts(span, JSON.stringify(span), resource, scope));
    }
  }
  return facts;
}

function ofRecords(resources: readonly ResourceLogs[]): RecordFacts[] {
  const facts: RecordFacts[] = [];
  for (const { resource, scopeLogs } of resources) {
    for (const { scope, logRecords } of scopeLogs ?? []) {
      for (const record of logRecords ?? [])
        facts.push(deriveRecordFacts(record, JSON.stringify(record), resource, scope));
    }
  }
  return facts;
}
