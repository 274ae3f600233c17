import { type ReadonlySignal, signal } from "@preact/signals";
import { SessionView } from "../../session/view/session-view.ts";
import type { RecentExport, SessionStreamEvent } from "../../session/contract/stream-events.ts";
import type { QuerySummary, SessionSummary } from "../../session/summary.ts";
import type { SessionTree } from "../../session/tree/tree.ts";
import type { ViewRecord } from "../../session/view/log-view.ts";
import { toMillis } from "../ui/moments.ts";

/** What is shown of a session: one moment of its fold. */
export type DisplayedSession = {
  readonly summary: SessionSummary;
  readonly tree: SessionTree;
  readonly queries: readonly QuerySummary[];
  /** Log records by time; the same list until another one comes. */
  readonly logs: readonly ViewRecord[];
  readonly last: readonly RecentExport[];
  /** Whether what is here and was not shown before happened before the reader's eyes, or was only read late. */
  readonly newRows: "counted" | "expected";
  /** Of all that there is, or while it was still being read. */
  readonly of: "whole" | "part";
};

/** The newest of them are told at the foot of the page. */
const LAST_EXPORTS = 20;
/** Of the time between two frames, the share that rebuilding may take: the page stays the reader's. */
const SHARE = 4;

/** A fold over a session's events, shown at most once a frame, and more rarely where showing it is slow. */
export class DisplayFold {
  readonly #view: SessionView;
  readonly #shown = signal<DisplayedSession | undefined>(undefined);
  /** Whether what comes now happens before the reader's eyes. */
  readonly #isLive: () => boolean;
  #last: readonly RecentExport[] = [];
  #newRows: DisplayedSession["newRows"] = "expected";
  #isScheduled = false;
  #notBefore = 0;
  #closed = false;

  constructor(id: string, isLive: () => boolean) {
    this.#view = new SessionView(id);
    this.#isLive = isLive;
  }

  /** `undefined` until something came. */
  get shown(): ReadonlySignal<DisplayedSession | undefined> {
    return this.#shown;
  }

  apply(events: readonly SessionStreamEvent[]): void {
    for (const event of events) {
      this.#view.apply(event);
      if (event.type === "spans" || event.type === "logs")
        this.#last = [exportOf(event), ...this.#last].slice(0, LAST_EXPORTS);
      // What comes under this name from now on is another session.
      if (event.type === "deleted") this.clear();
    }
    this.#schedule();
  }

  /** As if nothing had come. */
  clear(): void {
    this.#view.apply({ type: "reset" });
    this.#last = [];
    this.#newRows = "expected";
    this.#schedule();
  }

  close(): void {
    this.#closed = true;
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    const wait = this.#notBefore - performance.now();
    const frame = () => requestAnimationFrame(() => this.#show());
    if (wait <= 0) frame();
    else setTimeout(frame, wait);
  }

  #show(): void {
    this.#isScheduled = false;
    if (this.#closed) return;
    const started = performance.now();
    const summary = this.#view.summary();
    this.#shown.value =
      summary === undefined
        ? undefined
        : {
            summary,
            tree: this.#view.tree(),
            queries: this.#view.queries(),
            logs: this.#view.logs().all(),
            last: this.#last,
            newRows: this.#newRows,
            of: this.#view.state.caughtUp === undefined ? "part" : "whole",
          };
    this.#newRows = this.#isLive() ? "counted" : "expected";
    const finished = performance.now();
    this.#notBefore = finished + (finished - started) * SHARE;
  }
}

function exportOf({ type, received, receipt }: Extract<SessionStreamEvent, { type: "spans" | "logs" }>): RecentExport {
  return {
    at: toMillis(received),
    signal: type === "logs" ? "logs" : "traces",
    encoding: receipt.encoding,
    accepted: type === "logs" ? (receipt.records ?? 0) : receipt.spans,
    rejected: receipt.rejected?.spans ?? 0,
    ...(receipt.service === undefined ? {} : { service: receipt.service }),
    ...(receipt.rejected === undefined ? {} : { reason: receipt.rejected.reason }),
  };
}
