import { CLAIM_VALUE, claimText, MAX_NAMES, nameOfClaim } from "../../facts/session-claim.ts";
import type { SessionName, SpanFacts } from "../../facts/facts.ts";

/**
 * The session names in the spans of one trace, best first. Each is a text that sorts by weight: one string each, as
 * there are many traces. Names are never removed: a version that supersedes another does not remove its name.
 */
export type SessionNames = readonly string[];

export const NO_NAMES: SessionNames = [];

/** A session name and its weight; the names of an exported trace. */
export type Claim = Pick<SpanFacts, "session" | "claims" | "start" | "parentSpanId" | "spanId">;

/** Adds the names of a span version; returns the same list if nothing changes. */
export function withName(names: SessionNames, facts: Claim): SessionNames {
  const { session, claims } = facts;
  let all = names;
  if (session) {
    const same = all.find((known) => isOf(known, session.value));
    if (same === undefined || !outranks(same, facts, session)) all = withClaim(all, claimText(facts, session), same);
  }
  if (claims === undefined) return all;
  return claims.reduce((known, claim) => {
    const { value } = nameOfClaim(claim);
    return withClaim(
      known,
      claim,
      known.find((other) => isOf(other, value)),
    );
  }, all);
}

/** `same`: the known claim of the same value. */
function withClaim(names: SessionNames, claim: string, same: string | undefined): SessionNames {
  const bar = same ?? names[MAX_NAMES - 1];
  if (bar !== undefined && claim >= bar) return names;
  const others = names.filter((known) => known !== same);
  const place = others.findIndex((known) => claim < known);
  others.splice(place < 0 ? others.length : place, 0, claim);
  return others.slice(0, MAX_NAMES);
}

export function bestName([best]: SessionNames): SessionName | undefined {
  return best === undefined ? undefined : nameOfClaim(best);
}

/** All values but the best. */
export function otherNames(names: SessionNames): string[] {
  return names.slice(1).map((claim) => nameOfClaim(claim).value);
}

/** Whether the claim has this value. Compares in place, without a substring. */
function isOf(claim: string, value: string): boolean {
  return claim.length === CLAIM_VALUE + value.length && claim.endsWith(value);
}

/** Compares rank and parent alone. That decides for most spans, so that their claims need not be built. */
function outranks(claim: string, { parentSpanId }: Claim, { rank }: SessionName): boolean {
  const known = Number(claim.charAt(0));
  return known < rank || (known === rank && claim.charAt(1) === "0" && parentSpanId !== "");
}
