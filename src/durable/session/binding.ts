import { supersedes } from "../../facts/version-order.ts";
import { nameAmong, NO_NAMES, withName } from "../../session/table/session-ids.ts";
import type { SessionNames } from "../../session/table/session-ids.ts";
import type { SpanTable } from "../../session/table/span-table.ts";
import type { SpanFacts } from "../../facts/facts.ts";
import { claimsOf, decodeChunkFacts } from "./log/chunk-facts.ts";
import type { ChunkFacts } from "./log/chunk-facts.ts";
import type { SessionState } from "./state.ts";

export type Positions = { readonly revision: number; readonly positions: readonly number[] };

type Read = {
  readonly traceId: string;
  readonly revision: number;
  readonly chunk: ChunkFacts;
  /** Positions that were beaten by the log as far as it is read. */
  readonly beaten: ReadonlySet<number>;
};

type Place = { readonly facts: SpanFacts; readonly revision: number; readonly position: number };

/**
 * Where beaten encodings stand that give their trace a session name which nothing that stayed gives it with that weight,
 * of the log up to `until`: who exports the trace without them exports it without its session. One for each such name.
 */
export function bindingPositions(state: SessionState, until: number): Positions[] {
  const lost = lostNames(state, until);
  if (lost.size === 0) return [];
  const best = new Map<string, Place>();
  for (const { traceId, revision, chunk, beaten } of read(state, until, lost)) {
    if (chunk.kind !== "spans") continue;
    for (const position of beaten) {
      const facts = chunk.facts[position];
      const claim = facts && nameAmong(lost.get(traceId) ?? NO_NAMES, facts);
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

/** By trace, the names that only beaten encodings give. */
function lostNames(state: SessionState, until: number): Map<string, SessionNames> {
  const all = new Map<string, SessionNames>();
  const standing = new Map<string, SessionNames>();
  for (const { traceId, chunk, beaten } of read(state, until)) {
    let names = all.get(traceId) ?? NO_NAMES;
    let stayed = standing.get(traceId) ?? NO_NAMES;
    claimsOf(chunk).forEach((claim, position) => {
      names = withName(names, claim);
      if (!beaten.has(position)) stayed = withName(stayed, claim);
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
  const lost = new Map<string, SessionNames>();
  for (const [traceId, names] of all) {
    const only = names.filter((name) => !standing.get(traceId)?.includes(name));
    if (only.length > 0) lost.set(traceId, only);
  }
  return lost;
}

/** What the session shows; of these traces only what holds something beaten. Log records stay, whatever becomes of spans within. */
function* read(state: SessionState, until: number, of?: ReadonlyMap<string, unknown>): Generator<Read> {
  const table = state.shown;
  if (!isAnyBeaten(table, until)) return;
  for (const { kind, traceId, revision, facts } of state.log.facts()) {
    if (revision > until) return;
    if (kind === "gone" || !state.shows(traceId)) continue;
    const beaten = new Set(kind === "logs" ? [] : table.superseded(revision, until));
    if (of !== undefined && (beaten.size === 0 || !of.has(traceId))) continue;
    const chunk = decodeChunkFacts(kind, facts);
    if (chunk === undefined) throw new Error("facts of another version; try again");
    yield { traceId, revision, chunk, beaten };
  }
}

/** In most logs nothing is: those are not read for it. */
function isAnyBeaten(table: SpanTable, until: number): boolean {
  for (let revision = 1; revision <= until; revision++) {
    if (table.superseded(revision, until).length > 0) return true;
  }
  return false;
}
