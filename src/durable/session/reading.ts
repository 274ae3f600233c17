import { textLength } from "../../lib/body-codec.ts";
import type { OffloadedValue } from "../../facts/delivery.ts";
import type { ChunkEntry, Cursor, TombstoneEntry, LogEntry, LogPage, View } from "../../session/contract/log-page.ts";
import type { RecordsPage } from "../../session/contract/log-reader.ts";
import type { SpanLookupPage } from "../../session/contract/span-lookup.ts";
import { findSpan } from "../../session/span-lookup.ts";
import { retentionOf } from "./retention/storage-usage.ts";
import type { Chunk } from "./log/chunk.ts";
import type { Tombstone } from "./log/rows.ts";
import type { SessionState } from "./state.ts";
import { isMoved } from "./binding.ts";

/** A page of the log without its entries. */
export function peek(state: SessionState, view: View, also?: "queries"): LogPage {
  const head = view === "session" ? state.fold.sessionHead : state.fold.ownedHead;
  const page = readPage(state, view, { generation: state.generation ?? "", revision: head }, 0);
  return page.state === "present" && also === "queries" ? { ...page, queries: state.queries() } : page;
}

/**
 * One page of a view after a cursor: at least one entry if one is left, then up to about `maxBytes`. With `until`, as it was when
 * that revision was the head: a version that came later supersedes nothing.
 */
export function readPage(
  state: SessionState,
  view: View,
  from: Cursor | undefined,
  maxBytes: number,
  until?: number,
  also?: "claims",
): LogPage {
  const { generation } = state;
  if (generation === undefined || state.isDeleting) return { state: "absent" };
  if (view === "session" && state.isEmpty) return redirectIfMoved(state, from);
  const owned = state.traces.owned();
  if (view === "trace" && owned === undefined) return { state: "absent" };
  const last = view === "session" ? state.fold.sessionHead : state.fold.ownedHead;
  const head = Math.min(last, until ?? last);
  // A trace that was deleted and received again: readers from before begin anew.
  const began = view === "trace" ? state.fold.ownedSince : 0;
  const isRead = from !== undefined && (from.revision === 0 || from.revision >= began);
  const valid = isRead && from.generation === generation && from.revision <= head;
  const entries: LogEntry[] = [];
  let next = valid ? from.revision : 0;
  let bytes = 0;
  for (const chunk of state.log.chunks(next, view === "trace" ? owned?.traceId : undefined)) {
    if (chunk.revision > head) break;
    if (entries.length > 0 && bytes >= maxBytes) break;
    next = chunk.revision;
    const entry = entryOf(state, view, chunk, head);
    if (entry === undefined) continue;
    if (also === "claims" && entry.kind === "spans") {
      const claims = state.visible.sessionClaims(entry.traceId);
      entries.push({ ...entry, claims });
      for (const claim of claims) bytes += claim.length;
    } else entries.push(entry);
    bytes += textLength(chunk.encoding, chunk.body);
  }
  const reached = entries.length === 0 || next >= head;
  const summarised = reached && until === undefined && (view === "session" || state.shows(owned?.traceId ?? ""));
  const summary = summarised ? state.summary() : undefined;
  const session = owned !== undefined && isMoved(owned, state.id) ? owned.session : undefined;
  const { pricesText } = state.settings;
  return {
    state: "present",
    generation,
    head,
    reset: from !== undefined && !valid,
    entries,
    next: reached ? head : next,
    lastTombstone: view === "session" ? state.fold.lastTombstone : 0,
    ...(summary === undefined ? {} : { summary, retention: retentionOf(state) }),
    ...(pricesText === undefined ? {} : { prices: pricesText }),
    ...(session === undefined ? {} : { session }),
  };
}

/** Finds a span of the session. */
export function locate(
  state: SessionState,
  traceId: string,
  spanId: string,
  otlpKind: number | undefined,
): SpanLookupPage {
  const page = peek(state, "session");
  if (page.state !== "present") return page;
  const { generation, prices } = page;
  const movedTo = state.shows(traceId) ? undefined : movedSession(state, traceId);
  return {
    state: "present",
    generation,
    ...(prices === undefined ? {} : { prices }),
    ...(movedTo === undefined ? {} : { movedTo }),
    span: findSpan(state.visible, traceId, spanId, otlpKind),
  };
}

function movedSession(state: SessionState, traceId: string): string | undefined {
  const owned = state.traces.owned();
  const session = owned?.traceId === traceId ? owned.session : state.fold.movedTo.get(traceId);
  return session === "" || session === state.id ? undefined : session;
}

/** The log records of one trace after a revision: one delivery at least if one is left, then up to about `maxBytes`. */
export function readRecords(state: SessionState, traceId: string, after: number, maxBytes: number): RecordsPage {
  const { generation } = state;
  if (generation === undefined || state.isDeleting || !state.shows(traceId)) return { state: "absent" };
  const entries: ChunkEntry[] = [];
  let bytes = 0;
  for (const chunk of state.log.chunks(after, traceId, "logs")) {
    if (entries.length > 0 && bytes >= maxBytes)
      return { state: "present", generation, entries, next: entries.at(-1)?.revision ?? after };
    const entry = entryOf(state, "session", chunk, state.fold.sessionHead);
    if (entry === undefined || entry.kind === "gone") continue;
    entries.push(entry);
    bytes += textLength(chunk.encoding, chunk.body);
  }
  return { state: "present", generation, entries };
}

export function readValue({ isReadable, log }: SessionState, hash: string): OffloadedValue | undefined {
  return isReadable ? log.values.get(hash) : undefined;
}

/** The first of these values, up to about `maxBytes`; one at least. */
export function readValues(
  state: SessionState,
  hashes: readonly string[],
  maxBytes: number,
): (OffloadedValue | undefined)[] {
  const values: (OffloadedValue | undefined)[] = [];
  let bytes = 0;
  for (const hash of hashes) {
    if (values.length > 0 && bytes >= maxBytes) break;
    const value = readValue(state, hash);
    values.push(value);
    bytes += value?.body.length ?? 0;
  }
  return values;
}

function entryOf(state: SessionState, view: View, chunk: Chunk, until: number): LogEntry | undefined {
  if (chunk.kind === "tombstone") return view === "trace" ? undefined : tombstoneEntry(chunk);
  if (view === "session" && !state.shows(chunk.traceId)) return undefined;
  const table = state.shows(chunk.traceId) ? state.visible : state.fold.moved;
  const { kind, revision, traceId, traceRevision, received, receipt, encoding, body, hashes } = chunk;
  return {
    kind,
    revision,
    traceId,
    traceRevision,
    received,
    receipt,
    encoding,
    body,
    hashes,
    superseded: kind === "logs" ? [] : table.superseded(revision, until),
    ...(kind === "logs"
      ? {}
      : { supersededOnArrival: table.superseded(revision, revision), continued: table.continuations.of(revision) }),
  };
}

function tombstoneEntry({ revision, traceId, facts }: Tombstone): TombstoneEntry {
  return { kind: "gone", revision, traceId, ...(facts === "" ? {} : { session: facts }) };
}

function redirectIfMoved(state: SessionState, from: Cursor | undefined): LogPage {
  const sessions = state.destinations;
  if (sessions.length === 0) return { state: "absent" };
  if (from === undefined || from.generation !== state.generation || from.revision >= state.fold.lastTombstone)
    return { state: "moved", sessions, tombstones: [] };
  return { state: "moved", sessions, tombstones: state.log.tombstones.after(from.revision).map(tombstoneEntry) };
}
