import type { SpanFacts } from "./facts.ts";

/** What the order of encodings looks at. */
export type SpanVersion = Pick<SpanFacts, "running" | "end" | "asOf" | "size" | "hash">;

/**
 * Of two encodings of one span, whether the candidate is the one to keep: ended › later end › larger › larger hash. While
 * it runs, the newer report takes the end's place: its size says nothing of its age, for a report may leave out what an
 * older one said. A strict total order, so that the survivor depends on the set of encodings and never on their arrival.
 */
export function supersedes(candidate: SpanVersion, stored: SpanVersion): boolean {
  if (candidate.running !== stored.running) return stored.running;
  const [last, storedLast] = [lastOf(candidate), lastOf(stored)];
  if (last !== storedLast) return last > storedLast;
  if (candidate.size !== stored.size) return candidate.size > stored.size;
  return candidate.hash > stored.hash;
}

/** The end of a span, or how new a report of it is while it runs; the two never meet in one comparison. */
export function lastOf({ running, end, asOf }: Pick<SpanVersion, "running" | "end" | "asOf">): bigint {
  return running ? (asOf ?? 0n) : end;
}
