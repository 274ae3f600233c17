import { linkDerivedSpans } from "../../../session/correlate/derived-links.ts";
import { SessionParts } from "../../../session/session-parts.ts";
import { RecentSpans } from "../../../session/table/recent-spans.ts";
import { SpanTable } from "../../../session/table/span-table.ts";
import { admitChunk } from "./chunk-facts.ts";
import type { ChunkFacts } from "./chunk-facts.ts";

/** Bytes of memory of a fold without spans, and of a span in both of its tables. */
const BARE_BYTES = 10_000;
const BYTES_A_SPAN = 250;

/** An object's log, folded: facts of its traces, and the head of each view. */
export class LogFold {
  /** Facts of the traces that the session shows. */
  readonly visible = new SpanTable();
  /** Of the visible spans. */
  readonly recent = new RecentSpans();
  readonly parts = new SessionParts(this.visible, linkDerivedSpans);
  #moved: SpanTable | undefined;
  /** Last revision of each trace, in the trace's own order. */
  readonly traceHeads = new Map<string, number>();
  /** When the last delivery of each trace was received, Unix milliseconds. */
  readonly lastReceived = new Map<string, number>();
  /** The sessions that traces moved to; "" where a trace was deleted. */
  readonly movedTo = new Map<string, string>();
  /** Last revision of each view: of the session, and of the owned trace. */
  sessionHead = 0;
  ownedHead = 0;
  /** Revision of the last tombstone. */
  lastTombstone = 0;
  /** Revision at which the owned trace was deleted last: readers from before begin anew. */
  ownedSince = 0;
  /** Unix milliseconds, of the visible traces. */
  lastArrival = 0;
  /** Whether that delivery came by an import. */
  isImported = false;
  /** Bytes of bodies and offloaded values. */
  bytes: number;
  /** UTF-16 units of the facts, and deliveries. */
  factsUnits = 0;
  chunks = 0;

  constructor(bytes: number) {
    this.bytes = bytes;
    this.visible.recent = this.recent;
  }

  /** Facts of the owned trace while another session shows it: most objects have none. */
  get moved(): SpanTable {
    return (this.#moved ??= new SpanTable());
  }

  /** Spans and log records, also of the moved trace. */
  get items(): number {
    return this.visible.itemCount + (this.#moved?.itemCount ?? 0);
  }

  /** An estimate of its memory, in bytes. */
  get weight(): number {
    return BARE_BYTES + this.items * BYTES_A_SPAN;
  }

  admit(
    traceId: string,
    facts: ChunkFacts,
    chunk: {
      revision: number;
      traceRevision: number;
      received: number;
      bytes: number;
      facts: string;
      isImported?: boolean;
    },
    role: { readonly isVisible: boolean; readonly isOwned: boolean },
  ): void {
    const { revision, received } = chunk;
    if (role.isVisible && facts.kind === "logs") this.parts.annotate(traceId);
    admitChunk(role.isVisible ? this.visible : this.moved, traceId, facts, revision);
    this.traceHeads.set(traceId, chunk.traceRevision);
    this.lastReceived.set(traceId, Math.max(this.lastReceived.get(traceId) ?? 0, received));
    this.bytes += chunk.bytes;
    this.factsUnits += chunk.facts.length;
    this.chunks++;
    if (role.isOwned) this.ownedHead = revision;
    if (!role.isVisible) return;
    this.sessionHead = revision;
    if (received >= this.lastArrival) this.isImported = chunk.isImported === true;
    this.lastArrival = Math.max(this.lastArrival, received);
    this.movedTo.delete(traceId);
  }

  admitTombstone(traceId: string, session: string, revision: number, role: { readonly isOwned: boolean }): void {
    this.sessionHead = revision;
    this.lastTombstone = revision;
    if (role.isOwned && session === "") this.ownedSince = revision;
    this.movedTo.set(traceId, session);
  }
}
