import { supersedes } from "../../facts/version-order.ts";
import { nameAmong, NO_NAMES, withName } from "../../session/table/session-ids.ts";
import type { SessionNames } from "../../session/table/session-ids.ts";
import type { SpanTable } from "../../session/table/span-table.ts";
import type { SpanFacts } from "../../facts/facts.ts";
import { claimsOf, decodeChunkFacts } from "./log/chunk-facts.ts";
import type { ChunkFacts } from "./log/chunk-facts.ts";
import type { SessionState } from "./state.ts";

export type Positions = { readonly revision: number; readonly positions: readonly number[] };

type FoldedChunk = {
  readonly traceId: string;
  readonly revision: number;
  readonly chunk: ChunkFacts;
  /** Positions of versions that the log up to `until` supersedes. */
  readonly superseded: ReadonlySet<number>;
};

type FoundVersion = { readonly facts: SpanFacts; readonly revision: number; readonly position: number };

/**
 * Positions of superseded versions that alone give their trace a session name with its weight, in the log up to `until`, one
 * for each such name. An export without them loses the session of the trace.
 */
export function bindingPositions(state: SessionState, until: number): Positions[] {
  const unnamed = namesOnlySuperseded(state, until);
  if (unnamed.size === 0) return [];
  const best = new Map<string, FoundVersion>();
  for (const { traceId, revision, chunk, superseded } of visibleChunks(state, until, unnamed)) {
    if (chunk.kind !== "spans") continue;
    for (const position of superseded) {
      const facts = chunk.facts[position];
      const claim = facts && nameAmong(unnamed.get(traceId) ?? NO_NAMES, facts);
      if (facts === undefined || claim === undefined) continue;
      const key = traceId + claim;
      const known = best.get(key);
      if (known === undefined || supersedes(facts, known.facts)) best.set(key, { facts, revision, position });
    }
  }
  const positions = new Map<number, number[]>();
  for (const { revision, position } of best.values()) {
    positions.set(revision, [...(positions.get(revision) ?? []), position]);
  }
  return Array.from(positions, ([revision, of]) => ({ revision, positions: of }));
}

/** By trace, the names that only superseded versions give. */
function namesOnlySuperseded(state: SessionState, until: number): Map<string, SessionNames> {
  const all = new Map<string, SessionNames>();
  const standing = new Map<string, SessionNames>();
  for (const { traceId, chunk, superseded } of visibleChunks(state, until)) {
    let names = all.get(traceId) ?? NO_NAMES;
    let stayed = standing.get(traceId) ?? NO_NAMES;
    claimsOf(chunk).forEach((claim, position) => {
      names = withName(names, claim);
      if (!superseded.has(position)) stayed = withName(stayed, claim);
    });
    if (chunk.kind === "logs") {
      for (const span of chunk.facts.flatMap(({ spans }) => spans)) {
        names = withName(names, span);
        stayed = withName(stayed, span);
      }
    }
    all.set(traceId, names);
    standing.set(traceId, stayed);
  }
  const unnamed = new Map<string, SessionNames>();
  for (const [traceId, names] of all) {
    const only = names.filter((name) => !standing.get(traceId)?.includes(name));
    if (only.length > 0) unnamed.set(traceId, only);
  }
  return unnamed;
}

/** What the session shows; of these traces only what holds something superseded. Log records stay, whatever becomes of spans within. */
function* visibleChunks(state: SessionState, until: number, of?: ReadonlyMap<string, unknown>): Generator<FoldedChunk> {
  const table = state.visible;
  if (!isAnySuperseded(table, until)) return;
  for (const { kind, traceId, revision, facts } of state.log.facts()) {
    if (revision > until) return;
    if (kind === "tombstone" || !state.shows(traceId)) continue;
    const superseded = new Set(kind === "logs" ? [] : table.superseded(revision, until));
    if (of !== undefined && (superseded.size === 0 || !of.has(traceId))) continue;
    const chunk = decodeChunkFacts(kind, facts);
    if (chunk === undefined) throw new Error("facts of another version; try again");
    yield { traceId, revision, chunk, superseded };
  }
}

/** In most logs nothing is superseded: those are not read. */
function isAnySuperseded(table: SpanTable, until: number): boolean {
  for (let revision = 1; revision <= until; revision++) {
    if (table.superseded(revision, until).length > 0) return true;
  }
  return false;
}
