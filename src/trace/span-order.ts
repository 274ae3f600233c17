import type { SpanFacts } from "./facts.ts";

/** What the order of encodings looks at. */
export type Encoding = Pick<SpanFacts, "running" | "end" | "size" | "hash">;

/**
 * Of two encodings of one span, whether the candidate is the one to keep: ended › later end › larger › larger hash.
 * A strict total order, so that the survivor depends on the set of encodings and never on their arrival.
 */
export function beats(candidate: Encoding, stored: Encoding): boolean {
  if (candidate.running !== stored.running) return stored.running;
  if (candidate.end !== stored.end) return candidate.end > stored.end;
  if (candidate.size !== stored.size) return candidate.size > stored.size;
  return candidate.hash > stored.hash;
}
