import type { SessionName, SpanFacts } from "./facts.ts";

/** Distinct names remembered of one trace: the best ones, so that which they are depends on the set only. */
export const MAX_NAMES = 8;

/** Why a name is better than another, most significant first. */
type Claim = SessionName & { readonly start: bigint; readonly parentless: boolean; readonly spanId: string };

/**
 * The session names that the spans of one trace carry, best first: lower rank, a span without parent, the earliest start,
 * the smaller span id. Names are only ever added: a better encoding of a span does not take its name back.
 */
export class SessionNames {
  #claims: Claim[] = [];

  get best(): SessionName | undefined {
    const best = this.#claims[0];
    return best && { rank: best.rank, value: best.value };
  }

  /** The values that lost. */
  get also(): string[] {
    return this.#claims.slice(1).map((claim) => claim.value);
  }

  /** Whether `add` would change anything. */
  wants(facts: SpanFacts): boolean {
    const claim = claimOf(facts);
    if (!claim) return false;
    const same = this.#claims.find((known) => known.value === claim.value);
    if (same) return isBetter(claim, same);
    const last = this.#claims[MAX_NAMES - 1];
    return !last || isBetter(claim, last);
  }

  add(facts: SpanFacts): void {
    const claim = claimOf(facts);
    if (!claim || !this.wants(facts)) return;
    const others = this.#claims.filter((known) => known.value !== claim.value);
    const place = others.findIndex((known) => isBetter(claim, known));
    others.splice(place < 0 ? others.length : place, 0, claim);
    this.#claims = others.slice(0, MAX_NAMES);
  }
}

function claimOf({ session, start, parentSpanId, spanId }: SpanFacts): Claim | undefined {
  return session && { ...session, start, parentless: parentSpanId === "", spanId };
}

function isBetter(claim: Claim, other: Claim): boolean {
  if (claim.rank !== other.rank) return claim.rank < other.rank;
  if (claim.parentless !== other.parentless) return claim.parentless;
  if (claim.start !== other.start) return claim.start < other.start;
  if (claim.spanId !== other.spanId) return claim.spanId < other.spanId;
  return claim.value < other.value;
}
