import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { LENGTH_BYTES } from "../../../trace/delivery.ts";
import type { ChunkEncoding } from "../../../trace/delivery.ts";
import { deriveFacts, encodeFacts } from "../../../trace/facts/facts.ts";
import type { SpanFacts } from "../../../trace/facts/facts.ts";
import { encodeRecordFacts } from "../../../trace/facts/codec/record-facts-codec.ts";
import { deriveRecordFacts } from "../../../trace/facts/record-facts.ts";
import type { RecordFacts } from "../../../trace/facts/record-facts.ts";
import type { ResourceLogs } from "../../../trace/log-record.ts";
import type { ResourceSpans } from "../../../trace/span.ts";
import type { ChunkFacts } from "./chunk-facts.ts";

type Stored = {
  readonly kind: ChunkFacts["kind"];
  readonly encoding: ChunkEncoding;
  readonly body: Uint8Array;
};

/** The one place where an object reads a body: facts that an older version of the program derived are derived anew. */
export function deriveChunkFacts({ kind, encoding, body }: Stored): {
  readonly facts: ChunkFacts;
  readonly encoded: string;
} {
  // Our own canonical text, written by this program: its shape was checked when it came in.
  const resources: unknown = JSON.parse(new TextDecoder().decode(textOf(encoding, body)));
  if (kind === "spans") {
    const facts = ofSpans(resources as readonly ResourceSpans[]);
    return { facts: { kind, facts }, encoded: encodeFacts(facts) };
  }
  const facts = ofRecords(resources as readonly ResourceLogs[]);
  return { facts: { kind, facts }, encoded: encodeRecordFacts(facts) };
}

function textOf(encoding: ChunkEncoding, body: Uint8Array): Uint8Array {
  if (encoding === "brotli") return brotliDecompressSync(body.subarray(LENGTH_BYTES));
  return encoding === "gzip" ? gunzipSync(body) : body;
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
