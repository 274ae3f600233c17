import { SpanTable } from "../../../session/table/span-table.ts";
import { admitChunk } from "./chunk-facts.ts";
import type { ChunkFacts } from "./chunk-facts.ts";

/** What an object's log comes to: facts of its traces, and where each view of it stands. */
export class LogFold {
  /** Facts of the traces that the session shows. */
  readonly shown = new SpanTable();
  #hidden: SpanTable | undefined;
  /** Last revision given to a trace, in the trace's own order. */
  readonly traceHeads = new Map<string, number>();
  /** When each trace arrived last, Unix milliseconds. */
  readonly newest = new Map<string, number>();
  /** Where traces went that left. */
  readonly goneTo = new Map<string, string>();
  /** Last revision of each view. */
  shownHead = 0;
  homeHead = 0;
  /** Revision of the last mark that a trace left. */
  lastLeave = 0;
  /** Revision at which the trace of this object's own name was forgotten last: who followed it from before begins anew. */
  homeBegan = 0;
  /** Unix milliseconds, of what is shown. */
  lastArrival = 0;
  /** Bytes of bodies and large values in the log. */
  bytes: number;

  constructor(bytes: number) {
    this.bytes = bytes;
  }

  /** Facts of the trace whose home this is, while another session shows it: most objects have none. */
  get hidden(): SpanTable {
    return (this.#hidden ??= new SpanTable());
  }

  admit(
    traceId: string,
    facts: ChunkFacts,
    chunk: { revision: number; traceRevision: number; received: number; bytes: number },
    place: { readonly isShown: boolean; readonly isHome: boolean },
  ): void {
    const { revision, received } = chunk;
    admitChunk(place.isShown ? this.shown : this.hidden, traceId, facts, revision);
    this.traceHeads.set(traceId, chunk.traceRevision);
    this.newest.set(traceId, Math.max(this.newest.get(traceId) ?? 0, received));
    this.bytes += chunk.bytes;
    if (place.isHome) this.homeHead = revision;
    if (!place.isShown) return;
    this.shownHead = revision;
    this.lastArrival = Math.max(this.lastArrival, received);
    this.goneTo.delete(traceId);
  }

  leave(traceId: string, session: string, revision: number, place: { readonly isOwn: boolean }): void {
    this.shownHead = revision;
    this.lastLeave = revision;
    if (place.isOwn && session === "") this.homeBegan = revision;
    this.goneTo.set(traceId, session);
  }
}
