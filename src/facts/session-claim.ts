import { longInHex } from "../lib/hex.ts";
import { SESSION_CLAIMS_KEY, SESSION_KEYS } from "../otel/semconv/attributes.ts";
import type { AnyValue, KeyValue, Resource, ResourceSpans } from "../otel/span.ts";
import { sessionName } from "./session-id.ts";
import type { SessionName } from "./session-id.ts";

/** Limit of distinct names of one trace. The best ones are stored, so that the selection depends on the set only. */
export const MAX_NAMES = 8;

/**
 * A session name and its weight as a text that sorts by weight, the best first: lower rank, a span without parent, the earliest
 * start, the smaller span id; then the value.
 */
export function claimText(
  { start, parentSpanId, spanId }: { readonly start: bigint; readonly parentSpanId: string; readonly spanId: string },
  { rank, value }: SessionName,
): string {
  const parent = parentSpanId === "" ? "0" : "1";
  // Joined, not concatenated: engines store a concatenation as its parts until it is read.
  return [rank, parent, longInHex(start), spanId, value].join("");
}

/** Rank, parent, start and span id before the value. */
export const CLAIM_VALUE = 1 + 1 + 16 + 16;

const CLAIM = /^[0-3][01][0-9a-f]{32}/;

export function nameOfClaim(claim: string): SessionName {
  return { rank: Number(claim.charAt(0)), value: claim.slice(CLAIM_VALUE) };
}

/**
 * The claims of a trace that an export states on its resources. They have the weight that they had when they were exported, so
 * that an import over the same spans changes nothing. `undefined` without a valid one.
 */
export function claimsIn(exported: AnyValue): readonly string[] | undefined {
  const claims: string[] = [];
  for (const { stringValue: claim = "" } of exported.arrayValue?.values ?? []) {
    if (claims.length === MAX_NAMES) break;
    if (CLAIM.test(claim) && sessionName({ stringValue: claim.slice(CLAIM_VALUE) }) !== undefined) claims.push(claim);
  }
  return claims.length === 0 ? undefined : claims;
}

/** Keys that an export adds: no part of a span's identity. */
const EXPORTED: ReadonlySet<string> = new Set([...SESSION_KEYS.exported, SESSION_CLAIMS_KEY]);

const sent = new WeakMap<Resource, Resource>();

/** The resource as its producer sent it: one object for each resource, as hashes are cached by object. */
export function withoutExported(resource: Resource): Resource {
  let known = sent.get(resource);
  if (known === undefined) {
    const { attributes = [], ...rest } = resource;
    const own = attributes.filter(({ key }) => !EXPORTED.has(key));
    known = own.length === 0 ? rest : { attributes: own, ...rest };
    sent.set(resource, known);
  }
  return known;
}

/** A larger value would be offloaded, and then not be read. In UTF-16 units, which take three bytes at most. */
const MAX_CLAIMS_TEXT = 2_000;

/** The spans of one trace with its session on each resource: an import puts the trace back into it, whichever version named it. */
export function withExportedSession(
  resourceSpans: readonly ResourceSpans[],
  claims: readonly string[],
): readonly ResourceSpans[] {
  const [best] = claims;
  if (best === undefined) return resourceSpans;
  let text = 0;
  const values = claims
    .filter((claim) => (text += claim.length) <= MAX_CLAIMS_TEXT)
    .map((claim) => ({ stringValue: claim }));
  const exported: KeyValue[] = [
    { key: SESSION_KEYS.exported[0], value: { stringValue: nameOfClaim(best).value } },
    ...(values.length === 0 ? [] : [{ key: SESSION_CLAIMS_KEY, value: { arrayValue: { values } } }]),
  ];
  return resourceSpans.map((group) => {
    const { attributes = [], ...rest } = withoutExported(group.resource ?? {});
    return { ...group, resource: { attributes: [...attributes, ...exported], ...rest } };
  });
}
