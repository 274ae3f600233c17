import type { SpanFacts } from "./facts.ts";

/** The facts that order the versions of a span. */
export type SpanVersion = Pick<SpanFacts, "running" | "end" | "asOf" | "size" | "hash">;

/**
 * Whether the candidate supersedes the stored version of the same span: ended › later end › larger › larger hash. While the
 * span runs, the recency of the report replaces the end: size says nothing about recency, because a newer report may omit what an
 * older one had. A strict total order: the winner depends on the set of versions, never on the order of arrival.
 */
export function supersedes(candidate: SpanVersion, stored: SpanVersion): boolean {
  if (candidate.running !== stored.running) return stored.running;
  const last = lastOf(candidate);
  const storedLast = lastOf(stored);
  if (last !== storedLast) return last > storedLast;
  if (candidate.size !== stored.size) return candidate.size > stored.size;
  return candidate.hash > stored.hash;
}

/** The end of a span, or how recent the report of a running span is; one is never compared with the other. */
export function lastOf({ running, end, asOf }: Pick<SpanVersion, "running" | "end" | "asOf">): bigint {
  return running ? (asOf ?? 0n) : end;
}
