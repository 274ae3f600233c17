import { gunzipSync } from "node:zlib";
import type { ChunkEncoding } from "../../trace/delivery.ts";
import { deriveFacts, encodeFacts } from "../../trace/facts/facts.ts";
import type { SpanFacts } from "../../trace/facts/facts.ts";
import type { ResourceSpans } from "../../trace/span.ts";

/** The one place where an object reads a body: facts that an older version of the program derived are derived anew. */
export function deriveChunkFacts(chunk: { readonly encoding: ChunkEncoding; readonly body: Uint8Array }): {
  readonly facts: SpanFacts[];
  readonly encoded: string;
} {
  const bytes = chunk.encoding === "gzip" ? gunzipSync(chunk.body) : chunk.body;
  // Our own canonical text, written by this program: its shape was checked when it came in.
  const resources = JSON.parse(new TextDecoder().decode(bytes)) as readonly ResourceSpans[];
  const facts: SpanFacts[] = [];
  for (const { resource, scopeSpans } of resources) {
    for (const { scope, spans } of scopeSpans ?? []) {
      for (const span of spans ?? []) facts.push(deriveFacts(span, JSON.stringify(span), resource, scope));
    }
  }
  return { facts, encoded: encodeFacts(facts) };
}
