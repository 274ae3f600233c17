import type { ReportedBefore } from "../../session/contract/feed.ts";
import type { LogEntry } from "../../session/contract/log-page.ts";

/** Traces that one stream keeps in mind: beyond, those heard of longest ago are forgotten. */
const KEPT_TRACES = 10_000;

/** A trace's revision, and when that was received: one that was forgotten counts from one again. */
type Mark = { readonly revision: number; readonly received: number };

/**
 * Up to where, in its own order, each trace was told. A trace that is bound to another session is copied there from its
 * first span on, and what it told before must not be told again.
 */
export class ToldTraces {
  readonly #ask: (traceIds: readonly string[]) => Promise<ReportedBefore[]>;
  readonly #told = new Map<string, Mark>();

  /** `ask`: up to where each trace was told as a session of its own. */
  constructor(ask: (traceIds: readonly string[]) => Promise<ReportedBefore[]>) {
    this.#ask = ask;
  }

  /** Asks for what is not known of the traces of these entries; call before they are taken. */
  async learn(session: string, entries: readonly LogEntry[]): Promise<void> {
    const unknown = new Set<string>();
    for (const entry of entries) {
      if (entry.kind === "gone" || entry.traceId === session || this.#told.has(entry.traceId)) continue;
      unknown.add(entry.traceId);
    }
    if (unknown.size === 0) return;
    const ids = [...unknown];
    const told = await this.#ask(ids);
    ids.forEach((id, at) => {
      const { revision = 0, until = Number.POSITIVE_INFINITY } = told[at] ?? {};
      this.#told.set(id, { revision, received: until });
    });
  }

  /** Whether the entry was told before. */
  has(entry: LogEntry): boolean {
    if (entry.kind === "gone") return true;
    const known = this.#told.get(entry.traceId);
    return known !== undefined && entry.traceRevision <= known.revision && entry.received <= known.received;
  }

  note(entry: LogEntry): void {
    if (entry.kind === "gone" || this.has(entry)) return;
    const { traceId, traceRevision: revision, received } = entry;
    this.#told.delete(traceId);
    this.#told.set(traceId, { revision, received });
    for (const oldest of this.#told.keys()) {
      if (this.#told.size <= KEPT_TRACES) break;
      this.#told.delete(oldest);
    }
  }
}
