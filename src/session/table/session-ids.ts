import type { SessionName, SpanFacts } from "../../facts/facts.ts";

/** Limit of distinct names of one trace. The best ones are stored, so that the selection depends on the set only. */
export const MAX_NAMES = 8;

/**
 * The session names in the spans of one trace, best first. Each is a text that sorts by rank: lower rank, a span without
 * parent, the earliest start, the smaller span id; then the value. One string each, as there are many traces. Names are
 * never removed: a version that supersedes another does not remove its name.
 */
export type SessionNames = readonly string[];

export const NO_NAMES: SessionNames = [];

/** A session name and its weight. */
export type Claim = Pick<SpanFacts, "session" | "start" | "parentSpanId" | "spanId">;

/** Rank, parent, start and span id before the value. */
const VALUE = 1 + 1 + 16 + 16;

/** Adds the name of a span version; returns the same list if nothing changes. */
export function withName(names: SessionNames, facts: Claim): SessionNames {
  if (!facts.session) return names;
  const { value } = facts.session;
  const same = names.find((known) => isOf(known, value));
  if (same !== undefined && outranks(same, facts, facts.session)) return names;
  const claim = claimOf(facts, facts.session);
  const bar = same ?? names[MAX_NAMES - 1];
  if (bar !== undefined && claim >= bar) return names;
  const others = names.filter((known) => known !== same);
  const place = others.findIndex((known) => claim < known);
  others.splice(place < 0 ? others.length : place, 0, claim);
  return others.slice(0, MAX_NAMES);
}

export function bestName([best]: SessionNames): SessionName | undefined {
  return best === undefined ? undefined : { rank: Number(best.charAt(0)), value: valueOf(best) };
}

/** All values but the best. */
export function otherNames(names: SessionNames): string[] {
  return names.slice(1).map(valueOf);
}

/** The name that this version claims, if it is one of these. */
export function nameAmong(names: SessionNames, facts: Claim): string | undefined {
  if (!facts.session || names.length === 0) return undefined;
  const claim = claimOf(facts, facts.session);
  return names.includes(claim) ? claim : undefined;
}

/** Whether the claim has this value. Compares in place, without a substring. */
function isOf(claim: string, value: string): boolean {
  return claim.length === VALUE + value.length && claim.endsWith(value);
}

/** Compares rank and parent alone. That decides for most spans, so that their claims need not be built. */
function outranks(claim: string, { parentSpanId }: Claim, { rank }: SessionName): boolean {
  const known = Number(claim.charAt(0));
  return known < rank || (known === rank && claim.charAt(1) === "0" && parentSpanId !== "");
}

function claimOf({ start, parentSpanId, spanId }: Claim, { rank, value }: SessionName): string {
  const parent = parentSpanId === "" ? "0" : "1";
  // Joined, not concatenated: engines store a concatenation as its parts until it is read.
  return [rank, parent, start.toString(16).padStart(16, "0"), spanId, value].join("");
}

function valueOf(claim: string): string {
  return claim.slice(VALUE);
}
