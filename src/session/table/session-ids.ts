import type { SessionName, SpanFacts } from "../../facts/facts.ts";

/** Distinct names remembered of one trace: the best ones, so that which they are depends on the set only. */
export const MAX_NAMES = 8;

/**
 * The session names that the spans of one trace carry, best first, each as text that sorts as it ranks: lower rank, a
 * span without parent, the earliest start, the smaller span id; then the value. One string each, for traces are many.
 * Names are only ever added: a better encoding of a span does not take its name back.
 */
export type SessionNames = readonly string[];

export const NO_NAMES: SessionNames = [];

/** What gives a session a name, and with what weight. */
export type Claim = Pick<SpanFacts, "session" | "start" | "parentSpanId" | "spanId">;

/** Rank, parent, start and span id before the value. */
const VALUE = 1 + 1 + 16 + 16;

/** The names with those of one more encoding; the same list if that tells nothing new. */
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

/** The values that lost. */
export function otherNames(names: SessionNames): string[] {
  return names.slice(1).map(valueOf);
}

/** What the encoding says, as the name that it is, where it is one of these. */
export function nameAmong(names: SessionNames, facts: Claim): string | undefined {
  if (!facts.session || names.length === 0) return undefined;
  const claim = claimOf(facts, facts.session);
  return names.includes(claim) ? claim : undefined;
}

/** Whether the claim is of this value; the value is not cut out of it only to be compared. */
function isOf(claim: string, value: string): boolean {
  return claim.length === VALUE + value.length && claim.endsWith(value);
}

/** By rank and parent alone, which most spans of a trace lose by: of those, what else goes into a claim need not be written. */
function outranks(claim: string, { parentSpanId }: Claim, { rank }: SessionName): boolean {
  const known = Number(claim.charAt(0));
  return known < rank || (known === rank && claim.charAt(1) === "0" && parentSpanId !== "");
}

function claimOf({ start, parentSpanId, spanId }: Claim, { rank, value }: SessionName): string {
  const parent = parentSpanId === "" ? "0" : "1";
  // Joined, not added: an engine keeps a sum as its parts for as long as nobody looks at it.
  return [rank, parent, start.toString(16).padStart(16, "0"), spanId, value].join("");
}

function valueOf(claim: string): string {
  return claim.slice(VALUE);
}
