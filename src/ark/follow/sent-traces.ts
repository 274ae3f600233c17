import { Lru } from "../../lib/lru.ts";
import type { ReportedBefore } from "../feed/contract.ts";
import type { LogEntry } from "../../session/contract/log-page.ts";

/** Traces that one stream remembers: beyond, the least recently sent are evicted. */
const REMEMBERED_TRACES = 10_000;

/** A trace's revision, and when it was received: a trace that was deleted counts from one again. */
type SentRevision = { readonly revision: number; readonly received: number };

/**
 * The last revision of each trace, in its own order, that a stream sent. A trace that is bound to another session is copied there from its
 * first span on, and those revisions must not be sent again.
 */
export class SentTraces {
  readonly #readReported: (traceIds: readonly string[]) => Promise<ReportedBefore[]>;
  readonly #sent = new Lru<string, SentRevision>(REMEMBERED_TRACES);

  /** `readReported`: the last revision of each trace that was reported while it was its own session. */
  constructor(readReported: (traceIds: readonly string[]) => Promise<ReportedBefore[]>) {
    this.#readReported = readReported;
  }

  /** Reads what was reported of the traces of these entries; call before `has`. */
  async learn(session: string, entries: readonly LogEntry[]): Promise<void> {
    const unknown = new Set<string>();
    for (const entry of entries) {
      if (entry.kind === "gone" || entry.traceId === session || this.#sent.has(entry.traceId)) continue;
      unknown.add(entry.traceId);
    }
    if (unknown.size === 0) return;
    const ids = [...unknown];
    const reported = await this.#readReported(ids);
    ids.forEach((id, at) => {
      const { revision = 0, until = Number.POSITIVE_INFINITY } = reported[at] ?? {};
      this.#sent.set(id, { revision, received: until });
    });
  }

  /** Whether the entry was sent before. */
  has(entry: LogEntry): boolean {
    if (entry.kind === "gone") return true;
    const known = this.#sent.peek(entry.traceId);
    return known !== undefined && entry.traceRevision <= known.revision && entry.received <= known.received;
  }

  add(entry: LogEntry): void {
    if (entry.kind === "gone" || this.has(entry)) return;
    const { traceId, traceRevision: revision, received } = entry;
    this.#sent.set(traceId, { revision, received });
  }
}
